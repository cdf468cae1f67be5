import { createHash } from "node:crypto";
import * as ts from "@tslab/typescript-for-tslab";
import { withoutMarker } from "./cell-marker";
import { functionsOf, functionsOfExercise } from "./functions";

/*
 * An answer may be written in a notebook cell that begins with `// answer 03.2`, or in the exercise's file. They are the
 * same thing: whichever was edited since they last agreed is the newer one, and where both were, the learner is asked.
 */

/** What cell and file were when they last agreed. */
export interface Agreement {
  readonly cell: string;
  readonly file: string;
}

export type Choice = "cell" | "file";

export type Merge =
  /** The cell is newer: this is the file with the cell's answer in it. */
  | { readonly action: "write"; readonly file: string; readonly agreement: Agreement }
  /** They agree. */
  | { readonly action: "same"; readonly agreement: Agreement }
  /** The file is newer. The cell stays as it is. */
  | { readonly action: "keep"; readonly agreement: Agreement | undefined }
  /** Both changed since they agreed. */
  | { readonly action: "ask" };

/** Decides between a cell and a file. `last` is their last agreement, `choice` the learner's, if asked before. */
export function mergeCell(
  number: string,
  cell: string,
  file: string,
  stub: string,
  last: Agreement | undefined,
  choice?: Choice,
): Merge {
  const merged = putInto(number, cell, file, stub);
  const agreement = (text: string): Agreement => ({
    cell: hash(withoutMarker(cell)),
    file: hash(partOf(number, text, stub)),
  });
  if (merged === file) return { action: "same", agreement: agreement(file) };
  const now = agreement(file);
  const cellChanged = last?.cell !== now.cell;
  // A file that nobody has written in yet has nothing to lose.
  const fileChanged = last ? last.file !== now.file : !isStub(number, file, stub);
  if (choice === "file") return { action: "keep", agreement: now };
  if (choice === "cell" || (cellChanged && !fileChanged))
    return { action: "write", file: merged, agreement: agreement(merged) };
  return cellChanged ? { action: "ask" } : { action: "keep", agreement: last };
}

/** The file with the cell's functions in the place of its own; the cell's helpers before them. */
export function putInto(number: string, cell: string, file: string, stub: string): string {
  const wanted = functionsOfExercise(stub, number);
  const present = functionsOf(file);
  const mine = functionsOf(cell);
  const pieces: { start: number; end: number; text: string }[] = [];
  for (const name of wanted.keys()) {
    const [from, to] = [mine.get(name), present.get(name)];
    if (!from) continue;
    if (!to) throw new Error(`Answer ${number}: expected \`${name}\` in the file, got none. Reset the exercise first.`);
    pieces.push({ ...to, text: withDoc(to.text, exported(from.text, to.text)) });
  }
  if (!pieces.length)
    throw new Error(`Answer ${number}: expected \`${[...wanted.keys()].join("`, `")}\` in the cell, got none`);
  const first = Math.min(...pieces.map(({ start }) => start));
  const declared = declarations(file);
  let before = "";
  for (const [name, text] of helpersOf(cell, wanted)) {
    const own = declared.get(name);
    if (own) pieces.push({ ...own, text });
    else before += `${text}\n\n`;
  }
  pieces.push({ start: first, end: first, text: before });
  pieces.sort((a, b) => b.start - a.start || b.end - a.end);
  return pieces.reduce((text, piece) => text.slice(0, piece.start) + piece.text + text.slice(piece.end), file);
}

/** Whether the file's part is as it was handed out. */
function isStub(number: string, file: string, stub: string): boolean {
  return partOf(number, file, stub) === partOf(number, stub, stub);
}

/** The texts of an exercise's functions in a file, without their doc comments. */
function partOf(number: string, file: string, stub: string): string {
  const present = functionsOf(file);
  return [...functionsOfExercise(stub, number).keys()].map((name) => body(present.get(name)?.text ?? "")).join("\n");
}

const docComment = /^\s*\/\*\*[\s\S]*?\*\/\s*/;
const body = (text: string) => text.replace(docComment, "").trim();

/** The file keeps its task above the function, unless the cell brings its own comment. */
function withDoc(old: string, fresh: string): string {
  const doc = docComment.exec(old)?.[0] ?? "";
  return docComment.test(fresh) ? fresh : doc + fresh;
}

/** In a cell nothing needs to be exported, in the file it does. */
function exported(text: string, like: string): string {
  const doc = docComment.exec(text)?.[0] ?? "";
  const code = body(text);
  return body(like).startsWith("export ") && !code.startsWith("export ") ? `${doc}export ${code}` : text;
}

/** What else the cell declares, by name: helpers, tables, types. */
function helpersOf(cell: string, wanted: ReadonlyMap<string, unknown>): Map<string, string> {
  const classes = new Set([...wanted.keys()].map((name) => name.split(".")[0]!));
  return new Map(
    [...declarations(cell)].filter(([name]) => !classes.has(name)).map(([name, { text }]) => [name, text]),
  );
}

/** A text's top-level declarations by name. Imports, calls and other statements are none. */
function declarations(text: string): Map<string, { start: number; end: number; text: string }> {
  const file = ts.createSourceFile("cell.ts", text, ts.ScriptTarget.ES2022, true);
  const found = new Map<string, { start: number; end: number; text: string }>();
  for (const statement of file.statements) {
    const [start, end] = [statement.getStart(file, true), statement.end];
    const name = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations[0]?.name.getText(file)
      : ts.isFunctionDeclaration(statement) ||
          ts.isClassDeclaration(statement) ||
          ts.isInterfaceDeclaration(statement) ||
          ts.isTypeAliasDeclaration(statement)
        ? statement.name?.text
        : undefined;
    // The marker's line is a comment before the first declaration, not part of it.
    if (name) found.set(name, { start, end, text: text.slice(start, end) });
  }
  return found;
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 16);
