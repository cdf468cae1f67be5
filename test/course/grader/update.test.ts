import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gradeCommand } from "../../../lib/course/grader/command";
import { isUntouched, makeStub } from "../../../lib/course/grader/stubs";
import { takeOver } from "../../../lib/course/grader/update";
import { projectRoot } from "../../../lib/root";
import { learnerCopy, rightAnswers } from "./fixture";

let learner: Awaited<ReturnType<typeof learnerCopy>>;
beforeEach(async () => {
  learner = await learnerCopy();
});
afterEach(() => learner.remove());

/** The fixture's stub in a newer version of the course. */
const newer = (change: (solution: string) => string) =>
  makeStub(change(learner.solutionText), "90-fixture", "A fixture");

describe("answers go into a newer stub", () => {
  test("nothing has changed: the same file", () => {
    const mine = learner.answer(rightAnswers);
    const { text, kept, changed, added, left } = takeOver(mine, learner.stubText);
    expect(text).toBe(mine);
    expect({ kept, changed, added, left }).toEqual({
      kept: ["90.1", "90.2", "90.4"],
      changed: [],
      added: [],
      left: [],
    });
  });

  test("a task that reads differently, a new signature, a new exercise and renumbering are told", () => {
    const stub = newer((solution) =>
      solution
        .replace("The mean of each row.", "The mean of every row, in float32.")
        .replace("insert(ordered: number[], value: number)", "insert(ordered: readonly number[], value: number)")
        .replace(/90\.4/g, "90.5")
        .concat(
          "\n/** New. */\nexport function twice(x: number): number {\n  // BEGIN 90.4\n  return 2 * x;\n  // END 90.4\n}\n",
        ),
    );
    const update = takeOver(learner.answer(rightAnswers), stub);
    expect(update).toMatchObject({
      kept: ["90.1", "90.2", "90.5"],
      changed: ["90.2", "90.5"],
      added: ["90.4"],
      left: [],
    });
    expect(update.text).toContain("The mean of every row, in float32.");
    expect(update.text).toContain(rightAnswers["90.2"]);
    expect(update.text).toContain(`insert(ordered: number[], value: number): number[] {\n  ${rightAnswers["90.4"]}`);
    expect(update.text).toContain('throw new Error("TODO 90.4")');
    expect(isUntouched(update.text)).toBe(false);
  });

  test("helpers, tables, types and imports of the learner's come along; an exercise that is gone leaves its answer", () => {
    const mine = `${learner.answer(rightAnswers).replace('import type * as tf from "@tensorflow/tfjs";', 'import type * as tf from "@tensorflow/tfjs";\nimport type { Random } from "../../../../lib/random";')}
const table = [1, 2, 3];
interface Own { readonly random: Random }
/** Mine. */
function helper(): Own[] {
  return [];
}
`;
    const stub = newer((solution) => solution.slice(0, solution.indexOf("/** Puts a number into")));
    const { text, left } = takeOver(mine, stub);
    expect(text).toContain('tfjs";\nimport type { Random } from "../../../../lib/random";');
    for (const own of [
      "const table = [1, 2, 3];",
      "interface Own {",
      "/** Mine. */\nfunction helper(): Own[] {",
      rightAnswers["90.4"],
    ])
      expect(text.split(own)).toHaveLength(2);
    expect(left).toContain("insert");
    expect(takeOver(text, stub).text).toBe(text);
  });

  test("a method of a class", () => {
    const mine = learner.answer({ "90.3": "return this.limit - step;" });
    const stub = newer((solution) => solution.replace("Counts up from a start", "Counts upwards from a start"));
    const { text, kept, changed } = takeOver(mine, stub);
    expect(text).toContain("return this.limit - step;");
    expect(text).toContain("Counts upwards");
    expect({ kept, changed }).toEqual({ kept: ["90.3"], changed: [] });
  });
});

test("--update --from takes the answers of another copy, and keeps what was here beside", async () => {
  const other = path.join(learner.folder, "other/exercises");
  fs.mkdirSync(other, { recursive: true });
  fs.writeFileSync(path.join(other, "90-fixture.ts"), learner.answer(rightAnswers));
  let printed = "";
  const run = (from: string) =>
    gradeCommand(["--update", "--from", from], {
      print: (text) => {
        printed += `${text}\n`;
      },
      ...{ isTerminal: false, where: learner.where, progress: learner.progress },
    });
  expect(await run(path.dirname(other))).toBe(0);
  expect(printed).toContain("90-fixture.ts: 3 answers kept");
  expect(fs.readFileSync(learner.file, "utf8")).toBe(learner.answer(rightAnswers));
  const mine = learner.answer({ "90.1": "return mine;" });
  learner.write(mine);
  await run(other);
  expect(printed).toContain("it had answers already");
  expect(fs.readFileSync(`${learner.file}.old-1`, "utf8")).toBe(mine);
  await expect(run(os.tmpdir())).rejects.toThrow("expected exercise files in");
});

describe("--update with git", { timeout: 180_000 }, () => {
  let upstream: string;
  let clone: string;
  const git = (folder: string, ...words: string[]) =>
    execFileSync("git", ["-c", "user.name=T", "-c", "user.email=t@example.org", ...words], {
      cwd: folder,
      encoding: "utf8",
      stdio: "pipe",
    });
  const exercise = () => path.join(clone, "exercises/00-welcome.ts");
  const grade = (...words: string[]) => {
    try {
      const command = ["--import", "tsx", "lib/course/grader/main.ts", ...words];
      return execFileSync(process.execPath, command, { cwd: clone, encoding: "utf8", stdio: "pipe" });
    } catch (error) {
      return (error as { stdout: string }).stdout;
    }
  };

  beforeEach(() => {
    // A course of one lesson, as its next version's author and its learner have it.
    const folder = fs.mkdtempSync(path.join(learner.folder, "git-"));
    upstream = path.join(folder, "upstream");
    clone = path.join(folder, "clone");
    for (const part of [
      "lib/course/grader",
      "lib/random.ts",
      "lib/root.ts",
      "test/exercises",
      "solutions",
      "exercises",
    ]) {
      const only = ["test/exercises", "solutions", "exercises"].includes(part) ? /00-welcome/ : /./;
      fs.cpSync(path.join(projectRoot, part), path.join(upstream, part), {
        recursive: true,
        filter: (file) => fs.statSync(file).isDirectory() || only.test(path.basename(file)),
      });
    }
    fs.writeFileSync(path.join(upstream, "package.json"), "{}");
    fs.writeFileSync(path.join(upstream, ".gitignore"), "node_modules\n.cache/\n");
    const solution = fs.readFileSync(path.join(upstream, "solutions/00-welcome.ts"), "utf8");
    fs.writeFileSync(path.join(upstream, "exercises/00-welcome.ts"), makeStub(solution, "00-welcome", "Welcome"));
    git(upstream, "init", "-q", "-b", "main");
    git(upstream, "add", ".");
    git(upstream, "commit", "-qm", "one");
    git(folder, "clone", "-q", upstream, clone);
    fs.symlinkSync(path.join(projectRoot, "node_modules"), path.join(clone, "node_modules"), "junction");
  });

  const answer = () => {
    const stub = fs.readFileSync(exercise(), "utf8");
    fs.writeFileSync(exercise(), stub.replace('throw new Error("TODO 00.1");', "return 42 + celsius;"));
  };
  const nextVersion = () => {
    const file = path.join(upstream, "solutions/00-welcome.ts");
    const solution = fs.readFileSync(file, "utf8").replace("From degrees Celsius", "The way from degrees Celsius");
    fs.writeFileSync(file, solution);
    fs.writeFileSync(path.join(upstream, "exercises/00-welcome.ts"), makeStub(solution, "00-welcome", "Welcome"));
    git(upstream, "commit", "-qam", "two");
  };

  test("the answer is in the new file, and what changed is told", () => {
    answer();
    nextVersion();
    const said = grade("--update");
    expect(said).toMatch(/Updated from [0-9a-f]{7} to [0-9a-f]{7}\./);
    expect(said).toMatch(/00-welcome\.ts: 1 answer kept\n {2}reads differently now, look again: 00\.1 /);
    const now = fs.readFileSync(exercise(), "utf8");
    expect(now).toContain("The way from degrees Celsius");
    expect(now).toContain("return 42 + celsius;");
    expect(git(clone, "status", "--porcelain").trim()).toBe("M exercises/00-welcome.ts");
  });

  test("nothing new: nothing changes", () => {
    answer();
    const before = fs.readFileSync(exercise(), "utf8");
    expect(grade("--update")).toContain("up to date");
    expect(fs.readFileSync(exercise(), "utf8")).toBe(before);
  });

  test("answers that were committed, and a notebook that both changed", () => {
    answer();
    const notebook = path.join(clone, "notebook.ipynb");
    fs.writeFileSync(path.join(upstream, "notebook.ipynb"), "one\n");
    git(upstream, "add", ".");
    git(upstream, "commit", "-qm", "notebook");
    git(clone, "pull", "-q", "--ff-only");
    git(clone, "config", "user.name", "T");
    git(clone, "config", "user.email", "t@example.org");
    git(clone, "commit", "-qam", "my answers");
    fs.writeFileSync(notebook, "mine\n");
    fs.writeFileSync(path.join(clone, "package.json"), '{ "mine": 1 }');
    fs.writeFileSync(path.join(upstream, "notebook.ipynb"), "two\n");
    nextVersion();
    const said = grade("--update");
    expect(said).toContain(
      "notebook.ipynb: changed by you and by the course; this is the newer one, yours is notebook.ipynb.old-1",
    );
    expect(said).toContain("1 answer kept");
    expect(fs.readFileSync(notebook, "utf8")).toBe("two\n");
    expect(fs.readFileSync(`${notebook}.old-1`, "utf8")).toBe("mine\n");
    expect(fs.readFileSync(path.join(clone, "package.json"), "utf8")).toBe('{ "mine": 1 }');
    expect(fs.readFileSync(exercise(), "utf8")).toMatch(/The way from degrees Celsius[\s\S]*return 42 \+ celsius;/);
    expect(git(clone, "log", "-1", "--format=%s %p").trim()).toMatch(/^Update the course \w+ \w+$/);
    expect(grade("--update")).toContain("up to date");
  });

  test("an update that git cannot make leaves every answer as it was", () => {
    answer();
    nextVersion();
    // A file of the learner's own stands where the newer course has one.
    fs.writeFileSync(path.join(upstream, "own.txt"), "course");
    git(upstream, "add", ".");
    git(upstream, "commit", "-qm", "three");
    fs.writeFileSync(path.join(clone, "own.txt"), "mine");
    const before = fs.readFileSync(exercise(), "utf8");
    expect(grade("--update")).toContain("could not be updated; your files are as they were");
    expect(fs.readFileSync(exercise(), "utf8")).toBe(before);
  });
});
