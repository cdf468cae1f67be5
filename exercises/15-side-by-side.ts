// Lesson 15, The three side by side: your answers. Put your code in the place of each line that throws a TODO, and save.
// Check: npm run grade -- 15    one exercise: npm run grade -- 15.1    a hint: npm run grade -- --hint 15.1
// As handed out: c2297312208d

import * as tf from "@tensorflow/tfjs";

/** Who may see whom, 1 or 0: a row for each token that looks, a column for each that is looked at. */
export interface ThreeMasks {
  readonly bert: tf.Tensor2D;
  readonly gpt: tf.Tensor2D;
  readonly t5: tf.Tensor2D;
}

/**
 * The three families as three tables over the same text: first `read` tokens that are given, then `written` tokens that
 * the model writes, N = read + written in all.
 *
 *     bert   every token sees every token
 *     gpt    every token sees itself and everything before it, in one row through both parts
 *     t5     the read tokens see all read tokens and no written one (the encoder);
 *            each written token sees all read tokens (cross-attention), itself and the written ones before it (the decoder)
 *
 * Shape: each mask is `[N, N]` of 1 and 0.
 * Example: with read = 2 and written = 1, t5 is [[1, 1, 0], [1, 1, 0], [1, 1, 1]].
 */
export function threeMasks(read: number, written: number): ThreeMasks {
  throw new Error("TODO 15.1");
}

/** What a task asks for. */
export interface Task {
  /** What comes out: one of a few labels, a vector (for search, for comparing), or text. */
  readonly answer: "label" | "vector" | "text";
  /** Whether there is a whole text to read before the first word of the answer: a mail to summarise, a sentence to translate. */
  readonly source: boolean;
}

/**
 * Which family fits a task by the way it is built, before anything is scaled or trained.
 *
 *     a label or a vector is read off a text that is there as a whole: look both ways, write nothing      → "bert"
 *     text that is made from another, complete text: look both ways there, write one way here             → "t5"
 *     text that goes on, with nothing but what was written so far                                         → "gpt"
 *
 * Example: `familyFor({ answer: "text", source: true })` (translate this) is "t5".
 */
export function familyFor(task: Task): "bert" | "gpt" | "t5" {
  throw new Error("TODO 15.2");
}

/** What two rows of a table say, seed by seed. */
export interface Verdict {
  /** The mean of a − b over the seeds. */
  readonly difference: number;
  /** How uncertain that mean is: its standard error. */
  readonly error: number;
  readonly winner: "a" | "b" | "too close to say";
}

/**
 * Which of two models is better, if their scores (higher is better) were measured with the same n ≥ 2 seeds in the same order?
 *
 *     dᵢ = aᵢ − bᵢ          difference = mean of the dᵢ
 *     s  = √( Σ (dᵢ − difference)² / (n − 1) )          error = s / √n
 *
 * There is a winner if the difference is larger than *twice* its error, whatever its sign; else it is too close to say.
 * Example: a = [3, 5], b = [1, 1]: d = [2, 4], difference 3, s = √2, error 1, winner "a".
 */
export function compareSeeds(a: readonly number[], b: readonly number[]): Verdict {
  throw new Error("TODO 15.3");
}

/** Something that can be trained: `run` trains it from a seed for so many steps and returns its score, higher is better. */
export interface Contestant {
  readonly name: string;
  /** How many tokens of text it reads in one step. */
  readonly tokensPerStep: number;
  run(seed: number, steps: number): number;
}

/** A row of the table. */
export interface Row {
  readonly name: string;
  readonly steps: number;
  readonly mean: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * A fair comparison: every contestant reads as many tokens as fit into the same `budget` (whole steps, never more than
 * the budget), with every one of the same seeds. Each row has the mean of the scores and how far they spread; the best mean
 * comes first. Call `run` once for each contestant and seed: it is expensive.
 *
 * Example: with a budget of 1,000 tokens, a contestant that reads 300 in a step trains for 3 steps.
 */
export function runComparison(contestants: readonly Contestant[], seeds: readonly number[], budget: number): Row[] {
  throw new Error("TODO 15.4");
}
