import * as tf from "@tensorflow/tfjs";
import { attend, joinHeads, splitHeads } from "../nn/attention";
import type { EncoderBlock } from "../nn/blocks";
import { feedForwardActivations } from "../nn/feed-forward";
import { causalMask } from "../nn/masks";
import type { GPT } from "./gpt";

/** One partial of a model's computation: what it is, its shape without the batch, and its numbers as a table. */
export interface WalkStep {
  readonly title: string;
  /** What happens here, in a sentence or two. */
  readonly text: string;
  /** `[T, C]`; what is cut into heads is `[H, T, D]`, and its table has the heads side by side: `T` rows, `H D` columns. */
  readonly shape: readonly number[];
  /** A row for each token. */
  readonly values: readonly (readonly number[])[];
  /**
   * What the columns are: features; the same tokens, as weights from 0 to 1; tokens of the vocabulary, named by `columns`;
   * the likeliest tokens of each row, named in the `cells`, as probabilities.
   */
  readonly kind: "features" | "attention" | "tokens" | "likeliest";
  /** So many heads have their features side by side, each as many. */
  readonly heads?: number;
  readonly columns?: readonly string[];
  readonly cells?: readonly (readonly string[])[];
}

export interface WalkOptions {
  /** The vocabulary, in the order of the ids. */
  readonly tokens: readonly string[];
  /** The block that is walked through in full, from 0; the others take one step each. Default: 0. */
  readonly block?: number;
  /** So many next tokens are named for each place. Default: 8. */
  readonly likeliest?: number;
}

/**
 * A text's way through a GPT, partial by partial: token and place, one block in full, the other blocks, the last norm, the
 * logits, the next tokens. Each partial is computed by the model's own layers, in the order of `GPT.forward`.
 */
export function walk(
  model: GPT,
  ids: ArrayLike<number>,
  { tokens, block = 0, likeliest = 8 }: WalkOptions,
): WalkStep[] {
  const { vocabularySize: V, contextLength, numLayers } = model.config;
  const T = ids.length;
  if (T < 1 || T > contextLength) throw new Error(`walk: expected 1 to ${contextLength} tokens, got ${T}`);
  if (tokens.length !== V) throw new Error(`walk: expected the names of ${V} tokens, got ${tokens.length}`);
  if (!model.blocks[block]) throw new Error(`walk: expected a block from 0 to ${numLayers - 1}, got ${block}`);
  const steps: WalkStep[] = [];
  tf.tidy(() => {
    const note: Note = (title, text, values, more = {}) => {
      const { shape } = values;
      steps.push({ title, text, shape: shape.slice(1), values: table(values), kind: "features", ...more });
    };

    const embedded = model.tokenEmbedding.forward(tf.tensor2d(Array.from(ids), [1, T], "int32"));
    note("token", "Each token's vector, looked up in a table: the same wherever the token stands.", embedded);
    let x = embedded.add<tf.Tensor3D>(model.positionEmbedding.forward(tf.range(0, T, 1, "int32")));
    note("token + place", "The vector of each place is added: x = token + place. Here the stream begins.", x);
    for (const [i, layer] of model.blocks.entries()) {
      if (i === block) x = walkBlock(layer, x, `block ${i + 1}`, note);
      else {
        x = layer.forward(x, { mask: causalMask(T, T) }).output;
        note(`block ${i + 1}, as a whole`, "The same parts once more, with weights of its own. This is its output.", x);
      }
    }
    const states = model.norm.forward(x);
    note("last norm", "Each row is moved to mean 0, scaled to variance 1, and scaled by what was learned.", states);
    const logits = model.head(states); // [1, T, V]
    const logitsText =
      "The dot product of each row with each token's vector: a score for every token that may come next.";
    note("logits", logitsText, logits, { kind: "tokens", columns: tokens });
    const { values, indices } = tf.topk(tf.softmax(logits), Math.min(likeliest, V));
    note(
      "next token",
      "Softmax turns the scores into probabilities. The likeliest next tokens of each row.",
      values as tf.Tensor3D,
      { kind: "likeliest", cells: table(indices as tf.Tensor3D).map((row) => row.map((id) => tokens[id]!)) },
    );
  });
  return steps;
}

type Note = (title: string, text: string, values: tf.Tensor3D | tf.Tensor4D, more?: Partial<WalkStep>) => void;

/** The block's output, `[1, T, C]`, with everything on the way noted. */
function walkBlock({ attention, feedForward, ...block }: EncoderBlock, x: tf.Tensor3D, name: string, note: Note) {
  const T = x.shape[1];
  const { heads } = attention;
  const read = block.attentionResidual.enter(x);
  note(`${name}: norm`, "Each row is moved to mean 0, scaled to variance 1, and scaled by what was learned.", read);

  const query = splitHeads(attention.query.forward(read), heads); // [1, H, T, D]
  const { key, value } = attention.project(read);
  note(`${name}: queries`, "norm(x) times a matrix, cut into heads: what each token looks for.", query, { heads });
  note(`${name}: keys`, "norm(x) times another matrix: what each token is found by.", key, { heads });
  note(`${name}: values`, "norm(x) times a third matrix: what each token hands over when it is found.", value, {
    heads,
  });

  const { output: mixed, weights } = attend(query, key, value, { mask: causalMask(T, T), scale: attention.scale });
  for (const [h, head] of tf.unstack(weights, 1).entries()) {
    const text = "softmax(q · k / √D): how much each token (row) takes from itself and from those before.";
    note(`${name}: attention of head ${h + 1}`, text, head as tf.Tensor3D, { kind: "attention" });
  }
  const joined = joinHeads(mixed);
  const joinedText = "Each head mixes the values by its weights; the results stand side by side.";
  note(`${name}: heads joined`, joinedText, joined, { heads });
  const attended = attention.output.forward(joined);
  note(`${name}: projected`, "One more matrix mixes the heads: this is what attention has to add.", attended);
  const h = block.attentionResidual.leave(x, attended);
  note(`${name}: first sum`, "h = x + attention(norm(x)): what was in the stream stays in it.", h);

  const thinking = block.feedForwardResidual.enter(h);
  note(`${name}: second norm`, "As before, for the sum.", thinking);
  const hidden = feedForwardActivations[feedForward.activation](feedForward.input.forward(thinking)); // [1, T, F]
  const hiddenText = `${feedForward.activation}(norm(h) W₁): each token thinks for itself, spread over more features.`;
  note(`${name}: feed-forward, hidden`, hiddenText, hidden);
  const thought = feedForward.output.forward(hidden);
  note(
    `${name}: feed-forward, output`,
    "hidden W₂: back to the stream's width. This is what thinking has to add.",
    thought,
  );
  const output = block.feedForwardResidual.leave(h, thought);
  note(`${name}: second sum`, "y = h + feed-forward(norm(h)): what the block hands on.", output);
  return output;
}

/** `[1, T, C]` row by row, or `[1, H, T, D]` with the heads side by side. */
function table(values: tf.Tensor3D | tf.Tensor4D): number[][] {
  const rows = values.rank === 4 ? joinHeads(values as tf.Tensor4D) : (values as tf.Tensor3D);
  return rows.squeeze<tf.Tensor2D>([0]).arraySync();
}
