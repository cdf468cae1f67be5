import { readSync, writeSync } from "node:fs";
import type { Loaded, Outcome, Thrown } from "../protocol";

/*
 * Lines in and out. All functions that are used after an answer has run are fetched here before it loads, and text is put
 * together by hand, because an answer may have taught objects another `toJSON`.
 */

const channel = 3;
const { stringify } = JSON;
const { from: bufferFrom, concat } = Buffer;
const bound = (method: (...args: never[]) => unknown) => Function.prototype.call.bind(method);
const indexOf = bound(Buffer.prototype.indexOf) as (buffer: Buffer, byte: number) => number;
const subarray = bound(Buffer.prototype.subarray) as (buffer: Buffer, ...at: number[]) => Buffer;
const toText = bound(Buffer.prototype.toString) as (buffer: Buffer, ...how: unknown[]) => string;
const asText = String;
const bytes = Buffer.alloc(1 << 16);
let pending: Buffer = Buffer.alloc(0);

/** Ends this process at once. */
export const exit = (process as unknown as { reallyExit: (code: number) => never }).reallyExit.bind(process);

/** Reads one line, waiting for it. The other end closing is the order to leave. */
export function readLine(): string {
  for (;;) {
    const end = indexOf(pending, 10);
    if (end >= 0) {
      const line = toText(pending, "utf8", 0, end);
      pending = subarray(pending, end + 1);
      return line;
    }
    const count = readSync(channel, bytes, 0, bytes.length, null);
    if (count === 0) exit(0);
    pending = concat([pending, subarray(bytes, 0, count)]);
  }
}

/** Writes one line. */
export function writeLine(text: string): void {
  writeAll(channel, `${text}\n`);
}

/** Writes at once: Node's own streams would keep in memory what a loop prints without an end. */
export function print(to: 1 | 2, text: unknown): true {
  writeAll(to, asText(text));
  return true;
}

function writeAll(to: number, text: string): void {
  const part = bufferFrom(text);
  for (let at = 0; at < part.length; ) at += writeSync(to, part, at);
}

export function sendReady(version: string): void {
  writeLine(`{"id":0,"ready":"${version}"}`);
}

export function sendDone(id: number): void {
  writeLine(`{"id":${id}}`);
}

export function sendTampered(id: number, what: string): void {
  writeLine(`{"id":${id},"tampered":${stringify(what)}}`);
}

export function sendFatal(thrown: Thrown): void {
  writeLine(`{"id":-1,"fatal":${thrownText(thrown)}}`);
}

export function sendIdle(): void {
  writeLine('{"id":-1,"idle":true}');
}

export function sendLoaded(id: number, loaded: Loaded): void {
  if ("thrown" in loaded) {
    writeLine(`{"id":${id},"thrown":${thrownText(loaded.thrown)}}`);
    return;
  }
  let items = "";
  for (let i = 0; i < loaded.exports.length; i++) {
    const [name, type] = loaded.exports[i]!;
    items += `${i ? "," : ""}[${stringify(name)},${stringify(type)}]`;
  }
  writeLine(`{"id":${id},"exports":[${items}]}`);
}

export function sendOutcomes(id: number, outcomes: readonly Outcome[]): void {
  let items = "";
  for (let i = 0; i < outcomes.length; i++) {
    const outcome = outcomes[i]!;
    // A value is JSON text already.
    const text = "value" in outcome ? `"value":${outcome.value}` : `"thrown":${thrownText(outcome.thrown)}`;
    items += `${i ? "," : ""}{"todo":${outcome.todo},${text}}`;
  }
  writeLine(`{"id":${id},"outcomes":[${items}]}`);
}

function thrownText({ name, message, stack }: Thrown): string {
  return `{"name":${stringify(name)},"message":${stringify(message)},"stack":${stringify(stack)}}`;
}
