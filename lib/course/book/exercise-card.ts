import type { Exercise } from "../grader/exercise";
import { inlineHtml } from "../lesson/html";
import { fenced, raw, withFormulas } from "./myst";

const tiers = ["a nudge", "a plan", "nearly the code"] as const;

/** The exercise in the book: what to build and why, the task as it stands in the stub, three hints that open. No solution. */
export function exerciseCard(exercise: Exercise, stub: string, file: string): string {
  const { number, title, why, difficulty, minutes, points, hints } = exercise;
  const facts = `${"●".repeat(difficulty)}${"○".repeat(3 - difficulty)} · ${minutes} minutes · ${points} point${points === 1 ? "" : "s"}`;
  const hintsHtml = hints.map(
    (hint, i) =>
      `<details class="course-hint"><summary>Hint ${i + 1}: ${tiers[i]}</summary><p>${inlineHtml(hint)}</p></details>`,
  );
  return [
    `:::::{admonition} Exercise ${number}: ${title}`,
    ":class: course-exercise",
    "",
    why,
    "",
    `*${facts}* · in [\`${file}\`](../${file}) · check it: \`npm run grade -- ${number}\``,
    "",
    fenced("ts", taskOf(stub, number)),
    "",
    raw(withFormulas(hintsHtml.join("\n"))),
    ":::::",
  ].join("\n");
}

/** The part of a stub that belongs to an exercise: each function that throws its TODO, with the comment above it. */
export function taskOf(stub: string, number: string): string {
  const blocks = stub.split(/\n(?=\/\*\*)/);
  const own = blocks.filter((block) => block.includes(`TODO ${number}"`));
  return own.map((block) => block.trim()).join("\n\n");
}
