import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "@tslab/typescript-for-tslab";
import * as esbuild from "esbuild";
import { projectRoot } from "../../../root";
import { bundleAnswers } from "../bundle";
import type { LessonFiles, Sealed } from "../lessons";
import { boxOf, withMistake } from "../oracle";

/** A lesson's files for a learner's version: to run, not to read. Paths are from the project's folder. */
export async function sealLesson(files: LessonFiles): Promise<Map<string, string>> {
  const { solution, solutionText, definition, drivers, stubText, lesson } = files;
  const names = lesson.exercises.flatMap((exercise) =>
    exercise.mistakes.map((mistake) => ({ box: boxOf(exercise, mistake), text: withMistake(files, mistake) })),
  );
  const all = [{ box: "solution", text: solutionText }, ...names];
  const bundles = await bundleAnswers(
    all.map(({ text }) => ({ text, file: solution })),
    { drivers, minify: true },
  );
  const sealed: Sealed = {
    stubText,
    boxes: Object.fromEntries(all.map(({ box }, i) => [box, bundles[i]!.code])),
  };
  return new Map([
    [definition.replace(/\.ts$/, ".sealed.json"), `${JSON.stringify(sealed)}\n`],
    [definition, await sealDefinition(files)],
    [solution, await sealSolution(files)],
    ...(drivers ? [[drivers, fs.readFileSync(path.join(projectRoot, drivers), "utf8")] as const] : []),
  ]);
}

/** The definition without the edits that make mistakes of the solution. Names and messages stay. */
async function sealDefinition({ definition, lesson }: LessonFiles): Promise<string> {
  const file = path.join(projectRoot, definition);
  const { code } = await esbuild.transform(withoutEdits(fs.readFileSync(file, "utf8")), {
    ...{ loader: "ts", minifyWhitespace: true, minifySyntax: true, charset: "utf8", target: "es2022" },
  });
  const edits = lesson.exercises.flatMap(({ mistakes }) => mistakes.flatMap((mistake) => mistake.edits.flat()));
  const left = edits.find((text) => text.length >= 12 && code.includes(JSON.stringify(text)));
  if (left !== undefined)
    throw new Error(
      `${definition}: expected mistakes with a literal \`edits: [...]\`, got the text ${JSON.stringify(left)} elsewhere`,
    );
  return `// @ts-nocheck\n// What this lesson's exercises are graded by; made by npm run release.\n${code}`;
}

/** The source with every `edits: …` property made empty. */
export function withoutEdits(text: string): string {
  const file = ts.createSourceFile("definition.ts", text, ts.ScriptTarget.ES2022, true);
  const places: [start: number, end: number][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText(file) === "edits") {
      places.push([node.initializer.getStart(file), node.initializer.end]);
    } else ts.forEachChild(node, visit);
  };
  visit(file);
  return places.reverse().reduce((rest, [start, end]) => `${rest.slice(0, start)}[]${rest.slice(end)}`, text);
}

/** A solution that runs in notebooks. Its comments, types and names are gone; the types come from the learner's file. */
async function sealSolution({ solutionText, exercise, solution }: LessonFiles): Promise<string> {
  const { code } = await esbuild.transform(solutionText, {
    loader: "ts",
    minify: true,
    charset: "utf8",
    target: "es2022",
  });
  const beside = path.posix.relative(path.posix.dirname(solution), exercise.replace(/\.ts$/, ""));
  return `// @ts-nocheck\n// A worked solution, to run in notebooks but not to read; made by npm run release.\n${code}export type * from "${beside}";\n`;
}
