import * as fs from "node:fs";
import * as path from "node:path";
import { T5 } from "../models/t5";
import { textToTextConfig } from "../models/text-to-text";
import { projectRoot } from "../root";
import { restore } from "../train/checkpoint";
import { decodeSafetensors } from "./safetensors";

/** What a training of lesson 13's T5 measured. */
export interface TextTaskFigures {
  /** The command that trains it again. */
  readonly command: string;
  readonly parameters: number;
  readonly steps: number;
  readonly seconds: number;
  /** By task: the share of test questions answered to the letter, of how many, and what the commonest answer alone gets. */
  readonly test: Readonly<
    Record<string, { readonly exact: number; readonly questions: number; readonly commonest: number }>
  >;
  /** The share of some validation questions of each task, through training. */
  readonly curve: readonly { readonly step: number; readonly exact: Readonly<Record<string, number>> }[];
}

/** The T5 that has learned several tasks by their prefix, and how well; and how well each task went alone. The caller disposes the model. */
export function loadTextToText(folder = path.join(projectRoot, "lib/checkpoint/pretrained")) {
  const read = (name: string): TextTaskFigures => JSON.parse(fs.readFileSync(existing(folder, `${name}.json`), "utf8"));
  const together = read("t5-tasks");
  const alone: Record<string, TextTaskFigures> = {};
  for (const task of Object.keys(together.test)) alone[task] = read(`t5-${task}`);
  const { tensors } = decodeSafetensors(fs.readFileSync(existing(folder, "t5-tasks.safetensors")));
  const model = new T5({ ...textToTextConfig, seed: 1 });
  try {
    restore(model.parameters(), tensors);
  } catch (error) {
    model.dispose();
    throw error;
  }
  return { model, together, alone };
}

function existing(folder: string, name: string): string {
  const file = path.join(folder, name);
  if (!fs.existsSync(file))
    throw new Error(
      `loadTextToText: expected ${name} in ${folder}, got no such file; git checkout -- lib/checkpoint/pretrained brings it back`,
    );
  return file;
}
