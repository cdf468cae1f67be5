import * as tf from "@tensorflow/tfjs";

/** What T5 is pre-trained on: a text with holes, and what was in them. */
export interface Corrupted {
  readonly input: readonly string[];
  readonly target: readonly string[];
}

/** The k-th sentinel, the mark of a hidden span: `sentinel(0)` is `<0>`. (T5's own vocabulary calls it `<extra_id_0>`.) */
export function sentinel(k: number): string {
  return `<${k}>`;
}

/**
 * Span corruption (Raffel et al. 2020, figure 2). Every *run* of hidden tokens is replaced by one sentinel: `<0>`, `<1>` …,
 * numbered from the left. The target has each sentinel followed by the tokens that it hides, in the same order, and at its
 * very end one more sentinel: here the answer stops.
 *
 *     tokens   Thank you for inviting me to your party last week       hidden: for, inviting, last
 *     input    Thank you <0> me to your party <1> week
 *     target   <0> for inviting <1> last <2>
 *
 * `hidden[i]` says whether token i is hidden. Make sentinels with `sentinel(k)`. If nothing is hidden the target is `<0>`.
 */
export function corruptSpans(tokens: readonly string[], hidden: readonly boolean[]): Corrupted {
  // BEGIN 13.1
  const input: string[] = [];
  const target: string[] = [];
  let spans = 0;
  tokens.forEach((token, i) => {
    if (!hidden[i]) {
      input.push(token);
      return;
    }
    const begins = !hidden[i - 1];
    if (begins) {
      input.push(sentinel(spans));
      target.push(sentinel(spans));
      spans++;
    }
    target.push(token);
  });
  target.push(sentinel(spans));
  return { input, target };
  // END 13.1
}

/**
 * The way back: the text that an input and a target were made from. Put in place of every sentinel of the input what
 * stands after the *same* sentinel in the target, up to the next one.
 *
 *     input `a <0> d <1>`, target `<0> b c <1> e <2>`  →  `a b c d e`
 *
 * The target may come from a model, so be ready for anything: its sentinels may come in another order; what stands before
 * its first sentinel belongs to no hole; a sentinel of the input that it does not mention stays in the text.
 * `isSentinel(token)` tells sentinels from words.
 */
export function restoreSpans({ input, target }: Corrupted, isSentinel: (token: string) => boolean): readonly string[] {
  // BEGIN 13.2
  const spans = new Map<string, string[]>();
  let span: string[] = []; // what comes before the first sentinel is collected here, and never used
  for (const token of target) {
    if (isSentinel(token)) {
      span = [];
      spans.set(token, span);
    } else {
      span.push(token);
    }
  }
  return input.flatMap((token) => spans.get(token) ?? [token]);
  // END 13.2
}

export interface BucketOptions {
  /** Whether keys may stand after the query: true in the encoder, false in the decoder. */
  readonly bidirectional: boolean;
  readonly buckets: number;
  readonly maxDistance: number;
}

/**
 * The bucket of a key that stands `relative` places after the query (negative: before it), as in T5.
 *
 * *Two-sided*, in the encoder: the first half of the buckets is for keys at or before the query, the second half for keys
 * after it. Each half has n = buckets / 2 places, and the distance is d = |relative|.
 * *One-sided*, in the decoder: it only looks back, so all n = buckets places are for keys at or before the query; d = −relative,
 * and d = 0 for the keys after it, which the mask hides anyway.
 *
 * Within its n places a distance is counted like this, with e = n / 2:
 *
 *     d < e     its own place:  d
 *     d ≥ e     e + ⌊ log(d / e) / log(maxDistance / e) · (n − e) ⌋, but at most n − 1
 *
 * Examples with 8 buckets and maxDistance 16, two-sided (n = 4, e = 2): relative −1 → 1, −2 → 2, −15 → 3, −100 → 3,
 * +1 → 5, +15 → 7. One-sided (n = 8, e = 4): −3 → 3, −5 → 4, −100 → 7, +1 → 0.
 */
export function relativeBucket(relative: number, { bidirectional, buckets, maxDistance }: BucketOptions): number {
  // BEGIN 13.3
  const n = bidirectional ? buckets / 2 : buckets;
  const side = bidirectional && relative > 0 ? n : 0;
  const d = bidirectional ? Math.abs(relative) : Math.max(-relative, 0);
  const e = n / 2;
  if (d < e) return side + d;
  const far = Math.floor((Math.log(d / e) / Math.log(maxDistance / e)) * (n - e));
  return side + Math.min(e + far, n - 1);
  // END 13.3
}

/**
 * T5's attention: `softmax(Q Kᵀ + B) V`, softmax over the keys. B has a learned number for each head and each bucket, and
 * there is *no* division by √D.
 *
 * `table [N, H]` holds the learned numbers, a row for each of the N buckets; `buckets [T, S]` of type int32 says which bucket
 * the key s is in, seen from the query t. So B of head h, query t and key s is `table[buckets[t, s], h]`.
 * `tf.gather(table, buckets)` looks all of them up, `[T, S, H]`; the heads have to go in front.
 *
 * Shapes: `query [H, T, D]`, `key [H, S, D]`, `value [H, S, D]` → `[H, T, D]`.
 */
export function relativeAttention(
  query: tf.Tensor3D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
  table: tf.Tensor2D,
  buckets: tf.Tensor2D,
): tf.Tensor3D {
  // BEGIN 13.4
  const bias = tf.gather(table, buckets).transpose([2, 0, 1]); // [H, T, S]
  const scores = query.matMul(key, false, true);
  const weights = tf.softmax(scores.add(bias));
  return weights.matMul(value) as tf.Tensor3D;
  // END 13.4
}

/** What one layer of the stack does with its input `[T, C]` and the bias `[T, T]` that is added to its scores. */
export type BiasedLayer = (x: tf.Tensor2D, bias: tf.Tensor2D) => tf.Tensor2D;

/**
 * A stack of attention layers with *one* table of relative positions: T5 learns it for the first layer, and every other
 * layer of the stack adds the same numbers.
 *
 * `newTable()` makes a new table of learned numbers `[N]`, one for each bucket; each call makes another one, with other
 * numbers (and more weights to train). `buckets [T, T]` of type int32 says which bucket each key is in; the bias is
 * `tf.gather(table, buckets)`, `[T, T]`. Each layer sits in a residual block: x becomes x + layer(x, bias).
 * Shape: `x [T, C]` → `[T, C]`.
 */
export function biasedStack(
  x: tf.Tensor2D,
  layers: readonly BiasedLayer[],
  newTable: () => tf.Tensor1D,
  buckets: tf.Tensor2D,
): tf.Tensor2D {
  // BEGIN 13.5
  const bias = tf.gather<tf.Tensor>(newTable(), buckets) as tf.Tensor2D;
  let h = x;
  for (const layer of layers) h = h.add(layer(h, bias));
  return h;
  // END 13.5
}

/**
 * The tanh form of GELU, entry by entry, which T5 v1.1 uses:
 *
 *     gelu(z) = z / 2 · ( 1 + tanh( √(2/π) · (z + 0.044715 z³) ) )
 *
 * and with it the *gated* feed-forward layer (Shazeer 2020, equation 6), without any bias. One projection of x is squashed
 * and becomes a gate; it multiplies, entry by entry, another projection of x:
 *
 *     y = ( gelu(x Wg) ⊙ (x Wv) ) Wo
 *
 * Shapes: `x [T, C]`, `gate [C, F]` (Wg), `value [C, F]` (Wv), `output [F, C]` (Wo) → `[T, C]`.
 */
export function gatedGelu(
  x: tf.Tensor2D,
  { gate, value, output }: { readonly gate: tf.Tensor2D; readonly value: tf.Tensor2D; readonly output: tf.Tensor2D },
): tf.Tensor2D {
  // BEGIN 13.6
  const z = x.matMul<tf.Tensor2D>(gate);
  const inner = z.add<tf.Tensor2D>(z.pow(3).mul(0.044715)).mul<tf.Tensor2D>(Math.sqrt(2 / Math.PI));
  const open = z.mul<tf.Tensor2D>(0.5).mul<tf.Tensor2D>(inner.tanh().add(1));
  return open.mul<tf.Tensor2D>(x.matMul(value)).matMul(output) as tf.Tensor2D;
  // END 13.6
}

/** An example of one of three tasks, as its data set has it. */
export type RawExample =
  | { readonly task: "pronounce"; readonly word: string; readonly phonemes: readonly string[] }
  | { readonly task: "sentiment"; readonly word: string; readonly score: number }
  | { readonly task: "answer"; readonly question: string; readonly context: string; readonly answer: boolean | string };

/**
 * Everything as text: what the model reads, and what it should write.
 *
 * | task | input | target |
 * |---|---|---|
 * | pronounce | `pronounce: ` and the word in small letters | the phonemes with spaces between them: `K AE T` |
 * | sentiment | `sentiment: ` and the word in small letters | `positive` for a score above 0, else `negative` |
 * | answer | `answer: `, the question, a space, the context | the answer; `yes` for true and `no` for false |
 *
 * The question, the context and an answer that is text stay as they are.
 * Example: `{ task: "sentiment", word: "Sunny", score: 2 }` becomes
 * `{ input: "sentiment: sunny", target: "positive" }`.
 */
export function asText(example: RawExample): { readonly input: string; readonly target: string } {
  // BEGIN 13.7
  const prefix = `${example.task}: `;
  if (example.task === "pronounce")
    return { input: prefix + example.word.toLowerCase(), target: example.phonemes.join(" ") };
  if (example.task === "sentiment")
    return { input: prefix + example.word.toLowerCase(), target: example.score > 0 ? "positive" : "negative" };
  const { question, context, answer } = example;
  const said = answer === true ? "yes" : answer === false ? "no" : answer;
  return { input: `${prefix}${question} ${context}`, target: said };
  // END 13.7
}

/**
 * The share of answers that are *exactly* right. An answer counts if it equals one of the texts that are accepted for its
 * question; capitals, and white space at both ends, do not matter. Nothing in between: half right is wrong.
 *
 * Example: `exactMatch(["K AE T ", "yes"], [["k ae t", "K AA T"], ["no"]])` is 0.5. `accepted[i]` belongs to `answers[i]`.
 */
export function exactMatch(answers: readonly string[], accepted: readonly (readonly string[])[]): number {
  // BEGIN 13.8
  const plain = (text: string) => text.trim().toLowerCase();
  const right = answers.filter((answer, i) => accepted[i]!.some((text) => plain(text) === plain(answer)));
  return right.length / answers.length;
  // END 13.8
}
