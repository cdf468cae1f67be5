import type { LessonFiles } from "./lessons";
import { type Progress, progressOf } from "./progress";
import { verdictWords } from "./record";

/** What is remembered about a learner, exercise by exercise: verdict, attempts, hints, and the mistakes made. */
export function renderProgress(lessons: readonly LessonFiles[], progress: Progress): string {
  const lines: string[] = [];
  let passed = 0;
  let all = 0;
  for (const { lesson, number } of lessons) {
    lines.push(`\n${number} ${lesson.title}`);
    for (const exercise of lesson.exercises) {
      const { verdict, attempts, hints, surrendered, mistakes = {} } = progressOf(progress, exercise.slug);
      all++;
      if (verdict === "pass") passed++;
      const notes = [
        attempts ? `${attempts} ${attempts === 1 ? "attempt" : "attempts"}` : "",
        hints ? `${hints} ${hints === 1 ? "hint" : "hints"}` : "",
        surrendered ? "read the solution" : "",
        ...Object.entries(mistakes).map(([name, times]) => `${name}${times > 1 ? ` ×${times}` : ""}`),
      ].filter(Boolean);
      const mark = verdict === "pass" ? "✓" : verdict === "not-attempted" ? "·" : "✗";
      lines.push(
        `${mark} ${exercise.number.padEnd(6)}${exercise.title.padEnd(46)} ${verdictWords[verdict].padEnd(18)} ${notes.join(", ")}`.trimEnd(),
      );
    }
  }
  return `${lines.join("\n").trim()}\n\n${passed} of ${all} exercises passed.`;
}
