import * as tf from "@tensorflow/tfjs";
import type { Driver } from "../../lib/course/grader/exercise";

type Answer = typeof import("../../solutions/13-t5");

/** The text restored from an input and a target; sentinels look as `sentinel(k)` makes them. */
export const restored: Driver<Answer> = (answer, corrupted: { input: readonly string[]; target: readonly string[] }) =>
  answer.restoreSpans(corrupted, (token) => /^<\d+>$/.test(token));

interface StackInput {
  readonly x: tf.Tensor2D;
  /** One matrix `[C, C]` for each layer. */
  readonly weights: readonly tf.Tensor2D[];
  /** What `newTable` gives, call by call. */
  readonly tables: readonly tf.Tensor1D[];
  readonly buckets: tf.Tensor2D;
}

/** What a stack of simple attention layers makes of x. */
export const stackOutput: Driver<Answer> = (answer, input: StackInput) => runStack(answer, input).output;

/** How many tables the stack asks for. */
export const stackTables: Driver<Answer> = (answer, input: StackInput) => runStack(answer, input).calls;

function runStack(answer: Answer, { x, weights, tables, buckets }: StackInput) {
  let calls = 0;
  const layers = weights.map((weight) => (h: tf.Tensor2D, bias: tf.Tensor2D) => {
    const scores = tf.matMul<tf.Tensor2D>(tf.matMul<tf.Tensor2D>(h, weight), h, false, true).add<tf.Tensor2D>(bias);
    return tf.matMul<tf.Tensor2D>(tf.softmax(scores), h);
  });
  const newTable = () => tables[calls++ % tables.length]!.clone();
  const output = answer.biasedStack(x, layers, newTable, buckets);
  return { output, calls };
}
