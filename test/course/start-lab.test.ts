import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { environment } from "../../lib/course/start/project.mjs";
import { projectRoot } from "../../lib/root";
import { startCourse } from "./start/project";

// The real JupyterLab, as `npm start` serves it.

const read = (...file: string[]) => JSON.parse(fs.readFileSync(path.join(...file), "utf8"));
const settings = path.join(projectRoot, "lib/course/start/jupyter/labconfig");

test("serves the course with its token, its one kernel, its settings, and asks no server outside for news", async () => {
  const course = await startCourse(projectRoot, ["--port", "8700"], process.env);
  const { origin, searchParams, pathname } = new URL(course.address);
  const headers = { Authorization: `token ${searchParams.get("token")}` };
  const text = async (place: string) => (await fetch(`${origin}${place}`, { headers })).text();
  const json = async (place: string) => JSON.parse(await text(place));

  expect((await fetch(`${origin}/api/contents`)).status).toBe(403); // without the token
  const { content } = await json("/api/contents");
  const files = content.map(({ name }: { name: string }) => name);
  expect(files).toContain("notebooks");
  expect(files).not.toContain("node_modules");

  const { default: first, kernelspecs } = await json("/api/kernelspecs");
  expect([first, Object.keys(kernelspecs)]).toEqual(["course", ["course"]]);

  const page = await text(pathname);
  const config = JSON.parse(/id="jupyter-config-data"[^>]*>([\s\S]*?)<\/script>/.exec(page)![1]!);
  expect(config.news).toEqual({ disabled: true });
  expect(config.disabledExtensions).toEqual(
    expect.arrayContaining(Object.keys(read(settings, "page_config.json").disabledExtensions)),
  );

  for (const [plugin, values] of Object.entries(read(settings, "default_setting_overrides.json"))) {
    const { schema } = await json(`/lab/api/settings/${encodeURIComponent(plugin)}`);
    for (const [name, value] of Object.entries(values as object)) {
      expect({ value: schema.properties[name].default }).toMatchObject({ value });
    }
  }
  expect((await course.stop()).code).toBe(0);
});

test("the kernel's specification is installed where Jupyter looks first", () => {
  const { argv } = read(environment, "share/jupyter/kernels/course/kernel.json");
  for (const file of [argv[0], argv.at(-2)]) expect(fs.existsSync(file)).toBe(true);
  expect(argv.at(-1)).toBe("{connection_file}");
});
