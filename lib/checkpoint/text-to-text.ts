import { T5 } from "../models/t5";
import { textToTextConfig } from "../models/text-to-text";
import { shippedFigures, shippedModel } from "./shipped";

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
export function loadTextToText(folder?: string) {
  const together: TextTaskFigures = shippedFigures("t5-tasks", folder);
  const alone: Record<string, TextTaskFigures> = {};
  for (const task of Object.keys(together.test)) alone[task] = shippedFigures(`t5-${task}`, folder);
  const model = shippedModel("t5-tasks", folder, () => new T5({ ...textToTextConfig, seed: 1 }));
  return { model, together, alone };
}
