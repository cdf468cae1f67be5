import { multiplyAdd } from "./lanes";

/**
 * The heart of the product: a tile of 6 rows and 8 columns of C, kept in twelve registers of four lanes while `depth`
 * steps run. Each step loads 8 numbers of B and 6 of A and does 48 multiplications and additions; two registers hold B
 * and one holds A's number in all lanes, so the sixteen registers of x64 are just enough (one belongs to the engine).
 *
 *     C[i, j] (+)= sum over k of A[k, i] B[k, j]            A in panels of 6, B in panels of 8, see pack.ts
 *
 * `c` is the tile's first number, `stride` the bytes from row to row; `add` says whether C already holds a part.
 */
export function tile(a: usize, b: usize, depth: i32, c: usize, stride: usize, add: bool): void {
  const row1 = c + stride;
  const row2 = row1 + stride;
  const row3 = row2 + stride;
  const row4 = row3 + stride;
  const row5 = row4 + stride;
  let c00 = f32x4.splat(0);
  let c01 = c00;
  let c10 = c00;
  let c11 = c00;
  let c20 = c00;
  let c21 = c00;
  let c30 = c00;
  let c31 = c00;
  let c40 = c00;
  let c41 = c00;
  let c50 = c00;
  let c51 = c00;
  const end = a + <usize>depth * 24;
  while (a < end) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<f32>(a);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load_splat<f32>(a, 4);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load_splat<f32>(a, 8);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load_splat<f32>(a, 12);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    x = v128.load_splat<f32>(a, 16);
    c40 = multiplyAdd(x, b0, c40);
    c41 = multiplyAdd(x, b1, c41);
    x = v128.load_splat<f32>(a, 20);
    c50 = multiplyAdd(x, b0, c50);
    c51 = multiplyAdd(x, b1, c51);
    a += 24;
    b += 32;
  }
  if (add) {
    c00 = f32x4.add(c00, v128.load(c));
    c01 = f32x4.add(c01, v128.load(c, 16));
    c10 = f32x4.add(c10, v128.load(row1));
    c11 = f32x4.add(c11, v128.load(row1, 16));
    c20 = f32x4.add(c20, v128.load(row2));
    c21 = f32x4.add(c21, v128.load(row2, 16));
    c30 = f32x4.add(c30, v128.load(row3));
    c31 = f32x4.add(c31, v128.load(row3, 16));
    c40 = f32x4.add(c40, v128.load(row4));
    c41 = f32x4.add(c41, v128.load(row4, 16));
    c50 = f32x4.add(c50, v128.load(row5));
    c51 = f32x4.add(c51, v128.load(row5, 16));
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(row1, c10);
  v128.store(row1, c11, 16);
  v128.store(row2, c20);
  v128.store(row2, c21, 16);
  v128.store(row3, c30);
  v128.store(row3, c31, 16);
  v128.store(row4, c40);
  v128.store(row4, c41, 16);
  v128.store(row5, c50);
  v128.store(row5, c51, 16);
}

/** A tile at the edge of C: computed beside it in `spare` (192 bytes), then the `rows` by `columns` that exist are copied. */
export function edgeTile(
  a: usize,
  b: usize,
  depth: i32,
  c: usize,
  stride: usize,
  add: bool,
  rows: i32,
  columns: i32,
  spare: usize,
): void {
  tile(a, b, depth, spare, 32, false);
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < <usize>columns; j++) {
      const value = load<f32>(spare + (j << 2));
      const to = c + (j << 2);
      store<f32>(to, add ? load<f32>(to) + value : value);
    }
    spare += 32;
    c += stride;
  }
}
