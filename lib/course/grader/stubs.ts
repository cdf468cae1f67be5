import { createHash } from "node:crypto";

/*
 * The learner's file, made from the solution. Its first lines carry a hash of the rest, so that a file that nobody has
 * edited can be told from a learner's work: with git or without, and after the course has moved on.
 */

const marker = /^([ \t]*)\/\/ BEGIN (\d\d\.\d+)[ \t]*\n([\s\S]*?)^[ \t]*\/\/ END (\d\d\.\d+)[ \t]*$/gm;

/** The solution's marked parts: exercise number and text, in order. */
export function markedParts(solution: string): { number: string; text: string }[] {
  const parts = [...unixLines(solution).matchAll(marker)].map(([, , number, text, end]) => {
    if (end !== number) throw new Error(`Markers: expected END ${number}, got END ${end}`);
    return { number: number!, text: text! };
  });
  const begins = unixLines(solution).match(/\/\/ BEGIN /g)?.length ?? 0;
  const ends = unixLines(solution).match(/\/\/ END /g)?.length ?? 0;
  if (begins !== parts.length || ends !== parts.length)
    throw new Error(`Markers: expected pairs of // BEGIN NN.k and // END NN.k, got ${begins} BEGIN and ${ends} END`);
  return parts;
}

/** The learner's file: every marked part becomes a line that throws. */
export function makeStub(solution: string, name: string, title: string): string {
  markedParts(solution);
  const number = name.slice(0, 2);
  const body = unixLines(solution).replace(
    marker,
    (_, indent: string, exercise: string) => `${indent}throw new Error("TODO ${exercise}");`,
  );
  const head = [
    `// Lesson ${number}, ${title}: your answers. Put your code in the place of each line that throws a TODO, and save.`,
    `// Check: npm run grade -- ${number}    one exercise: npm run grade -- ${number}.1    a hint: npm run grade -- --hint ${number}.1`,
  ].join("\n");
  const rest = `\n${body.trimStart()}`;
  return `${head}\n// As handed out: ${fingerprint(head + rest)}\n${rest}`;
}

/** Whether a learner's file is as it was handed out, in this version of the course or an older one. */
export function isUntouched(file: string): boolean {
  const text = unixLines(file);
  const hash = /^\/\/ As handed out: ([0-9a-f]{12})\n/m.exec(text);
  return hash !== null && fingerprint(text.replace(/\n?\/\/ As handed out: [0-9a-f]{12}\n/, "")) === hash[1];
}

function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function unixLines(text: string): string {
  return text.replace(/^\uFEFF/, "").replace(/\r\n/g, "\n");
}
