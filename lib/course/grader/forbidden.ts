import type { Exercise } from "./exercise";

/** The first call in an exercise's exports of a function that the exercise asks to write by hand, or undefined. */
export function forbiddenCall(
  text: string,
  exercise: Exercise,
): { name: string; line: number; column: number } | undefined {
  const { forbidden = [], exports } = exercise;
  if (!forbidden.length) return undefined;
  const lines = withoutComments(text).split("\n");
  let owner = "";
  for (const [i, line] of lines.entries()) {
    owner = /^export (?:async )?(?:function\*?|class|const|let|var)\s+([\w$]+)/.exec(line)?.[1] ?? owner;
    if (!exports.includes(owner)) continue;
    for (const name of forbidden) {
      const found = new RegExp(`(?:\\.\\s*|\\[["'\`])${name}\\b`).exec(line);
      if (found) return { name, line: i + 1, column: found.index + 1 };
    }
  }
  return undefined;
}

/** Comments as spaces, so that lines and columns stay. Good enough for a rule that reminds; it is no wall. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, " "));
}
