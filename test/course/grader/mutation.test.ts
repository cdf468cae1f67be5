import { expect, test } from "vitest";
import type { Exercise } from "../../../lib/course/grader/exercise";
import { mutantsOf } from "../../../lib/course/grader/mutants";
import { mutateLesson, renderMutation } from "../../../lib/course/grader/mutation";
import { loadFixture } from "./fixture";

test("mutants are one change each, inside the marked parts, and none of an error's message", async () => {
  const files = await loadFixture();
  const mutants = await mutantsOf(files);
  expect(new Set(mutants.map((mutant) => mutant.exercise))).toEqual(new Set(["90.1", "90.3", "90.4"]));
  const changes = mutants.map(({ original, replacement }) => `${original} → ${replacement}`);
  expect(changes).toContain("value - largest → value + largest");
  expect(changes).toContain("this.count + step > this.limit → this.count + step >= this.limit");
  expect(changes.filter((change) => change.includes("Counter: expected") && !change.startsWith("{"))).toEqual([]);
  for (const { text, original, replacement, line } of mutants) {
    expect(text).toHaveLength(files.solutionText.length - original.length + replacement.length);
    expect(files.solutionText.split("\n")[line - 1]).toContain(original.split("\n")[0]);
  }
});

test("good checks kill them, weak ones let them live, and the table says which", { timeout: 120_000 }, async () => {
  const files = await loadFixture();
  const [softmax] = files.lesson.exercises;
  const only = (exercise: Exercise) => ({
    ...files,
    lesson: { ...files.lesson, name: "90-mutation", exercises: [exercise] },
  });
  const [good] = await mutateLesson(only(softmax!), () => {});
  expect(good!.killed).toBeGreaterThanOrEqual(0.8 * good!.mutants);
  const length = { title: "as many shares", call: "softmax", inputs: () => [[[]]] };
  const [weak] = await mutateLesson(only({ ...softmax!, checks: [length] }), () => {});
  expect(weak!.mutants).toBe(good!.mutants);
  expect(weak!.survivors.map(({ change }) => change)).toContain("value - largest → value + largest");
  expect(renderMutation([weak!])).toContain("value - largest → value + largest");
});
