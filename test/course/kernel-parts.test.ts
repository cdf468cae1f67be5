import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { excerpt } from "../../lib/course/kernel/excerpt.mjs";
import { createPrinter } from "../../lib/course/kernel/printer.mjs";
import { kernelSpec } from "../../lib/course/kernel/spec.mjs";
import { decode, encode } from "../../lib/course/kernel/wire.mjs";
import { pause } from "./kernel-client";

const frames = (key: string) =>
  encode("execute_reply", { status: "ok" }, { key, identities: [Buffer.from("client")] }).map((part) =>
    Buffer.from(part),
  );

test("a message is read as it was written", () => {
  const message = decode(frames("key"), "key");
  expect(message?.identities.map(String)).toEqual(["client"]);
  expect(message?.header).toMatchObject({ msg_type: "execute_reply", version: "5.3" });
  expect(message?.content).toEqual({ status: "ok" });
});

test("a message with another key, with a changed part or with parts missing is none", () => {
  expect(decode(frames("another"), "key")).toBeUndefined();
  const changed = frames("key");
  changed[6] = Buffer.from(`{"status":"error"}`);
  expect(decode(changed, "key")).toBeUndefined();
  expect(decode(frames("key").slice(0, 5), "key")).toBeUndefined();
  expect(decode([Buffer.from("noise")], "key")).toBeUndefined();
});

test("without a key nothing is signed", () => {
  expect(decode(frames(""), "")?.content).toEqual({ status: "ok" });
});

test("an excerpt marks under tabs, and never beyond its line", () => {
  const lines = excerpt("\tlet a = b;\n", { line: 1, column: 10, length: 50 }).map((line) =>
    stripVTControlCharacters(line),
  );
  expect(lines).toEqual(["> 1 | \tlet a = b;", "    | \t        ~~"]);
});

test("a printer joins what one cell prints, and keeps cells, streams and order apart", async () => {
  const sent: unknown[] = [];
  const printer = createPrinter((...message) => sent.push(message));
  printer.print(1, "stdout", "a");
  printer.print(1, "stdout", "b");
  printer.print(1, "stderr", "c");
  printer.print(2, "stderr", "d");
  expect(sent).toEqual([
    [1, "stdout", "ab"],
    [1, "stderr", "c"],
  ]);
  printer.flush();
  expect(sent.at(-1)).toEqual([2, "stderr", "d"]);
  printer.print(3, "stdout", "later");
  while (sent.length < 4) await pause(5);
  expect(sent.at(-1)).toEqual([3, "stdout", "later"]);
});

test("Jupyter starts the launcher with an absolute path, and interrupts it by message", () => {
  const { argv, interrupt_mode } = kernelSpec("/some/node");
  expect(argv[0]).toBe("/some/node");
  expect(argv.at(-2)).toMatch(/^(\/|[A-Z]:\\).*launcher\.mjs$/);
  expect(argv.at(-1)).toBe("{connection_file}");
  expect(interrupt_mode).toBe("message");
});
