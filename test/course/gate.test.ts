import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { describe, expect, test } from "vitest";
import type { Exercise } from "../../lib/course/grader/exercise";
import { gateLesson } from "../../lib/course/grader/gate";
import { lessonNames, loadLesson } from "../../lib/course/grader/lessons";
import { isUntouched, makeStub } from "../../lib/course/grader/stubs";
import { projectRoot } from "../../lib/root";
import { loadFixture } from "./grader/fixture";

// The gate over every exercise of the course; what has not changed since it last passed comes from the cache.
describe.each([...lessonNames().values()])("%s", (name) => {
  test("stub not attempted, solution passes, mistakes named", { timeout: 300_000 }, async () => {
    const rows = await gateLesson(await loadLesson(name));
    expect(rows.flatMap((row) => row.faults.map((fault) => `${row.exercise}: ${fault}`))).toEqual([]);
    for (const row of rows) {
      expect(row, row.exercise).toMatchObject({ stub: "not-attempted", seedsPassed: row.seeds, seeds: 20 });
      expect([row.killed, row.named], row.exercise).toEqual([row.mistakes, row.mistakes]);
    }
  });

  test("the stub is made from the solution", async () => {
    const { exercise, stubText } = await loadLesson(name);
    const present = fs.readFileSync(path.join(projectRoot, exercise), "utf8");
    // Where a learner has edited the file, the committed one counts; where that has answers too, there is no stub left.
    const handedOut = [present, committed(exercise)].find((text) => text !== undefined && isUntouched(text));
    expect(handedOut?.replace(/\r\n/g, "\n") ?? stubText).toBe(stubText);
  });
});

function committed(file: string): string | undefined {
  try {
    return execFileSync("git", ["show", `HEAD:./${file}`], { cwd: projectRoot, encoding: "utf8", stdio: "pipe" });
  } catch {
    return undefined;
  }
}

describe("the gate says what is wrong with an exercise", () => {
  async function faults(change: (softmax: Exercise) => Partial<Exercise>): Promise<string> {
    const files = await loadFixture();
    const [softmax] = files.lesson.exercises;
    const exercises = [{ ...softmax!, ...change(softmax!) }];
    const rows = await gateLesson({ ...files, lesson: { ...files.lesson, exercises } }, 2);
    return rows[0]!.faults.join("\n");
  }
  const mistake = (edits: [string, string][]) => ({ name: "another", message: "Another.", edits });
  const firstCheck = ({ checks }: Exercise) => ({ checks: checks.slice(0, 1) });

  test("nothing", async () => expect(await faults(() => ({}))).toBe(""));

  test("an edit that does not occur, or occurs twice", async () => {
    expect(await faults(({ mistakes }) => ({ mistakes: [...mistakes, mistake([["no such text", ""]])] }))).toContain(
      '"another": expected "no such text" exactly once in test/course/grader/solutions/90-fixture.ts, got 0 times',
    );
    expect(await faults(({ mistakes }) => ({ mistakes: [...mistakes, mistake([["largest", ""]])] }))).toContain(
      "got 2 times",
    );
  });

  test("a mistake that passes", async () => {
    expect(
      await faults(({ mistakes }) => ({ mistakes: [...mistakes, mistake([["values.map", "[...values].map"]])] })),
    ).toBe('seed 1: the mistake "another" passes every check');
    expect(await faults(firstCheck)).toBe(
      'seed 1: the mistake "the largest number is not subtracted" passes every check',
    );
  });

  test("two mistakes that look alike", async () => {
    expect(
      await faults(({ mistakes }) => ({ mistakes: [mistake([["power / sum)", "power)"]]), ...mistakes] })),
    ).toContain('the mistake "the shares are not divided by their sum" is taken for "another"');
  });

  test("a solution that uses what it forbids", async () => {
    expect(await faults(() => ({ forbidden: ["exp"] }))).toMatch(/90-fixture\.ts:\d+: the solution itself uses exp/);
  });

  test("a check that the stub passes", async () => {
    const call = { title: "an export that is there", call: "Counter", inputs: () => [[]] };
    expect(await faults(({ checks }) => ({ checks: [...checks, call] }))).toContain(
      'stub: the check "an export that is there" is pass, expected not-attempted',
    );
  });

  test("a solution whose answers are not the same twice", async () => {
    const files = await loadFixture();
    const solutionText = files.solutionText.replace(
      "powers.map((power) => power / sum)",
      "powers.map(() => Math.random())",
    );
    const [softmax] = files.lesson.exercises;
    const edits = [["Math.random()", "0"]] as const;
    const mistakes = ["a", "b", "c"].map((name) => ({ name, message: name, edits }));
    const changed = { ...files, solutionText, stubText: makeStub(solutionText, "90-fixture", "A fixture") };
    const rows = await gateLesson(
      { ...changed, lesson: { ...files.lesson, exercises: [{ ...softmax!, mistakes }] } },
      1,
    );
    expect(rows[0]!.faults.join("\n")).toContain("seed 1: the solution fails the check");
  });
});
