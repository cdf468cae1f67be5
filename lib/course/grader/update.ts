import * as ts from "@tslab/typescript-for-tslab";
import { functionsOf } from "./functions";

/** A newer stub with a learner's answers in it, and what the learner should know about the change. */
export interface Update {
  readonly text: string;
  /** Exercises whose answers were taken over. */
  readonly kept: readonly string[];
  /** Of these, those whose task or signature reads differently now. */
  readonly changed: readonly string[];
  /** Exercises that the learner's file did not have. */
  readonly added: readonly string[];
  /** Answers for which there is no exercise any more. They stay at the end of the file. */
  readonly left: readonly string[];
}

const docComment = /^\s*\/\*\*[\s\S]*?\*\/\s*/;
const code = (text: string) => text.replace(docComment, "");
const task = (text: string) => docComment.exec(text)?.[0].trim() ?? "";
const signature = (text: string) => code(text).split("{")[0]!.replace(/\s+/g, " ").trim();
const todo = /throw new Error\("TODO (\d\d\.\d+)"\)/;

/** Puts the answers of an older file into a newer stub: functions by name, with what else the learner declared. */
export function takeOver(old: string, stub: string): Update {
  const before = functionsOf(old);
  const after = functionsOf(stub);
  const kept = new Set<string>();
  const changed = new Set<string>();
  const added = new Set<string>();
  const pieces: { start: number; end: number; text: string }[] = [];
  for (const [name, place] of after) {
    const number = todo.exec(place.text)?.[1];
    if (number === undefined) continue;
    const answer = before.get(name);
    if (!answer) added.add(number);
    else if (!todo.test(answer.text)) {
      kept.add(number);
      if (task(answer.text) !== task(place.text) || signature(answer.text) !== signature(place.text))
        changed.add(number);
      pieces.push({ ...place, text: `${docComment.exec(place.text)?.[0] ?? ""}${code(answer.text)}` });
    }
  }
  pieces.sort((a, b) => b.start - a.start);
  let text = pieces.reduce((rest, piece) => rest.slice(0, piece.start) + piece.text + rest.slice(piece.end), stub);

  const { imports, others } = ownStatements(old, stub);
  if (imports.length) text = insertImports(text, imports);
  const left = [...before].filter(([name, { text }]) => !after.has(name) && text.startsWith("/**") && !todo.test(text));
  if (others.length) text = `${text.trimEnd()}\n\n${others.join("\n\n")}\n`;
  return { text, kept: [...kept], changed: [...changed], added: [...added], left: left.map(([name]) => name) };
}

/** What the learner added to the file's top level: imports, helpers, tables, types that the stub does not declare. */
function ownStatements(old: string, stub: string): { imports: string[]; others: string[] } {
  const known = new Set(statementsOf(stub).map(({ key }) => key));
  const own = statementsOf(old).filter(({ key, text }) => !known.has(key) && !todo.test(text));
  return {
    imports: own.filter(({ isImport }) => isImport).map(({ text }) => text),
    others: own.filter(({ isImport }) => !isImport).map(({ text }) => text),
  };
}

function statementsOf(text: string): { key: string; text: string; isImport: boolean }[] {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.ES2022, true);
  return file.statements.map((statement) => {
    const own = text.slice(statement.getStart(file, true), statement.end);
    const isImport = ts.isImportDeclaration(statement);
    const name = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations[0]?.name.getText(file)
      : (statement as { name?: ts.Node }).name?.getText(file);
    const source = isImport ? statement.moduleSpecifier.getText(file) : undefined;
    return { key: source ? `import ${source}` : name ? `name ${name}` : own, text: own, isImport };
  });
}

function insertImports(text: string, imports: readonly string[]): string {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.ES2022, true);
  const last = file.statements.filter(ts.isImportDeclaration).at(-1);
  const place = last ? last.end : (file.statements[0]?.getFullStart() ?? 0);
  if (last) return `${text.slice(0, place)}\n${imports.join("\n")}${text.slice(place)}`;
  // Behind the three lines at the top that say what the file is.
  const head = /^(\/\/.*\n)*\n?/.exec(text)![0];
  return `${head}${imports.join("\n")}\n\n${text.slice(head.length)}`;
}
