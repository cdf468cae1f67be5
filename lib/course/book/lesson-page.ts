import type { LessonFiles } from "../grader/lessons";
import { type Cell, type ExecutedLesson, joined, type Output } from "./executed";
import { exerciseCard } from "./exercise-card";
import { linkTerms, type Term } from "./glossary";
import { fenced, raw, withFormulas } from "./myst";

/** A lesson as a page in MyST: its text, its code, what the code showed, and its exercises with hints. */
export function lessonPage(lesson: ExecutedLesson, exercises: LessonFiles | undefined, terms: readonly Term[]): string {
  const linked = new Set<string>();
  const parts = lesson.cells.map((cell, i) => {
    if (cell.cell_type === "markdown") {
      const text = linkTerms(joined(cell.source), terms, linked);
      return i === 0 ? withFacts(text, lesson) : text;
    }
    return codeCell(cell, exercises);
  });
  return `${parts.filter(Boolean).join("\n\n")}\n`;
}

/** The title's cell, with what the lesson is about below its heading. */
function withFacts(text: string, { course }: ExecutedLesson): string {
  const [heading = "", ...rest] = text.split("\n");
  const goals = course.goals.map((goal) => `- ${goal}`).join("\n");
  const facts = `:::{container} lesson-facts\nAfterwards you can:\n\n${goals}\n:::`;
  return [heading, rest.join("\n"), facts].join("\n\n");
}

function codeCell(cell: Cell, exercises: LessonFiles | undefined): string {
  const source = joined(cell.source).trim();
  const asked = /^await check\("([^"]+)"\);?$/.exec(source)?.[1];
  const exercise = exercises?.lesson.exercises.find(({ number, slug }) => number === asked || slug === asked);
  if (exercise && exercises) return exerciseCard(exercise, exercises.stubText, exercises.exercise);
  const hidden = cell.metadata?.jupyter?.source_hidden === true;
  const code = hidden || !source ? [] : [fenced("ts", source)];
  return [...code, ...(cell.outputs ?? []).map(outputOf).filter(Boolean)].join("\n\n");
}

/** One output: interactive where the book can, else as text. */
export function outputOf({ data, text, output_type }: Output): string {
  if (output_type === "stream") return fenced("text", joined(text).trimEnd());
  if (!data) return "";
  if (data["text/html"]) {
    const html = joined(data["text/html"]);
    const isFigure = html.includes("course-figure"); // its data may have dollars of its own
    return raw(`<div class="course-output">${isFigure ? html : withFormulas(html)}</div>`);
  }
  if (data["image/svg+xml"]) return raw(`<div class="course-output">${uniqueIds(joined(data["image/svg+xml"]))}</div>`);
  if (data["text/markdown"]) return joined(data["text/markdown"]);
  return data["text/plain"] ? fenced("text", joined(data["text/plain"])) : "";
}

let pictures = 0;

/** Pictures that stand in one page must not share ids: a clip path of the first would cut the second. */
export function uniqueIds(svg: string): string {
  const mark = `figure${++pictures}-`;
  return svg
    .replace(/\bid=(["'])([^"']+)\1/g, `id=$1${mark}$2$1`)
    .replace(/url\((["']|&quot;)?#([^)"'&]+)\1?\)/g, (_, quote = "", id) => `url(${quote}#${mark}${id}${quote})`)
    .replace(/\b((?:xlink:)?href)=(["'])#([^"']+)\2/g, `$1=$2#${mark}$3$2`);
}
