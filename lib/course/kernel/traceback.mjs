import { existsSync, readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { inspect, types } from "node:util";
import { excerpt, heading } from "./excerpt.mjs";
import { sourceMaps } from "./modules.mjs";

/*
 * What a learner reads when a cell fails: only frames of cells and of the course's TypeScript files, with the line
 * numbers of what they wrote. Frames of packages, of Node and of the kernel are left out.
 */

/**
 * @typedef {{ cell?: string, file?: string, line: number, column: number, name: string }} Frame
 * @typedef {{ ename: string, evalue: string, traceback: string[] }} Failure
 * @typedef {{ source: string, maps: string[] }} CellSource
 */

/** What ran under the name `cell [3]`. @type {Map<string, CellSource>} */
export const cellSources = new Map();

const root = process.cwd();
/** Works underneath cells and tfjs: its frames tell a learner nothing. */
const machinery = [path.dirname(fileURLToPath(import.meta.url)), path.join(root, "lib", "backend")];
/** @type {WeakMap<object, Frame[]>} */
const framesOf = new WeakMap();
/** Parsed only when something fails. @type {Map<string, SourceMap>} */
const parsed = new Map();

/** Makes every error's `stack` a learner's one, wherever it is printed. */
export function installTraceback() {
  // The learner's frames may lie deep below tfjs's.
  Error.stackTraceLimit = 100;
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.map(readSite).filter((frame) => frame !== undefined);
    if (typeof error === "object" && error !== null) framesOf.set(error, frames);
    return [String(error), ...frames.map((frame) => `    at ${label(frame)}`)].join("\n");
  };
}

/**
 * What was thrown, as Jupyter shows it; it may be anything: `throw "a string"`, `throw null`.
 * @param {unknown} error
 * @returns {Failure}
 */
export function describe(error) {
  if (!isError(error)) {
    const evalue = inspect(error, { depth: 1 });
    return { ename: "Thrown", evalue, traceback: [heading("Thrown", `${evalue}, which is not an Error`)] };
  }
  const ename = String(error.name || "Error");
  const evalue = String(error.message);
  const traceback = [heading(ename, evalue), ...framesFor(error).flatMap(show)];
  for (let cause = error.cause, depth = 0; isError(cause) && depth < 5; cause = cause.cause, depth++) {
    traceback.push(`Caused by ${heading(cause.name, cause.message)}`, ...framesFor(cause).flatMap(show));
  }
  return { ename, evalue, traceback };
}

/** Also an error of another realm. @param {unknown} value @returns {value is Error} */
const isError = (value) => value instanceof Error || types.isNativeError(value);

/** @param {Error} error */
function framesFor(error) {
  void error.stack; // V8 collects the frames when the stack is first read
  return framesOf.get(error) ?? [];
}

/** @param {Frame} frame */
function label(frame) {
  const place = frame.cell
    ? `${frame.cell}, line ${frame.line}`
    : `${path.relative(root, frame.file ?? "")}:${frame.line}`;
  return frame.name ? `${frame.name} (${place})` : place;
}

/** A frame with its line of source where that is the learner's own. @param {Frame} frame */
function show(frame) {
  const own = frame.cell ? cellSources.get(frame.cell)?.source : sourceOf(frame.file ?? "");
  const lines = own === undefined ? [] : excerpt(own, { line: frame.line, around: 0 });
  return [`  at ${label(frame)}`, ...lines.map((line) => `    ${line}`)];
}

/** @param {string} file */
function sourceOf(file) {
  const library = file.startsWith(path.join(root, "lib") + path.sep);
  return library || !existsSync(file) ? undefined : readFileSync(file, "utf8");
}

/** @param {NodeJS.CallSite} site @returns {Frame | undefined} */
function readSite(site) {
  const file = site.getFileName();
  const at = { line: site.getLineNumber() ?? 0, column: site.getColumnNumber() ?? 0 };
  if (!file) return undefined;
  const name = readName(site);
  const cell = cellSources.get(file);
  if (cell) {
    const place = cell.maps.reduce((place, map) => locate(map, place), at);
    // tslab puts a line before the cell's first; what stands there, or nowhere, is not the learner's.
    return place.line > 1 ? { cell: file, name, line: place.line - 1, column: place.column } : undefined;
  }
  const map = sourceMaps.get(file);
  if (map === undefined || machinery.some((folder) => file.startsWith(folder + path.sep))) return undefined;
  return { file, name, ...locate(map, at) };
}

/** @param {NodeJS.CallSite} site */
function readName(site) {
  const name = site.getFunctionName() ?? "";
  const method = site.getMethodName();
  if (site.isConstructor()) return `new ${name}`;
  const type = site.isToplevel() ? null : site.getTypeName();
  if (name && method && type && type !== "Object" && !name.includes(".")) return `${type}.${method}`;
  return name.replace(/^(Object|Proxy)\./, "");
}

/** @param {string} json @param {{ line: number, column: number }} at counted from 1 */
function locate(json, { line, column }) {
  const map = parsed.get(json) ?? new SourceMap(JSON.parse(json));
  parsed.set(json, map);
  const entry = map.findEntry(line - 1, column - 1);
  return "originalLine" in entry
    ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
    : { line: 0, column: 0 };
}
