import { allocate, free } from "./memory";
import { COLUMNS, packColumns, packRows, ROWS } from "./pack";
import { ARGUMENTS, parallel, scratch } from "./team";
import { THIN, thin } from "./thin";
import { edgeTile, tile } from "./tile";

/*
 * C [batch, M, N] = A [batch, M, K] B [batch, K, N], any strides, so that a transposed matrix is one whose two strides
 * change places (Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication").
 *
 * B is packed into panels of 8 columns, once. A block of at most 96 rows and 256 steps of A is packed into panels of 6
 * rows (96 KB: stays in the second-level cache); then each of B's panels (8 KB: stays in the first-level cache) meets
 * all of the block's panels, a tile of C at a time.
 *
 * Threads share the rows of one product (after packing B together) or the products of a batch. Products with few rows
 * are not worth packing: see thin.ts.
 */

const BLOCK_ROWS: i32 = 96;
const DEPTH: i32 = 256;

/** Bytes of the parts of a thread's private memory: a spare tile, A's block, B of one small product. */
export const TILE_BYTES: usize = 256;
export const BLOCK_BYTES: usize = <usize>(BLOCK_ROWS * DEPTH) << 2;
export const SMALL_B_BYTES: usize = 1 << 19;

/** Below this many multiplications a second thread costs more than it brings. */
const ENOUGH: i32 = 500000;
const ENOUGH_THIN: i32 = 60000;

/** The packed B that all threads read; grows when a product needs more. */
let packed: usize = 0;
let packedBytes: usize = 0;

/** Strides count numbers, not bytes. C is contiguous. `bias` [N] joins each row of a single product; 0: there is none. */
export function matMul(
  a: usize,
  b: usize,
  c: usize,
  batch: i32,
  M: i32,
  N: i32,
  K: i32,
  aBatch: i32,
  aRow: i32,
  aStep: i32,
  bBatch: i32,
  bStep: i32,
  bColumn: i32,
  bias: usize,
): void {
  if (K == 0) {
    memory.fill(c, 0, <usize>(batch * M * N) << 2);
    if (bias) addBias(bias, c, N, M, 0, N);
    return;
  }
  const panels = (N + COLUMNS - 1) / COLUMNS;
  const bytes = <usize>(panels * COLUMNS * K) << 2;
  store<usize>(ARGUMENTS, a);
  store<usize>(ARGUMENTS, b, 4);
  store<usize>(ARGUMENTS, c, 8);
  store<i32>(ARGUMENTS, M, 16);
  store<i32>(ARGUMENTS, N, 20);
  store<i32>(ARGUMENTS, K, 24);
  store<i32>(ARGUMENTS, aRow << 2, 28);
  store<i32>(ARGUMENTS, aStep << 2, 32);
  store<i32>(ARGUMENTS, bStep << 2, 36);
  store<i32>(ARGUMENTS, bColumn << 2, 40);
  store<i32>(ARGUMENTS, aBatch << 2, 44);
  store<i32>(ARGUMENTS, bBatch << 2, 48);
  store<usize>(ARGUMENTS, bias, 52);

  if (M <= THIN && (bColumn == 1 || (bStep == 1 && aStep == 1))) {
    if (batch > 1) parallel(thinProducts, batch, atLeast(ENOUGH_THIN, <i64>M * N * K));
    else parallel(thinColumns, (N + 15) / 16, atLeast(ENOUGH_THIN, <i64>M * 16 * K));
    return;
  }
  if (batch > 1 && bytes <= SMALL_B_BYTES) {
    parallel(products, batch, atLeast(ENOUGH, <i64>M * N * K));
    return;
  }
  if (packedBytes < bytes) {
    if (packed) free(packed);
    packed = allocate(bytes);
    packedBytes = bytes;
  }
  store<usize>(ARGUMENTS, packed, 12);
  const rowPanels = (M + ROWS - 1) / ROWS;
  for (let i = 0; i < batch; i++) {
    parallel(packB, panels, atLeast(ENOUGH / 8, K * COLUMNS));
    parallel(rowsOfOne, rowPanels, atLeast(ENOUGH, <i64>ROWS * N * K));
    store<usize>(ARGUMENTS, load<usize>(ARGUMENTS) + (<usize>aBatch << 2));
    store<usize>(ARGUMENTS, load<usize>(ARGUMENTS, 4) + (<usize>bBatch << 2), 4);
    store<usize>(ARGUMENTS, load<usize>(ARGUMENTS, 8) + (<usize>(M * N) << 2), 8);
  }
}

/** A product with few rows; its columns are shared out by sixteens. */
function thinColumns(begin: i32, end: i32): void {
  const N = load<i32>(ARGUMENTS, 20);
  const bias = load<usize>(ARGUMENTS, 52);
  const last = min(end * 16, N);
  thinPart(0, begin * 16, last);
  if (bias) addBias(bias, load<usize>(ARGUMENTS, 8), N, load<i32>(ARGUMENTS, 16), begin * 16, last);
}

function thinProducts(begin: i32, end: i32): void {
  for (let i = begin; i < end; i++) thinPart(i, 0, load<i32>(ARGUMENTS, 20));
}

function thinPart(product: i32, begin: i32, end: i32): void {
  const M = load<i32>(ARGUMENTS, 16);
  const N = load<i32>(ARGUMENTS, 20);
  const a = load<usize>(ARGUMENTS) + <usize>product * load<i32>(ARGUMENTS, 44);
  const b = load<usize>(ARGUMENTS, 4) + <usize>product * load<i32>(ARGUMENTS, 48);
  const c = load<usize>(ARGUMENTS, 8) + (<usize>product * <usize>(M * N) << 2);
  const aRow = load<i32>(ARGUMENTS, 28);
  const aStep = load<i32>(ARGUMENTS, 32);
  const bStep = load<i32>(ARGUMENTS, 36);
  const bColumn = load<i32>(ARGUMENTS, 40);
  thin(a, aRow, aStep, b, bStep, bColumn, c, <usize>N << 2, M, load<i32>(ARGUMENTS, 24), begin, end);
}

/** How many items of `each` multiplications make `enough`. */
@inline
function atLeast(enough: i64, each: i64): i32 {
  return <i32>((enough + each - 1) / each);
}

function packB(begin: i32, end: i32): void {
  const N = load<i32>(ARGUMENTS, 20);
  const K = load<i32>(ARGUMENTS, 24);
  const column = load<i32>(ARGUMENTS, 40);
  const first = begin * COLUMNS;
  packColumns(
    load<usize>(ARGUMENTS, 4) + <usize>(first * column),
    column,
    load<i32>(ARGUMENTS, 36),
    min(end * COLUMNS, N) - first,
    K,
    load<usize>(ARGUMENTS, 12) + (<usize>(first * K) << 2),
  );
}

/** Row panels `begin` to `end` of one product whose B is packed. */
function rowsOfOne(begin: i32, end: i32): void {
  const M = load<i32>(ARGUMENTS, 16);
  const N = load<i32>(ARGUMENTS, 20);
  const aRow = load<i32>(ARGUMENTS, 28);
  const bias = load<usize>(ARGUMENTS, 52);
  const first = begin * ROWS;
  const height = min(end * ROWS, M) - first;
  const c = load<usize>(ARGUMENTS, 8) + (<usize>(first * N) << 2);
  rows(
    load<usize>(ARGUMENTS) + <usize>(first * aRow),
    aRow,
    load<i32>(ARGUMENTS, 32),
    load<usize>(ARGUMENTS, 12),
    c,
    height,
    N,
    load<i32>(ARGUMENTS, 24),
  );
  if (bias) addBias(bias, c, N, height, 0, N);
}

/** Columns `begin` to `end` of the first `height` rows of C. */
function addBias(bias: usize, c: usize, N: i32, height: i32, begin: i32, end: i32): void {
  const last = <usize>end << 2;
  for (let row = 0; row < height; row++) {
    let i = <usize>begin << 2;
    for (; i + 16 <= last; i += 16) v128.store(c + i, f32x4.add(v128.load(c + i), v128.load(bias + i)));
    for (; i < last; i += 4) store<f32>(c + i, load<f32>(c + i) + load<f32>(bias + i));
    c += <usize>N << 2;
  }
}

/** Products `begin` to `end` of a batch, each with its own small B. */
function products(begin: i32, end: i32): void {
  const M = load<i32>(ARGUMENTS, 16);
  const N = load<i32>(ARGUMENTS, 20);
  const K = load<i32>(ARGUMENTS, 24);
  const packedB = scratch() + TILE_BYTES + BLOCK_BYTES;
  for (let i = begin; i < end; i++) {
    const b = load<usize>(ARGUMENTS, 4) + <usize>(i * load<i32>(ARGUMENTS, 48));
    packColumns(b, load<i32>(ARGUMENTS, 40), load<i32>(ARGUMENTS, 36), N, K, packedB);
    const a = load<usize>(ARGUMENTS) + <usize>(i * load<i32>(ARGUMENTS, 44));
    const c = load<usize>(ARGUMENTS, 8) + (<usize>(i * M * N) << 2);
    rows(a, load<i32>(ARGUMENTS, 28), load<i32>(ARGUMENTS, 32), packedB, c, M, N, K);
  }
}

/** Some rows of C, all columns. `aRow` and `aStep` are in bytes. */
export function rows(a: usize, aRow: usize, aStep: usize, packedB: usize, c: usize, M: i32, N: i32, K: i32): void {
  const spare = scratch();
  const block = spare + TILE_BYTES;
  const stride = <usize>N << 2;
  for (let row = 0; row < M; row += BLOCK_ROWS) {
    const height = min(BLOCK_ROWS, M - row);
    for (let k = 0; k < K; k += DEPTH) {
      const depth = min(DEPTH, K - k);
      const add = k > 0;
      packRows(a + <usize>row * aRow + <usize>k * aStep, aRow, aStep, height, depth, block);
      for (let j = 0; j < N; j += COLUMNS) {
        const panel = packedB + (<usize>(j * K + k * COLUMNS) << 2);
        const width = min(COLUMNS, N - j);
        let to = c + <usize>row * stride + (<usize>j << 2);
        let from = block;
        for (let i = 0; i < height; i += ROWS) {
          const deep = min(ROWS, height - i);
          if (deep == ROWS && width == COLUMNS) tile(from, panel, depth, to, stride, add);
          else edgeTile(from, panel, depth, to, stride, add, deep, width, spare);
          from += <usize>(ROWS * depth) << 2;
          to += <usize>ROWS * stride;
        }
      }
    }
  }
}
