import * as ts from "@tslab/typescript-for-tslab";

/** A function or method of a file, with its doc comment: `softmax`, `Counter.add`. */
export interface FunctionText {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The functions at a file's top level and the members of its classes, by name. */
export function functionsOf(text: string): Map<string, FunctionText> {
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.ES2022, true);
  const found = new Map<string, FunctionText>();
  const add = (name: string, node: ts.Node) => {
    const [start, end] = [node.getStart(file, true), node.end];
    found.set(name, { start, end, text: text.slice(start, end) });
  };
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name) add(statement.name.text, statement);
    else if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations)
        if (ts.isIdentifier(name)) add(name.text, statement);
    } else if (ts.isClassDeclaration(statement) && statement.name) {
      for (const member of statement.members) {
        const name = ts.isConstructorDeclaration(member) ? "constructor" : member.name?.getText(file);
        if (name) add(`${statement.name.text}.${name}`, member);
      }
    }
  }
  return found;
}

/** A stub's functions that hold an exercise's TODO: what the learner writes for it. */
export function functionsOfExercise(stub: string, number: string): Map<string, FunctionText> {
  const todo = `throw new Error("TODO ${number}")`;
  return new Map([...functionsOf(stub)].filter(([, { text }]) => text.includes(todo)));
}

/**
 * The learner's file with one exercise as it was handed out, everything else untouched. Throws when a function is not
 * found, as in a file that does not parse.
 */
export function resetExercise(learner: string, stub: string, number: string): string {
  const present = functionsOf(learner);
  const pieces = [...functionsOfExercise(stub, number)].map(([name, { text }]) => {
    const place = present.get(name);
    if (!place) throw new Error(`Reset ${number}: expected \`${name}\` in the file, got none`);
    return { ...place, text };
  });
  if (!pieces.length) throw new Error(`Reset ${number}: expected a function to reset, got none`);
  // From the end, so that places before stay where they are.
  pieces.sort((a, b) => b.start - a.start);
  return pieces.reduce((text, piece) => text.slice(0, piece.start) + piece.text + text.slice(piece.end), learner);
}
