import { afterAll, beforeAll, expect, test } from "vitest";
import { everyday, expectToRun, openCourse } from "./lab";

// biome-ignore lint/suspicious/noExplicitAny: the page's, where the functions given to `evaluate` run
declare const getComputedStyle: any;

let course: Awaited<ReturnType<typeof openCourse>>;
beforeAll(async () => {
  process.env["BACKEND_THREADS"] ??= "1"; // other tests run beside these: two threads would wait for each other
  course = await openCourse();
}, 300_000);
afterAll(() => course?.close(), 60_000);

test.each(everyday)(
  "%s runs in JupyterLab; axe-core finds nothing serious in its outputs",
  async (name) => {
    const lesson = await expectToRun(course, name);
    expect(await lesson.seriousFindings()).toEqual([]);
    await lesson.close();
  },
  600_000,
);

test("an error is red, stops Run all, and the kernel works on", async () => {
  const lesson = await course.openLesson("00-welcome");
  await lesson.write(
    0,
    `const total = 3;\nfunction fail(): never {\n  throw new RangeError("on purpose");\n}\nfail();`,
  );
  await lesson.runAll();
  const [error, ...others] = await lesson.errors();
  expect(others).toEqual([]);
  expect(error?.split("\n").map((line) => line.trimEnd())).toEqual([
    "RangeError: on purpose",
    "  at fail (cell [1], line 3)",
    `      3 |   throw new RangeError("on purpose");`,
    "  at cell [1], line 5",
    "      5 | fail();",
  ]);
  const red = await lesson
    .output(0)
    .locator(".ansi-red-intense-fg")
    .first()
    .evaluate((element) => getComputedStyle(element).color);
  const [r = 0, g = 0, b = 0] = (red.match(/\d+/g) ?? []).map(Number);
  expect(r).toBeGreaterThan(2 * Math.max(g, b));
  const [first, ...rest] = await lesson.numbers();
  expect(first).toBe("1");
  expect(rest.filter((number) => number !== "" && number !== "hidden")).toEqual([]);
  await lesson.photograph("error");

  await lesson.write(1, "total + 1");
  await lesson.run(1);
  await lesson.untilIdle();
  expect((await lesson.output(1).innerText()).trim()).toBe("4");
  await lesson.close();
}, 120_000);

test("interrupt stops a loop that awaits, and one that does not; variables stay", async () => {
  const lesson = await course.openLesson("00-welcome");
  await lesson.write(0, "let step = 0;");
  await lesson.run(0);
  await lesson.untilIdle();
  for (const loop of ["for (;;) { step++; await new Promise(setImmediate); }", "console.log(step); for (;;) step++;"]) {
    await lesson.write(1, loop);
    await lesson.run(1);
    await lesson.page.waitForTimeout(1500);
    expect((await lesson.numbers())[1]).toBe("*");
    await lesson.page.click('[data-command="notebook:interrupt-kernel"], [title^="Interrupt the kernel"]');
    await lesson.untilIdle();
    expect((await lesson.errors()).join()).toContain("KeyboardInterrupt: the cell was interrupted");

    const steps = async () => {
      await lesson.write(2, "step");
      await lesson.run(2);
      await lesson.untilIdle();
      return Number(await lesson.output(2).innerText());
    };
    const before = await steps();
    expect(before).toBeGreaterThan(1);
    await lesson.page.waitForTimeout(1000);
    expect(await steps()).toBe(before);
  }
  await lesson.photograph("interrupt");
  await lesson.close();
}, 120_000);

test("a figure is updated in place while its cell runs", async () => {
  const lesson = await course.openLesson("00-welcome");
  await lesson.write(
    0,
    `import { display } from "./lib/plot/display";
for (let step = 0; step <= 20; step++) {
  const picture = { "text/html": "<b class='picture'>" + step + "</b>", "text/plain": String(step) };
  display(picture, { id: "picture", update: step > 0 });
  await new Promise((resolve) => setTimeout(resolve, 50));
}`,
  );
  await lesson.run(0);
  const seen = new Set<string>();
  const picture = lesson.output(0).locator(".picture");
  while (!seen.has("20")) seen.add(await picture.innerText());
  expect(seen.size).toBeGreaterThan(3);
  await lesson.untilIdle();
  expect(await lesson.output(0).count()).toBe(1);
  await lesson.close();
}, 120_000);

test("completion offers what a variable has", async () => {
  const lesson = await course.openLesson("00-welcome");
  await lesson.write(0, "const weights = [1, 2, 3];");
  await lesson.run(0);
  await lesson.untilIdle();
  await lesson.write(1, "weights.redu");
  await lesson.page.keyboard.press("Tab");
  await lesson.page.waitForSelector(".jp-Completer-item", { timeout: 20_000 });
  expect(await lesson.page.locator(".jp-Completer-match").allInnerTexts()).toEqual(["reduce", "reduceRight"]);
  await lesson.close();
}, 120_000);
