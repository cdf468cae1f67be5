import * as tf from "@tensorflow/tfjs";

/**
 * How well each query fits each key: their dot product, for all pairs at once.
 *
 *     scores[t][s] = Σ_d query[t][d] · key[s][d]
 *
 * `tf.matMul(a, b)` is the product A B; `tf.matMul(a, b, true)` is AᵀB and `tf.matMul(a, b, false, true)` is A Bᵀ.
 * Shapes: `queries [T, D]`, `keys [S, D]` → `[T, S]`: a row for each query, a column for each key.
 * Example: queries [[1, 2]] and keys [[3, 4], [5, 6]] give [[11, 17]].
 */
export function similarityScores(queries: tf.Tensor2D, keys: tf.Tensor2D): tf.Tensor2D {
  // BEGIN 08.1
  return tf.matMul(queries, keys, false, true);
  // END 08.1
}

/**
 * Softmax along each row, over the keys that may be seen only.
 *
 *     weights[t][s] = e^score[t][s] / Σ_u e^score[t][u]        the sum runs over the visible u; a hidden s gets 0
 *
 * `mask` has 1 where query t may see key s, and 0 where not. Scores may be as large as 10,000, hidden ones too, so take a
 * row's largest *visible* score away before the exponential. A row that may see nothing must not become NaN: it gives all
 * keys the same weight, 1 / S.
 * Hint for tools: `tf.where(mask.cast("bool"), a, b)` takes a where the mask is 1 and b elsewhere; either may be a number.
 *
 * Shapes: `scores [T, S]`, `mask [T, S]` → `[T, S]`, every row of which sums to 1.
 * Example: scores [[5, 7, 7]] with mask [[0, 1, 1]] give [[0, 0.5, 0.5]].
 */
export function maskedSoftmax(scores: tf.Tensor2D, mask: tf.Tensor2D): tf.Tensor2D {
  // BEGIN 08.2
  const visible = tf.where(mask.cast("bool"), scores, -1e9);
  const powers = visible.sub(visible.max(1, true)).exp();
  return powers.div(powers.sum(1, true));
  // END 08.2
}

/**
 * Scaled dot-product attention (Vaswani et al. 2017, equation 1): every query takes a blend of the values, with weights
 * that say how well it fits their keys.
 *
 *     attention(Q, K, V) = softmax(Q Kᵀ / √D) V
 *
 * The softmax runs over the keys. D is how many numbers a query has. `tf.softmax` works along the last axis.
 * Shapes: `queries [T, D]`, `keys [S, D]`, `values [S, E]` → `[T, E]`.
 * Example: if all keys are alike, every query takes the mean of the values.
 */
export function attention(queries: tf.Tensor2D, keys: tf.Tensor2D, values: tf.Tensor2D): tf.Tensor2D {
  // BEGIN 08.3
  const D = queries.shape[1];
  const scores = tf.matMul(queries, keys, false, true);
  const weights = tf.softmax(scores.div<tf.Tensor2D>(Math.sqrt(D)));
  return tf.matMul(weights, values);
  // END 08.3
}

/**
 * The mask of a model that writes: each position sees itself and everything before it, nothing after it.
 *
 * There may be more keys than queries: then the queries are the *last* ones, because what came before is already known.
 * (A model that writes word by word asks with the newest word only.)
 *
 * Shape: `[targets, sources]`, 1 where query t may see key s, 0 where not; `sources` ≥ `targets`.
 * Examples: `causalMask(3, 3)` is [[1, 0, 0], [1, 1, 0], [1, 1, 1]], and `causalMask(2, 4)` is [[1, 1, 1, 0], [1, 1, 1, 1]].
 */
export function causalMask(targets: number, sources: number): tf.Tensor2D {
  // BEGIN 08.4
  const before = sources - targets;
  const rows = Array.from({ length: targets }, (_, t) =>
    Array.from({ length: sources }, (_, s) => (s <= t + before ? 1 : 0)),
  );
  return tf.tensor2d(rows, [targets, sources]);
  // END 08.4
}

/**
 * One mask out of two rules: a key may be seen if the causal mask allows it *and* it is a real token, not padding.
 *
 * `ids` are the keys' tokens, one sentence a row; sentences that are shorter than the longest one are filled up with the
 * id `padding`. The answer has an axis of size 1 for the heads, because all heads of a sentence share its mask.
 *
 * Shapes: `causal [T, S]` of 1 and 0, `ids [B, S]` of type int32 → `[B, 1, T, S]` of 1 and 0.
 * Example: with S = T = 2, ids [[7, 0]] and padding 0 the second key is seen by nobody: [[[[1, 0], [1, 0]]]].
 */
export function combinedMask(causal: tf.Tensor2D, ids: tf.Tensor2D, padding: number): tf.Tensor4D {
  // BEGIN 08.5
  const [B, S] = ids.shape;
  const real = ids.notEqual(padding).toFloat();
  const forAllQueries: tf.Tensor4D = real.reshape([B, 1, 1, S]);
  return forAllQueries.mul(causal);
  // END 08.5
}

/**
 * Cuts each token's vector into pieces, one for each head: head h gets the channels from h · D to (h + 1) · D − 1,
 * where D = C / heads.
 *
 *     answer[b][h][t][d] = x[b][t][h · D + d]
 *
 * Shapes: `x [B, T, C]` → `[B, heads, T, D]`.
 * Example: the token vectors [1, 2, 3, 4] and [5, 6, 7, 8] become, for two heads, [[1, 2], [5, 6]] and [[3, 4], [7, 8]].
 */
export function splitHeads(x: tf.Tensor3D, heads: number): tf.Tensor4D {
  // BEGIN 08.6
  const [B, T, C] = x.shape;
  const pieces: tf.Tensor4D = x.reshape([B, T, heads, C / heads]);
  return pieces.transpose([0, 2, 1, 3]);
  // END 08.6
}

/**
 * The way back: the heads' pieces of a token, side by side again in one vector.
 * Shapes: `x [B, H, T, D]` → `[B, T, H · D]`, so that `joinHeads(splitHeads(x, heads))` is x.
 */
export function joinHeads(x: tf.Tensor4D): tf.Tensor3D {
  // BEGIN 08.6
  const [B, H, T, D] = x.shape;
  const byToken: tf.Tensor4D = x.transpose([0, 2, 1, 3]);
  return byToken.reshape([B, T, H * D]);
  // END 08.6
}

/** The four matrices of an attention layer. Without biases here. */
export interface AttentionWeights {
  readonly query: tf.Tensor2D;
  readonly key: tf.Tensor2D;
  readonly value: tf.Tensor2D;
  readonly output: tf.Tensor2D;
}

/** Every token's vector times a matrix: `x [B, T, C]`, `weight [C, F]` → `[B, T, F]`. Given, for you to use. */
export function project(x: tf.Tensor3D, weight: tf.Tensor2D): tf.Tensor3D {
  const [B, T, C] = x.shape;
  return x
    .reshape<tf.Tensor2D>([B * T, C])
    .matMul(weight)
    .reshape([B, T, weight.shape[1]]);
}

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2.2): several attentions side by side, each on its own piece
 * of the projected vectors.
 *
 *     Q = x W_query      K = x W_key      V = x W_value                     each [B, T, C], then cut into heads
 *     head_h = softmax(Q_h K_hᵀ / √D) V_h                                   D = C / heads
 *     answer = (head_1 beside head_2 … beside head_H) W_output
 *
 * `mask` has 1 where a query may see a key; no row of it is empty. `split` and `join` cut and glue as in exercise 08.6.
 * `tf.matMul` and `tf.softmax` work on tensors of four axes too, batch by batch and head by head.
 *
 * Shapes: `x [B, T, C]`, each weight `[C, C]`, `mask` broadcastable to `[B, H, T, T]` → `[B, T, C]`.
 */
export function multiHeadAttention(
  x: tf.Tensor3D,
  weights: AttentionWeights,
  heads: number,
  mask: tf.Tensor,
  { split, join }: { split(x: tf.Tensor3D, heads: number): tf.Tensor4D; join(x: tf.Tensor4D): tf.Tensor3D },
): tf.Tensor3D {
  // BEGIN 08.7
  const q = split(project(x, weights.query), heads);
  const k = split(project(x, weights.key), heads);
  const v = split(project(x, weights.value), heads);
  const D = q.shape[3];
  const fit = tf.matMul(q, k, false, true).div<tf.Tensor4D>(Math.sqrt(D));
  const seen = tf.where(mask.cast("bool"), fit, -1e9);
  const blended: tf.Tensor4D = tf.matMul(tf.softmax(seen), v);
  return project(join(blended), weights.output);
  // END 08.7
}

/**
 * Cross-attention with one head: the tokens of one sentence (`x`) ask, those of another (`context`) are asked.
 *
 *     Q = x W_query      K = context W_key      V = context W_value
 *     answer = softmax(Q Kᵀ / √D) V W_output                                hidden keys have weight 0
 *
 * `real` has 1 for each token of the context that is one, and 0 for padding, which nobody may see.
 *
 * Shapes: `x [T, C]`, `context [S, C]`, `real [S]`, weights query, key, value `[C, D]` and output `[D, C]` → `[T, C]`.
 * There is a row for each token that asks, however long the other sentence is.
 */
export function crossAttention(
  x: tf.Tensor2D,
  context: tf.Tensor2D,
  real: tf.Tensor1D,
  weights: AttentionWeights,
): tf.Tensor2D {
  // BEGIN 08.8
  const asking: tf.Tensor2D = tf.matMul(x, weights.query);
  const asked = tf.matMul(context, weights.key);
  const told = tf.matMul(context, weights.value);
  const depth = asking.shape[1];
  const fits = tf.matMul(asking, asked, false, true).div<tf.Tensor2D>(Math.sqrt(depth));
  const open = tf.where(real.cast("bool"), fits, -1e9);
  return tf.matMul(tf.matMul(tf.softmax(open), told), weights.output);
  // END 08.8
}

/** Three matrices chosen by hand. */
export interface HandMadeHead {
  readonly query: tf.Tensor2D;
  readonly key: tf.Tensor2D;
  readonly value: tf.Tensor2D;
}

/**
 * A head that nobody trained: choose its matrices so that each position copies the symbol that stands `distance` places
 * before it (1: the previous one).
 *
 * A token at position t is one row x of V + P numbers: the symbol one-hot (`symbols` = V numbers), beside it the position
 * one-hot (`positions` = P numbers). With two symbols and three positions, symbol 1 at position 2 is [0, 1, 0, 0, 1].
 * Your matrices are used like this, with a causal mask:
 *
 *     Q = X W_query      K = X W_key      V = X W_value      answer = softmax(Q Kᵀ / √D) V
 *
 * The answer at position t must be the one-hot symbol of position t − distance, almost exactly: at most 0.01 off. So the right key must
 * win by a lot. (Positions with nothing so far before them may answer what they like.)
 *
 * Shapes: query and key `[V + P, D]` with a D of your choice, value `[V + P, V]`. Example: with symbols 3, 1, 2 and distance 1
 * position 1 answers 3 and position 2 answers 1.
 */
export function copyingHead(symbols: number, positions: number, distance: number): HandMadeHead {
  // BEGIN 08.9
  const strength = 20 * Math.sqrt(positions);
  const matrix = (columns: number, entry: (row: number, column: number) => number) =>
    tf.tensor2d(
      Array.from({ length: symbols + positions }, (_, row) => Array.from({ length: columns }, (_, c) => entry(row, c))),
    );
  return {
    query: matrix(positions, (row, p) => (row - symbols - distance === p ? strength : 0)),
    key: matrix(positions, (row, p) => (row - symbols === p ? 1 : 0)),
    value: matrix(symbols, (row, v) => (row === v ? 1 : 0)),
  };
  // END 08.9
}
