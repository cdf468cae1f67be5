import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { lineProgress, type Progress, terminalProgress } from "../../lib/train/progress";

/** Reports `steps` steps with a loss of 1/step and an evaluation after the last. */
function report(progress: Progress, steps: number, first = 1) {
  for (let step = first; step <= steps; step++) progress.onStep!({ step, steps, loss: 1 / step, learningRate: 0.01 });
  progress.onEvaluate!({ step: steps, metrics: { accuracy: 0.987654321, loss: 2 } });
  progress.stop();
}

/** What reaches a terminal, or a file when `isTTY` is false. */
function output(isTTY: boolean, steps: number, first = 1): string {
  const out = Object.assign(new PassThrough(), { isTTY, columns: 120, rows: 20, cursorTo() {}, clearLine() {} });
  Object.assign(out, { moveCursor() {}, clearScreenDown() {}, getWindowSize: () => [120, 20] });
  report(terminalProgress(out as unknown as NodeJS.WriteStream), steps, first);
  return stripVTControlCharacters(String(out.read() ?? ""));
}

test("twenty lines however many steps, the last one last, with the smoothed loss", () => {
  const lines: string[] = [];
  report(
    lineProgress((line) => lines.push(line.replace(/[\d.]+ s$/, "T s"))),
    137,
  );
  expect(lines).toHaveLength(21);
  expect(lines[0]).toMatch(/^step 7\/137 {2}loss 0\.3\d+ {2}learning rate 0\.0100 {2}T s$/);
  expect(lines[19]).toMatch(/^step 137\/137 {2}loss /);
  expect(lines[20]).toBe("after step 137: accuracy 0.9877, loss 2");
});

test("a short training has a line a step, and the first loss is shown as it is", () => {
  const lines: string[] = [];
  report(
    lineProgress((line) => lines.push(line)),
    3,
  );
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^step 1\/3 {2}loss 1\.000 /);
});

test("a terminal gets a full bar and the evaluation", () => {
  const shown = output(true, 40);
  expect(shown).toContain("█".repeat(24));
  expect(shown).toContain("step 40/40");
  expect(shown).toContain("after step 40: accuracy 0.9877, loss 2");
});

test("what is no terminal gets no bar and no control characters", () => {
  const shown = output(false, 40);
  expect(shown).not.toMatch(/[█░]/);
  expect(shown.split("\n")[0]).toMatch(/^step 2\/40 /);
});

test("stopping before the first step prints nothing", () => {
  const lines: string[] = [];
  lineProgress((line) => lines.push(line)).stop();
  expect(lines).toEqual([]);
});
