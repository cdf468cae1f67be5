import type { LessonFiles } from "./lessons";

/** A solution with one small change in an exercise's part, made by StrykerJS's mutators. */
export interface Mutant {
  readonly exercise: string;
  /** The line of the solution, from 1. */
  readonly line: number;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
  /** The whole solution file with the change. */
  readonly text: string;
}

/** Every mutant of a lesson's marked parts. What only changes the message of an error is left out: it is not compared. */
export async function mutantsOf({ solution, solutionText }: LessonFiles): Promise<Mutant[]> {
  const { Instrumenter } = await import("@stryker-mutator/instrumenter");
  const silent = Object.fromEntries(
    ["trace", "debug", "info", "warn", "error", "fatal"].map((name) => [name, () => {}]),
  );
  const enabled = Object.fromEntries(
    ["Trace", "Debug", "Info", "Warn", "Error", "Fatal"].map((name) => [`is${name}Enabled`, () => false]),
  );
  const instrumenter = new Instrumenter({ ...silent, ...enabled } as unknown as ConstructorParameters<
    typeof Instrumenter
  >[0]);
  const files = [{ name: solution, mutate: true, content: solutionText }];
  const options = { plugins: [], excludedMutations: [], ignorers: [] };
  const { mutants } = await instrumenter.instrument(files, options);
  const starts = lineStarts(solutionText);
  const parts = markedPlaces(solutionText);
  const errors = [...solutionText.matchAll(/new \w*Error\((?:[^()]|\([^()]*\))*\)/g)].map((match) => [
    match.index,
    match.index + match[0].length,
  ]);
  return mutants.flatMap(({ location, mutatorName, replacement }) => {
    const start = starts[location.start.line]! + location.start.column;
    const end = starts[location.end.line]! + location.end.column;
    const part = parts.find((place) => place.start <= start && end <= place.end);
    if (!part || errors.some(([from = 0, to = 0]) => from <= start && end <= to)) return [];
    const text = solutionText.slice(0, start) + replacement + solutionText.slice(end);
    const original = solutionText.slice(start, end);
    return [
      { exercise: part.number, line: location.start.line + 1, mutator: mutatorName, original, replacement, text },
    ];
  });
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) if (text[i] === "\n") starts.push(i + 1);
  return starts;
}

function markedPlaces(text: string): { number: string; start: number; end: number }[] {
  return [...text.matchAll(/\/\/ BEGIN (\d\d\.\d+)[\s\S]*?\/\/ END \1/g)].map((match) => ({
    number: match[1]!,
    start: match.index,
    end: match.index + match[0].length,
  }));
}
