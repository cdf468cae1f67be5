import * as fs from "node:fs";
import * as path from "node:path";
import { projectRoot } from "../../root";
import { lessonNames, loadLesson } from "../grader/lessons";
import { courseNode } from "../start/course-node.mjs";
import { runTool } from "../start/process.mjs";
import { step } from "../start/step.mjs";
import { type ExecutedLesson, executedLessons } from "./executed";
import { glossaryPage, readGlossary } from "./glossary";
import { lessonPage } from "./lesson-page";
import { bookPackages, bookPython, prepareTools } from "./tools";

const here = path.join(projectRoot, "lib/course/book");
const home = path.join(projectRoot, ".cache/book");

export interface BookOptions {
  /** The lessons whose names begin so; none means all. */
  readonly wanted?: readonly string[];
  /** Where the site goes. Default: `.cache/book/site`. */
  readonly site?: string;
  readonly say: (line: string) => void;
}

/** Builds the book; returns its first page. */
export async function buildBook({ wanted = [], site = path.join(home, "site"), say }: BookOptions): Promise<string> {
  await prepareTools();
  const lessons = await executedLessons(wanted, say);
  const source = path.join(home, "source");
  await step("pages", () => writeSource(source, lessons));
  fs.rmSync(site, { recursive: true, force: true });
  const cache = path.join(home, "doctrees");
  const sphinx = ["-I", "-m", "sphinx", "-b", "html", "-W", "--keep-going", "-q", "-d", cache, source, site];
  await step("Sphinx", () => runTool("book", bookPython, sphinx, process.env));
  eachPage(
    site,
    (text) =>
      text
        .replaceAll('role="heading">', 'role="heading" aria-level="2">') // Sphinx leaves the level out
        .replaceAll('<div class="highlight"><pre>', '<div class="highlight"><pre tabindex="0">') // wide code and
        .replaceAll('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper'), // tables scroll with keys
  );
  await step("reference of the library", () => writeReference(path.join(site, "reference")));
  return path.join(site, "index.html");
}

/** What Sphinx reads: a page for each lesson, the glossary, the first page, and the files that figures need. */
async function writeSource(folder: string, lessons: readonly ExecutedLesson[]): Promise<void> {
  fs.rmSync(folder, { recursive: true, force: true });
  const write = (file: string, text: string) => {
    const target = path.join(folder, file);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, text);
  };
  const copy = (from: string, to: string) => {
    const target = path.join(folder, to);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(from, target);
  };
  const terms = readGlossary();
  const names = lessonNames();
  for (const lesson of lessons) {
    const name = names.get(lesson.course.lesson);
    const files = name ? await loadLesson(name) : undefined;
    write(`lessons/${lesson.name}.md`, lessonPage(lesson, files, terms));
    if (files) write(files.exercise, files.stubText);
  }
  write("glossary.md", glossaryPage(terms, new Map(lessons.map(({ name, course }) => [course.lesson, name]))));
  write("reference.md", fs.readFileSync(path.join(here, "reference.md"), "utf8"));
  write("index.md", firstPage(lessons));
  copy(path.join(here, "conf.py"), "conf.py");
  copy(path.join(here, "static/book.css"), "_static/book.css");
  copy(path.join(here, "static/start.js"), "_static/course/start.js");
  for (const file of [
    "lib/plot/browser/figures.js",
    "lib/plot/browser/layout.js",
    "node_modules/plotly.js-dist/plotly.js",
  ])
    copy(path.join(projectRoot, file), `_static/course/${file}`);
  copy(path.join(bookPackages, "mathjax/es5/tex-svg.js"), "_static/course/mathjax/tex-svg.js");
}

function firstPage(lessons: readonly ExecutedLesson[]): string {
  const rows = lessons.map(
    ({ name, course }) =>
      `| ${course.lesson} | [${course.title}](lessons/${name}.md) | ${course.question} | ${course.minutes} |`,
  );
  return [
    "# From a single neuron to BERT, GPT and T5",
    "",
    "How a machine that multiplies and adds comes to finish your sentence. Every lesson here was run before it was printed:",
    "its numbers and figures come from the code beside them. To change the code and run it, start the course itself:",
    "`npm start` in its folder.",
    "",
    "| | lesson | question | minutes |",
    "|---|---|---|---|",
    ...rows,
    "",
    "Words that you meet are in the [glossary](glossary.md), everything that lessons import in the [reference](reference.md).",
    "",
    "```{toctree}",
    ":hidden:",
    ":caption: Lessons",
    ...lessons.map(({ name }) => `lessons/${name}`),
    "```",
    "",
    "```{toctree}",
    ":hidden:",
    ":caption: To look things up",
    "glossary",
    "reference",
    "```",
    "",
  ].join("\n");
}

/** The library's doc comments as pages of their own, which lead back to the book. */
async function writeReference(folder: string): Promise<void> {
  const typedoc = path.join(bookPackages, "typedoc/bin/typedoc");
  const options = ["--options", path.join(here, "typedoc.json"), "--out", folder];
  await runTool("TypeDoc", courseNode(), [typedoc, ...options], process.env);
  eachPage(
    folder,
    (text, depth) =>
      text
        .replaceAll("https://book.invalid/", `${"../".repeat(depth + 1)}index.html`)
        .replace(/href="[^"]*assets\/icons\.svg#/g, 'href="#'), // TypeDoc's script puts the icons into each page
  );
}

/** Changes every HTML page below a folder; `depth` is 0 for those right in it. */
function eachPage(folder: string, change: (text: string, depth: number) => string): void {
  for (const file of fs.readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".html")) continue;
    const page = path.join(folder, file);
    fs.writeFileSync(page, change(fs.readFileSync(page, "utf8"), file.split(path.sep).length - 1));
  }
}
