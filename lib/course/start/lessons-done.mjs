import * as fs from "node:fs";
import * as path from "node:path";
import { inCache, inProject, readJson } from "./project.mjs";

/**
 * How far the learner has come: a line a lesson, `✓` where all its exercises have passed, `·` where some are left; nothing
 * before the first has passed.
 * @param {string} [notebooks] the folder of the lessons @param {string} [progress] the grader's memory
 * @returns {string[]}
 */
export function lessonsDone(notebooks = inProject("notebooks"), progress = inCache("grader", "progress.json")) {
  /** @type {{ verdict: string, number?: string }[]} */
  const remembered = Object.values(readJson(progress)?.exercises ?? {});
  const passed = new Set(remembered.filter(({ verdict }) => verdict === "pass").map(({ number }) => number));
  if (passed.size === 0) return [];
  return fs
    .readdirSync(notebooks)
    .filter((name) => name.endsWith(".ipynb"))
    .sort()
    .flatMap((name) => {
      const { title, numbers } = lessonOf(path.join(notebooks, name));
      const done = numbers.filter((number) => passed.has(number)).length;
      const mark = done === numbers.length ? "✓" : "·";
      return numbers.length > 0 ? [`${mark} ${name.slice(0, 2)} ${title} (${done} of ${numbers.length})`] : [];
    });
}

/** A lesson's title, and the numbers of the exercises that its cells check. @param {string} file */
function lessonOf(file) {
  const { metadata = {}, cells = [] } = readJson(file) ?? {};
  /** @type {string} */
  const code = cells.map((/** @type {{ source: string[] }} */ { source }) => source.join("")).join("\n");
  const numbers = [...new Set([...code.matchAll(/\bcheck\("(\d\d\.\d+)"\)/g)].map(([, number]) => String(number)))];
  return { title: String(metadata.course?.title ?? path.basename(file, ".ipynb")), numbers };
}
