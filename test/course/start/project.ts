import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { onTestFinished } from "vitest";
import { projectRoot } from "../../../lib/root";

/** What a fake Python plays; see fake-python.mjs. */
interface FakePython {
  readonly version: readonly [number, number, number];
  readonly venv: boolean;
  /** What pip prints when it fails. */
  readonly pipFails?: string;
  /** What JupyterLab prints when it ends at once. */
  readonly jupyterFails?: string;
  /** JupyterLab never gets ready. */
  readonly jupyterHangs?: boolean;
}

interface Options {
  /** The oldest Node that is new enough: 999 makes the one that runs the test too old. */
  readonly node?: number;
  readonly megabytes?: number;
  /** Fake Pythons by the name they have on the PATH. */
  readonly pythons?: Readonly<Record<string, Partial<FakePython>>>;
  readonly npmFails?: string;
  /** Puts a fake uv on the PATH; one that fails does so when it is to install packages. */
  readonly uv?: "works" | "fails";
}

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A course as small as can be, in a fresh folder with a space and an accent in its name: the real start scripts, a lock
 * file with one package, and nothing on the PATH but the fake Pythons. No test needs the network.
 */
export function makeProject({ node = 18, megabytes = 1, pythons = { python3: {} }, npmFails, uv }: Options = {}) {
  const home = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "course ü "));
  onTestFinished(() => fs.rmSync(home, { recursive: true, force: true, maxRetries: 3 }));
  const root = path.join(home, "kurs é");
  const bin = path.join(home, "bin");
  const calls = path.join(home, "calls.log");

  for (const part of ["run.mjs", "start", "kernel/spec.mjs"]) {
    fs.cpSync(path.join(projectRoot, "lib/course", part), path.join(root, "lib/course", part), { recursive: true });
  }
  const needs = { node, python: [3, 10], newestPythonTried: [3, 14] };
  write(root, "lib/course/start/needs.json", { ...needs, megabytes: { node: 0, jupyter: 0, packages: megabytes } });
  write(root, "requirements.txt", "# pinned\njupyterlab==4.6.6\nnodejs-wheel-binaries==24.19.0\n");
  write(root, "package-lock.json", lockOf({ demo: "1.0.0" }));
  fs.mkdirSync(bin);
  for (const [name, python] of Object.entries(pythons)) addPython(name, python);

  if (uv) {
    addPython("uv", uv === "fails" ? { pipFails: "error: no index here" } : {});
  }

  function addPython(name: string, python: Partial<FakePython>) {
    const folder = path.join(home, `${name} é`);
    write(folder, "python.json", { version: [3, 11, 7], venv: true, ...python });
    fs.copyFileSync(path.join(__dirname, "fake-python.mjs"), path.join(folder, "fake-python.mjs"));
    fs.copyFileSync(path.join(__dirname, "fake-npm-cli.js"), path.join(folder, "npm-cli.js"));
    fs.rmSync(path.join(folder, "calls.log"), { force: true });
    fs.symlinkSync(calls, path.join(folder, "calls.log"));
    const script = `#!/bin/sh\nexec "${process.execPath}" "${folder}/fake-python.mjs" "$0" "$@"\n`;
    for (const file of [path.join(bin, name), path.join(folder, "python3")]) {
      fs.writeFileSync(file, script, { mode: 0o755 });
    }
  }

  const env = (): NodeJS.ProcessEnv => ({
    HOME: home,
    PATH: bin,
    npm_execpath: path.join(home, "npm", "npm-cli.js"),
    FAKE_NPM: JSON.stringify({ log: calls, npmFails, root }),
  });
  write(path.join(home, "npm"), "npm-cli.js", fs.readFileSync(path.join(__dirname, "fake-npm-cli.js"), "utf8"));

  return {
    root,
    home,
    addPython,
    write: (file: string, content: unknown) => write(root, file, content),
    read: (file: string) => fs.readFileSync(path.join(root, file), "utf8"),
    remove: (file: string) => fs.rmSync(path.join(root, file), { recursive: true }),
    /** What was installed or started since the last time, in order. */
    calls(): string[] {
      const lines = fs.existsSync(calls) ? fs.readFileSync(calls, "utf8").trim().split("\n") : [];
      fs.rmSync(calls, { force: true });
      return lines;
    },
    run: (args: readonly string[], extra?: NodeJS.ProcessEnv) => ended(launch(root, args, { ...env(), ...extra })),
    /** Presses Ctrl-C as soon as the command has said something. */
    interrupt(args: readonly string[], said: string) {
      const child = launch(root, args, env());
      child.stderr?.on("data", (text) => String(text).includes(said) && signalAll(child, "SIGINT"));
      return ended(child);
    },
    start: (args: readonly string[] = [], extra?: NodeJS.ProcessEnv) => startCourse(root, args, { ...env(), ...extra }),
  };
}

function launch(root: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(process.execPath, [path.join(root, "lib/course/run.mjs"), ...args], {
    cwd: path.dirname(root),
    env,
    detached: true, // a process group of its own, as a terminal gives to a command
  });
  onTestFinished(() => signalAll(child, "SIGKILL"));
  return child;
}

/** Starts the course in a folder and waits for its address. */
export async function startCourse(root: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = launch(root, ["start", "--no-browser", ...args], env);
  const end = ended(child);
  const address = await new Promise<string>((resolve, reject) => {
    let said = "";
    child.stdout?.on("data", (text) => {
      said += text;
      const found = /(http:\S+)[\s\S]*Ctrl-C stops it/.exec(said);
      if (found) resolve(found[1]!);
    });
    end.then((result) => reject(new Error(`it ended: ${JSON.stringify(result)}`)));
  });
  return {
    address,
    /** Presses Ctrl-C. */
    stop() {
      signalAll(child, "SIGINT");
      return end;
    },
    /** Asks the start script, and only that, to end. */
    terminate() {
      child.kill("SIGTERM");
      return end;
    },
  };
}

export const lockOf = (packages: Record<string, string>) => ({
  lockfileVersion: 3,
  packages: Object.fromEntries([
    ["", { name: "course" }],
    ...Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }]),
  ]),
});

/** A terminal sends Ctrl-C to every process that the command has started. */
function signalAll(child: ChildProcess, signal: NodeJS.Signals) {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // they have all ended
  }
}

function write(folder: string, file: string, content: unknown) {
  const target = path.join(folder, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, typeof content === "string" ? content : JSON.stringify(content));
}

function ended(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text) => (stderr += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr })));
}
