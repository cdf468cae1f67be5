import * as fs from "node:fs";
import * as path from "node:path";
import { expect, test } from "vitest";
import { taskOf } from "../../lib/course/book/exercise-card";
import { anchorOf, glossaryPage, linkTerms, readGlossary } from "../../lib/course/book/glossary";
import { lessonPage, outputOf, uniqueIds } from "../../lib/course/book/lesson-page";
import { fenced, withFormulas } from "../../lib/course/book/myst";
import { loadLesson } from "../../lib/course/grader/lessons";
import { projectRoot } from "../../lib/root";

const terms = readGlossary();

test("the glossary is in order, and each term has a sentence, a lesson and a Chinese name", () => {
  expect(terms.length).toBeGreaterThan(80);
  const names = terms.map(({ term }) => term);
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b, "en")));
  expect(new Set(names.map(anchorOf)).size).toBe(names.length);
  for (const { chinese, term } of terms) expect(chinese, term).toMatch(/\p{Script=Han}/u);
});

test("no form of one term is a form of another", () => {
  const forms = terms.flatMap(({ term, also }) => [...new Set([term, ...also].map((form) => form.toLowerCase()))]);
  expect(forms.filter((form, i) => forms.indexOf(form) !== i)).toEqual([]);
});

test("the glossary's page links to the lessons that the book has", () => {
  const page = glossaryPage([terms.find(({ term }) => term === "attention")!], new Map([["08", "08-attention"]]));
  expect(page).toContain("(term-attention)=\n## attention");
  expect(page).toContain("[lesson 8](lessons/08-attention.md)");
});

test("the first bold use of a term is linked, the next are not, and other bold words stay", () => {
  const linked = new Set<string>();
  const text = linkTerms("A **token** is read. **Tokens** and **nobody** follow.", terms, linked);
  expect(text).toBe("A [**token**](#term-token) is read. **Tokens** and **nobody** follow.");
  expect(linkTerms("**token**", terms, linked)).toBe("**token**");
});

test("a fence is longer than any in the code", () => {
  expect(fenced("ts", "a\n````\nb")).toBe("`````ts\na\n````\nb\n`````");
});

test("formulas in HTML are marked for MathJax", () => {
  expect(withFormulas("<p>so $x^2$ is</p>")).toBe(
    '<p>so <span class="math notranslate nohighlight">\\(x^2\\)</span> is</p>',
  );
});

test("two pictures in one page share no id", () => {
  const svg = '<svg><clipPath id="clip"/><g clip-path="url(#clip)"/><use href="#clip"/><use xlink:href="#clip"/></svg>';
  const [first, second] = [uniqueIds(svg), uniqueIds(svg)];
  const ids = (text: string) => [...text.matchAll(/[#"]((?:figure\d+-)?clip)[")]/g)].map((match) => match[1]!);
  expect(new Set(ids(first)).size).toBe(1);
  expect(ids(first)).toHaveLength(4);
  expect(ids(first)[0]).not.toBe("clip");
  expect(ids(first)[0]).not.toBe(ids(second)[0]);
});

test("an output is shown in its richest form", () => {
  expect(outputOf({ output_type: "display_data", data: { "text/html": "<b>1</b>", "text/plain": "1" } })).toContain(
    "<b>1</b>",
  );
  expect(
    outputOf({ output_type: "display_data", data: { "text/markdown": ["**1**\n", "2"], "text/plain": "1" } }),
  ).toBe("**1**\n2");
  expect(outputOf({ output_type: "stream", text: "said\n" })).toBe("```text\nsaid\n```");
});

const course = {
  lesson: "05",
  title: "Tensors",
  question: "How?",
  goals: ["read a shape"],
  prerequisites: [],
  minutes: 10,
};

test("a page has goals, code, cards with hints in place of checks, and no solution", async () => {
  const files = await loadLesson("05-tensors");
  const cells = [
    { cell_type: "markdown", id: "title", source: "# 5 Tensors\n\nText." },
    { cell_type: "code", id: "sum", source: ["const a = 1;\n", "a + 1;"], outputs: [] },
    { cell_type: "code", id: "check", source: 'await check("05.2");', outputs: [] },
    {
      cell_type: "code",
      id: "asked",
      source: "predict(…)",
      metadata: { jupyter: { source_hidden: true } },
      outputs: [],
    },
  ] as const;
  const page = lessonPage({ name: "05-tensors", course, cells }, files, terms);
  expect(page).toContain("- read a shape");
  expect(page).toContain("```ts\nconst a = 1;\na + 1;\n```");
  expect(page).toContain("{admonition} Exercise 05.2: A matrix product, entry by entry");
  expect(page.match(/<details class="course-hint">/g)).toHaveLength(3);
  expect(page).toContain('throw new Error("TODO 05.2");');
  expect(page).not.toContain("predict(…)");
  expect(page).not.toContain("BEGIN 05.2");
});

test("every exercise of every lesson has a task in its stub", async () => {
  const names = fs.readdirSync(path.join(projectRoot, "exercises")).map((file) => file.replace(/\.ts$/, ""));
  for (const name of names) {
    const { lesson, stubText } = await loadLesson(name);
    for (const { number, exports } of lesson.exercises)
      for (const name of exports) expect(taskOf(stubText, number), `${number} ${name}`).toContain(name);
  }
});
