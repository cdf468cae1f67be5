import { expect, test } from "vitest";
import { makeProject } from "./start/project";

const facts = `console.log(JSON.stringify({ backend: "tfjs computes with its WebAssembly backend.", isolation: "namespace" }));`;

test("on a bare clone the doctor installs nothing, finds nothing wrong and says what npm start will do", async () => {
  const project = makeProject({ node: 999 });
  const { code, stdout } = await project.run(["doctor"]);
  expect(code).toBe(0);
  expect(stdout).toContain(`ok     Folder      ${project.root}`);
  expect(stdout).toContain(`to do  Node        ${process.versions.node} (${process.execPath}) is older than 999`);
  expect(stdout).toContain("ok     Python      3.11.7");
  expect(stdout).toContain("to do  JupyterLab  npm start will install 4.6.6");
  expect(stdout).toContain("to do  Packages    1 missing (node_modules/demo …): npm start will install them");
  expect(stdout).toContain('Nothing is wrong. "npm start" installs what is to do.');
  expect(project.calls()).toEqual([]);
});

test("after a start everything is there, with versions", async () => {
  const project = makeProject();
  project.write("lib/course/start/doctor-facts.ts", facts);
  await (await project.start()).stop();
  const { code, stdout } = await project.run(["doctor"]);
  expect(stdout).not.toContain("to do");
  expect(stdout).toContain(`ok     Node        ${process.versions.node}`);
  expect(stdout).toContain("ok     JupyterLab  4.6.6");
  expect(stdout).toContain("ok     Kernel      TypeScript (course)");
  expect(stdout).toContain("ok     tfjs        tfjs computes with its WebAssembly backend.");
  expect(stdout).toContain("ok     Grader      isolation: namespace");
  expect(stdout).toMatch(/\d+ cores, \d+ GB of memory/);
  expect(code).toBe(0);
});

test("what is wrong is named with its remedy, the rest is still told, and the exit code is 1", async () => {
  const project = makeProject({ pythons: { python3: { version: [3, 8, 2] } } });
  const { code, stdout } = await project.run(["doctor"]);
  expect(stdout).toContain("wrong  Python      Python: expected 3.10 or newer, got 3.8.2");
  expect(stdout).toContain("to do  JupyterLab");
  expect(stdout).toContain("1 to mend: see above.");
  expect(code).toBe(1);
});

test("packages that do not run are wrong", async () => {
  const project = makeProject();
  await (await project.start()).stop();
  project.write("lib/course/start/doctor-facts.ts", "throw new Error()");
  const { code, stdout } = await project.run(["doctor"]);
  expect(stdout).toContain("wrong  tfjs        does not run. Delete the folder node_modules, then run npm start.");
  expect(code).toBe(1);
});
