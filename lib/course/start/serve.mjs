import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { loader } from "./command.mjs";
import { courseNode } from "./course-node.mjs";
import { freePort } from "./free-port.mjs";
import { lessonsDone } from "./lessons-done.mjs";
import { prepare } from "./prepare.mjs";
import { Problem } from "./problem.mjs";
import { runHere } from "./process.mjs";
import { environmentPython, inCache, inProject, readJson, root } from "./project.mjs";
import { step } from "./step.mjs";

const firstPage = "/lab/tree/notebooks/00-welcome.ipynb";
const log = inCache("logs", "jupyterlab.log");
const withModels = "--with-models";

/**
 * `npm start`: installs what is missing, then serves JupyterLab until Ctrl-C.
 * @param {string[]} args `--with-models` fetches what lesson 14 needs; the others, `--no-browser`, `--port N`, are handed on
 */
export async function serve(args) {
  const env = await prepare({ jupyter: true });
  if (args.includes(withModels)) await fetchModels(env);
  const { port, others } = await choosePort(args.filter((arg) => arg !== withModels));
  const token = process.env["JUPYTER_TOKEN"] ?? randomBytes(24).toString("hex");
  const server = startServer([...others, `--ServerApp.port=${port}`], { ...env, JUPYTER_TOKEN: token });
  const url = await step("JupyterLab", () => server.untilReady(port));
  if (url) {
    for (const line of lessonsDone()) console.log(`  ${line}`);
    const query = url.token ? `?token=${url.token}` : "";
    console.log(`\nThe course is open at\n\n    ${url.address}${firstPage}${query}\n\nCtrl-C stops it.`);
  }
  const code = await server.untilEnd();
  console.log("\nThe course is closed.");
  return code;
}

/**
 * Fetches the pre-trained model, so that its lesson works offline. Without it everything else works: a failure is told, no more.
 * @param {NodeJS.ProcessEnv} env
 */
async function fetchModels(env) {
  await runHere(courseNode(), ["--import", loader(), inProject("lib/course/start/fetch-models.ts")], env);
}

/** @param {string[]} args */
async function choosePort(args) {
  let wanted = 8888;
  const others = [];
  for (let i = 0; i < args.length; i++) {
    const match = /^--(?:ServerApp\.)?port(?:=(.*))?$/.exec(args[i] ?? "");
    if (!match) others.push(args[i] ?? "");
    else {
      const value = match[1] ?? args[++i] ?? "nothing";
      wanted = Number(value);
      if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65535) {
        throw new Problem(`--port: expected a number from 1 to 65535, got ${value}.`);
      }
    }
  }
  const port = await freePort(wanted);
  if (port !== wanted) console.error(`  port ${wanted} is taken: using ${port}`);
  return { port, others };
}

/** @param {string[]} args @param {NodeJS.ProcessEnv} env */
function startServer(args, env) {
  const output = fs.openSync(log, "w");
  const asRoot = process.getuid?.() === 0 ? ["--allow-root"] : []; // containers
  const child = spawn(
    environmentPython,
    ["-m", "jupyterlab", `--LabApp.default_url=${firstPage}`, ...asRoot, ...args],
    { cwd: root, env, stdio: ["ignore", output, output] },
  );
  fs.closeSync(output);

  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.on("error", () => resolve(1));
    child.on("close", (code) => resolve(code ?? 0));
  });
  let over = false;
  let stopping = false;
  ended.then(() => {
    over = true;
  });
  // Ctrl-C reaches JupyterLab too, and it ends by itself; it is asked again in case only this process got the signal.
  const stop = (/** @type {NodeJS.Signals} */ signal) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => child.kill("SIGTERM"), signal === "SIGINT" ? 3000 : 0).unref();
    setTimeout(() => child.kill("SIGKILL"), 15_000).unref();
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);

  return {
    /** Its address and token, or nothing when it was stopped before it was ready. @param {number} port */
    async untilReady(port) {
      for (;;) {
        if (over && !stopping) throw startProblem();
        if (over) return undefined;
        const server = findServer(child.pid ?? 0, port);
        if (server && (await answers(server))) return server;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async untilEnd() {
      const code = await ended;
      return stopping ? 0 : code;
    },
  };
}

/**
 * A running server writes its address and token into a file of its own.
 * @param {number} pid @param {number} port
 */
function findServer(pid, port) {
  const folder = inCache("jupyter", "runtime");
  const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => /^jpserver-\d+\.json$/.test(name)) : [];
  const servers = files.map((name) => readJson(path.join(folder, name)));
  // On Windows the environment's python.exe starts the real one, which has another pid.
  const server = servers.find((entry) => entry?.port === port && (entry.pid === pid || process.platform === "win32"));
  return server && { address: String(server.url).replace(/\/$/, ""), token: String(server.token ?? "") };
}

/** @param {{ address: string, token: string }} server */
async function answers({ address, token }) {
  try {
    const reply = await fetch(`${address}/api/status`, { headers: { Authorization: `token ${token}` } });
    return reply.ok || token === "";
  } catch {
    return false;
  }
}

function startProblem() {
  const said = fs.readFileSync(log, "utf8").trim().split("\n").slice(-12).join("\n");
  const where = path.relative(root, log);
  return new Problem(
    `JupyterLab: expected it to start, got its end; the last lines say why (all of them: ${where}). If its files are damaged, delete the folder .cache and run "npm start" again.`,
    said,
  );
}
