/**
 * Transposes four rows of four numbers in registers: row i's number j goes to place i of row j.
 * `rowBytes` lie between the source's rows, `stepBytes` between the destination's.
 */
@inline
export function turnFour(source: usize, rowBytes: usize, to: usize, stepBytes: usize): void {
  const row0 = v128.load(source);
  const row1 = v128.load(source + rowBytes);
  const row2 = v128.load(source + 2 * rowBytes);
  const row3 = v128.load(source + 3 * rowBytes);
  const low01 = v128.shuffle<f32>(row0, row1, 0, 4, 1, 5);
  const low23 = v128.shuffle<f32>(row2, row3, 0, 4, 1, 5);
  const high01 = v128.shuffle<f32>(row0, row1, 2, 6, 3, 7);
  const high23 = v128.shuffle<f32>(row2, row3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
  v128.store(to + stepBytes, v128.shuffle<f64>(low01, low23, 1, 3));
  v128.store(to + 2 * stepBytes, v128.shuffle<f64>(high01, high23, 0, 2));
  v128.store(to + 3 * stepBytes, v128.shuffle<f64>(high01, high23, 1, 3));
}

/** Two rows of four numbers become four rows of two. */
@inline
export function turnTwo(source: usize, rowBytes: usize, to: usize, stepBytes: usize): void {
  const row0 = v128.load(source);
  const row1 = v128.load(source + rowBytes);
  const low = v128.shuffle<f32>(row0, row1, 0, 4, 1, 5);
  const high = v128.shuffle<f32>(row0, row1, 2, 6, 3, 7);
  v128.store_lane<i64>(to, low, 0);
  v128.store_lane<i64>(to + stepBytes, low, 1);
  v128.store_lane<i64>(to + 2 * stepBytes, high, 0);
  v128.store_lane<i64>(to + 3 * stepBytes, high, 1);
}
