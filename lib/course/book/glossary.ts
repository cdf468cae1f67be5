import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { projectRoot } from "../../root";

const entry = z.strictObject({
  term: z.string().min(1),
  /** Other forms that a lesson may use: plurals, abbreviations. */
  also: z.array(z.string().min(1)).default([]),
  chinese: z.string().min(1),
  /** The lesson that explains it first: `05`. */
  lesson: z.string().regex(/^\d\d$/),
  meaning: z.string().endsWith("."),
});

export type Term = z.infer<typeof entry>;

/** Every term with one sentence, its first lesson and its Chinese name, in alphabetical order. */
export function readGlossary(file = path.join(projectRoot, "lib/course/book/glossary.json")): Term[] {
  const terms = z.array(entry).parse(JSON.parse(fs.readFileSync(file, "utf8")));
  const names = terms.map(({ term }) => term.toLowerCase());
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new Error(`glossary: expected each term once, got "${twice}" twice`);
  return terms.sort((a, b) => a.term.localeCompare(b.term, "en"));
}

/** Where a term stands in the glossary's page. */
export const anchorOf = (term: string): string => `term-${term.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;

/** The glossary's page in MyST; `lessons` maps a number to the page's name. */
export function glossaryPage(terms: readonly Term[], lessons: ReadonlyMap<string, string>): string {
  const entries = terms.map(({ term, also, chinese, lesson, meaning }) => {
    const page = lessons.get(lesson);
    const first = page ? `[lesson ${Number(lesson)}](lessons/${page}.md)` : `lesson ${Number(lesson)}`;
    const others = also.length ? ` Also: ${also.join(", ")}.` : "";
    return `(${anchorOf(term)})=\n## ${term}\n\n${meaning}${others}\n\n${chinese} · first in ${first}`;
  });
  return `# Glossary\n\nEvery term in one sentence, its Chinese name, and the lesson that explains it first.\n\n${entries.join("\n\n")}\n`;
}

/** Links the first **bold** use of each term to the glossary; `linked` remembers the terms across a page's cells. */
export function linkTerms(markdown: string, terms: readonly Term[], linked: Set<string>): string {
  const byName = new Map(
    terms.flatMap((term) => [term.term, ...term.also].map((name) => [name.toLowerCase(), term.term])),
  );
  return markdown.replace(/(?<![*\w])\*\*([^*\n]+)\*\*(?!\*)/g, (bold, words: string) => {
    const term = byName.get(words.toLowerCase().replace(/[.,:;!?]$/, ""));
    if (!term || linked.has(term)) return bold;
    linked.add(term);
    return `[**${words}**](#${anchorOf(term)})`;
  });
}
