import { afterAll, beforeAll, test } from "vitest";
import { notebookNames } from "../../lib/course/notebooks/run";
import { everyday, expectToRun, openCourse } from "./lab";

let course: Awaited<ReturnType<typeof openCourse>>;
beforeAll(async () => {
  course = await openCourse();
}, 300_000);
afterAll(() => course?.close(), 60_000);

test.each(notebookNames().filter((name) => !everyday.includes(name)))(
  "%s runs in JupyterLab",
  async (name) => {
    const lesson = await expectToRun(course, name);
    await lesson.close();
  },
  600_000,
);
