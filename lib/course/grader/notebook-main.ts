import * as fs from "node:fs";
import { putInto } from "./cell-answer";

// Puts the answers of a notebook's cells into a stub. In a process of its own, because TypeScript's parser reads what
// strangers wrote: it may overflow its stack or take very long.

const { stub, answers } = JSON.parse(fs.readFileSync(0, "utf8")) as {
  stub: string;
  answers: { number: string; cell: string }[];
};
try {
  const text = answers.reduce((text, { number, cell }) => putInto(number, cell, text, stub), stub);
  process.stdout.write(JSON.stringify({ text }));
} catch (error) {
  process.stdout.write(JSON.stringify({ problem: (error as Error)?.message ?? String(error) }));
}
