import { readFileSync } from "node:fs";
import * as path from "node:path";
import { excerpt, heading } from "./excerpt.mjs";
import { createFiles } from "./files.mjs";
import { requireFromTslab } from "./from-tslab.mjs";
import { extendTypeScript, splitMap } from "./typescript.mjs";

/*
 * From a cell's TypeScript to JavaScript, with tslab's converter: top-level await, redeclaration, the value of the last
 * expression, completion and hover are tslab's.
 */

/**
 * @typedef {{ code: string, maps: string[], variables: string[], constants: string[], last?: string | undefined }} Compiled
 *   `maps` lead from the code back to the cell, one after the other; the names are those that later cells may use;
 *   `last` is the export that holds the value of the last expression
 * @typedef {import("./traceback.mjs").Failure} Failure
 */

/** How many type errors of a cell are shown. */
const mostShown = 5;

/**
 * @param {string} root the project's folder, which is also the working directory
 * @param {string[]} kept modules to read now and to keep in memory
 */
export function createCompiler(root, kept) {
  const files = createFiles();
  const extended = extendTypeScript({ root: slashed(root), kept, files });
  const { createConverter, isCompleteCode } = requireFromTslab("./converter.js");
  const { printQuickInfo } = requireFromTslab("./inspect.js");
  const converter = createConverter({ isJS: false, isBrowser: false });
  /** What later cells know of earlier ones: declarations and imports. */
  let declarations = "";

  return { compile, complete, inspect, isComplete: isCompleteCode };

  /** @param {string} source @param {string} name such as `cell [3]` @returns {Compiled | Failure} */
  function compile(source, name) {
    files.refresh();
    const converted = converter.convert(declarations, source);
    if (converted.diagnostics.length > 0) {
      return describeDiagnostics(converted.diagnostics, { source, name });
    }
    // Also for a cell that will fail: what it has declared until then can be looked at, as in every notebook.
    declarations = converted.declOutput ?? "";
    const { code, map } = splitMap(converted.output ?? "");
    const { map: cellMap, variables, constants } = extended.lastCell();
    return { code, maps: [map, cellMap], variables, constants, last: converted.lastExpressionVar };
  }

  /** @param {string} source @param {number} position in UTF-16 units */
  function complete(source, position) {
    files.refresh();
    return converter.complete(declarations, source, position);
  }

  /** @param {string} source @param {number} position @returns {string | undefined} */
  function inspect(source, position) {
    files.refresh();
    const info = converter.inspect(declarations, source, position);
    return info ? printQuickInfo(info) : undefined;
  }

  /**
   * @param {any[]} diagnostics tslab's: places counted from 0, `fileName` only where it is not the cell
   * @param {{ source: string, name: string }} cell
   * @returns {Failure}
   */
  function describeDiagnostics(diagnostics, { source, name }) {
    const traceback = diagnostics.slice(0, mostShown).flatMap(({ start, end, messageText, fileName }) => {
      const line = start.line + 1;
      const text = fileName ? readFileSync(path.join(root, fileName), "utf8") : source;
      const length = end.line === start.line ? end.character - start.character : Number.POSITIVE_INFINITY;
      const place = fileName ? `${fileName}:${line}` : `${name}, line ${line}`;
      const lines = excerpt(text, { line, column: start.character + 1, length });
      return [heading("TypeScript", messageText), `  at ${place}`, ...lines.map((line) => `    ${line}`)];
    });
    const more = diagnostics.length - mostShown;
    if (more > 0) traceback.push(`… and ${more} more`);
    return { ename: "TypeScript", evalue: diagnostics[0].messageText, traceback };
  }
}

/** TypeScript names files with slashes, also on Windows. @param {string} file */
const slashed = (file) => file.replaceAll("\\", "/").replace(/\/$/, "");
