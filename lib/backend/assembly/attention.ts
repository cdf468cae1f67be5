import { BLOCK_BYTES, rows, TILE_BYTES } from "./mat-mul";
import { COLUMNS, packColumns } from "./pack";
import { softmaxGradientRow, softmaxRow } from "./softmax";
import { ARGUMENTS, parallel, reserve, scratch, Task } from "./team";

/*
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1) of one head after another, and its gradient.
 *
 *     S = scale Q K^T + bias, where the mask is 0: -1e9          W = softmax(S)             O = W V
 *     dW = dO V^T + what comes from W itself                     dS = W (dW - sum(dW W)), 0 where the mask is 0
 *     dV = W^T dO       dQ = scale dS K       dK = scale dS^T Q
 *
 * Q [heads, T, D], K and V [heads, S, D], W [heads, T, S]. Mask and bias broadcast: each has a stride for the batch, the
 * head, the query and the key, 0 where it repeats. A thread takes whole heads, so that a head's scores stay in its cache.
 */

/** Arguments: pointers at 0 … 44, sizes from 64, strides from 96. */
const Q: usize = ARGUMENTS;
const K: usize = ARGUMENTS + 4;
const V: usize = ARGUMENTS + 8;
const MASK: usize = ARGUMENTS + 12;
const BIAS: usize = ARGUMENTS + 16;
const O: usize = ARGUMENTS + 20;
const W: usize = ARGUMENTS + 24;
const DO: usize = ARGUMENTS + 28;
const DW: usize = ARGUMENTS + 32;
const DQ: usize = ARGUMENTS + 36;
const DK: usize = ARGUMENTS + 40;
const DV: usize = ARGUMENTS + 44;
const DS: usize = ARGUMENTS + 48;
const HEADS: usize = ARGUMENTS + 64;
const T: usize = ARGUMENTS + 68;
const S: usize = ARGUMENTS + 72;
const D: usize = ARGUMENTS + 76;
const SCALE: usize = ARGUMENTS + 80;
/** Of the mask, then of the bias: batch, head, query, key. */
const MASK_STRIDES: usize = ARGUMENTS + 96;
const BIAS_STRIDES: usize = ARGUMENTS + 112;

/** Below this many multiplications a second thread costs more than it brings. */
const ENOUGH: f64 = 200000;

/** Where JavaScript writes the pointers, sizes and strides. */
export function attentionArguments(): usize {
  return ARGUMENTS;
}

export function attention(heads: i32): void {
  run(forward, heads);
}

export function attentionGradient(heads: i32): void {
  run(backward, heads);
}

function run(task: Task, heads: i32): void {
  const t = load<i32>(T);
  const s = load<i32>(S);
  const d = load<i32>(D);
  // Any product's second factor has at most so many numbers, its columns filled up to whole panels.
  reserve(TILE_BYTES + BLOCK_BYTES + (<usize>(max(t, s) + COLUMNS) * <usize>(d + COLUMNS) << 2));
  const enough = <i32>(ENOUGH / (<f64>t * <f64>s * <f64>d)) + 1;
  parallel(task, heads, enough);
}

function forward(begin: i32, end: i32): void {
  const t = load<i32>(T);
  const s = load<i32>(S);
  const d = load<i32>(D);
  for (let head = begin; head < end; head++) {
    const w = at(W, head, t * s);
    // S = Q K^T: the columns of K^T are the rows of K.
    product(at(Q, head, t * d), d, 1, at(K, head, s * d), d, 1, w, t, s, d);
    for (let i = 0; i < t; i++) {
      const row = w + (<usize>(i * s) << 2);
      finishScores(row, head, i, s);
      softmaxRow(row, row, s);
    }
    product(w, s, 1, at(V, head, s * d), 1, d, at(O, head, t * d), t, d, s);
  }
}

function backward(begin: i32, end: i32): void {
  const t = load<i32>(T);
  const s = load<i32>(S);
  const d = load<i32>(D);
  const scale = load<f32>(SCALE);
  for (let head = begin; head < end; head++) {
    const w = at(W, head, t * s);
    const ds = at(DS, head, t * s);
    const dO = at(DO, head, t * d);
    product(w, 1, s, dO, 1, d, at(DV, head, s * d), s, d, t);
    product(dO, d, 1, at(V, head, s * d), d, 1, ds, t, s, d);
    const dw = at(DW, head, t * s);
    for (let i = 0; i < t; i++) {
      const offset = <usize>(i * s) << 2;
      if (load<usize>(DW)) addRow(ds + offset, dw + offset, s);
      softmaxGradientRow(ds + offset, w + offset, ds + offset, s);
      clearMasked(ds + offset, head, i, s);
    }
    const dq = at(DQ, head, t * d);
    const dk = at(DK, head, s * d);
    product(ds, s, 1, at(K, head, s * d), 1, d, dq, t, d, s);
    product(ds, 1, s, at(Q, head, t * d), 1, d, dk, s, d, t);
    scaleAll(dq, t * d, scale);
    scaleAll(dk, s * d, scale);
  }
}

/** The `head`-th matrix of `size` numbers of the tensor whose pointer stands at `argument`. */
@inline
function at(argument: usize, head: i32, size: i32): usize {
  return load<usize>(argument) + ((<usize>head * <usize>size) << 2);
}

/** c [M, N] = a b; strides count numbers: a's per row and step, b's per column and step. */
function product(a: usize, aRow: i32, aStep: i32, b: usize, bColumn: i32, bStep: i32, c: usize, M: i32, N: i32, K: i32): void {
  const packed = scratch() + TILE_BYTES + BLOCK_BYTES;
  packColumns(b, bColumn << 2, bStep << 2, N, K, packed);
  rows(a, aRow << 2, aStep << 2, packed, c, M, N, K);
}

/** Where the mask's or bias's row for this head and query begins, in bytes from its first number. */
@inline
function place(strides: usize, head: i32, query: i32): usize {
  const heads = load<i32>(HEADS);
  const batch = head / heads;
  return (
    <usize>(
      batch * load<i32>(strides) +
      (head - batch * heads) * load<i32>(strides, 4) +
      query * load<i32>(strides, 8)
    ) << 2
  );
}

/** scale, bias and mask. */
function finishScores(row: usize, head: i32, query: i32, s: i32): void {
  scaleAll(row, s, load<f32>(SCALE));
  if (load<usize>(BIAS)) {
    const bias = load<usize>(BIAS) + place(BIAS_STRIDES, head, query);
    const step = <usize>load<i32>(BIAS_STRIDES, 12) << 2;
    for (let j: usize = 0; j < <usize>s; j++) {
      const to = row + (j << 2);
      store<f32>(to, load<f32>(to) + load<f32>(bias + j * step));
    }
  }
  if (load<usize>(MASK)) setMasked(row, head, query, s, -1e9);
}

function clearMasked(row: usize, head: i32, query: i32, s: i32): void {
  if (load<usize>(MASK)) setMasked(row, head, query, s, 0);
}

/** Sets the entries whose mask is 0. */
function setMasked(row: usize, head: i32, query: i32, s: i32, value: f32): void {
  let mask = load<usize>(MASK) + place(MASK_STRIDES, head, query);
  const step = load<i32>(MASK_STRIDES, 12);
  if (step == 1) {
    for (; s >= 4; s -= 4) {
      const hidden = f32x4.eq(v128.load(mask), f32x4.splat(0));
      v128.store(row, v128.bitselect(f32x4.splat(value), v128.load(row), hidden));
      row += 16;
      mask += 16;
    }
  }
  for (; s > 0; s--) {
    if (load<f32>(mask) == 0) store<f32>(row, value);
    row += 4;
    mask += <usize>step << 2;
  }
}

function addRow(to: usize, from: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    to += 16;
    from += 16;
  }
  for (; n > 0; n--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    to += 4;
    from += 4;
  }
}

function scaleAll(x: usize, n: i32, factor: f32): void {
  for (; n >= 4; n -= 4) {
    v128.store(x, f32x4.mul(v128.load(x), f32x4.splat(factor)));
    x += 16;
  }
  for (; n > 0; n--) {
    store<f32>(x, load<f32>(x) * factor);
    x += 4;
  }
}
