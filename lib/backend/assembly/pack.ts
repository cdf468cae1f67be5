import { turnFour, turnTwo } from "./turn";

/*
 * Packing copies a matrix into the order in which the product's inner loop reads it: panels of 6 rows of A (or of
 * 8 columns of B), and inside a panel all values of step k before those of step k + 1. Reading then runs through memory
 * in one line, whatever the strides were, and the last panel is filled up with zeros.
 *
 *     A [M, K]      panel p of 6 rows:     A[6p, 0] A[6p+1, 0] … A[6p+5, 0]  A[6p, 1] …
 *     B [K, N]      panel p of 8 columns:  B[0, 8p] B[0, 8p+1] … B[0, 8p+7]  B[1, 8p] …
 *
 * Both are one operation on "lines" (rows of A, columns of B). Either a line is one piece of memory (A as it is,
 * B transposed): four steps of four lines are turned in registers. Or the lines lie side by side (A transposed,
 * B as it is): each step is a copy.
 */

/** Rows of A in a panel. */
export const ROWS: i32 = 6;
/** Columns of B in a panel. */
export const COLUMNS: i32 = 8;

/** Packs `lines` lines of `steps` steps. Strides are in bytes; one of them is 4. */
export function packRows(from: usize, lineStride: usize, stepStride: usize, lines: i32, steps: i32, to: usize): void {
  pack(ROWS, from, lineStride, stepStride, lines, steps, to);
}

export function packColumns(from: usize, lineStride: usize, stepStride: usize, lines: i32, steps: i32, to: usize): void {
  pack(COLUMNS, from, lineStride, stepStride, lines, steps, to);
}

@inline
function pack(width: i32, from: usize, lineStride: usize, stepStride: usize, lines: i32, steps: i32, to: usize): void {
  let line = 0;
  for (; line + width <= lines; line += width) {
    const source = from + <usize>line * lineStride;
    if (lineStride == 4) copySteps(width, source, stepStride, steps, to);
    else turnLines(width, source, lineStride, steps, to);
    to += <usize>(steps * width) << 2;
  }
  if (line < lines) packRest(width, from + <usize>line * lineStride, lineStride, stepStride, lines - line, steps, to);
}

@inline
function copySteps(width: i32, source: usize, stepStride: usize, steps: i32, to: usize): void {
  for (let k = 0; k < steps; k++) {
    v128.store(to, v128.load(source));
    if (width == 8) v128.store(to, v128.load(source, 16), 16);
    else store<u64>(to, load<u64>(source, 16), 16);
    source += stepStride;
    to += <usize>width << 2;
  }
}

@inline
function turnLines(width: i32, source: usize, lineStride: usize, steps: i32, to: usize): void {
  let k = 0;
  for (; k + 4 <= steps; k += 4) {
    turnFour(source, lineStride, to, <usize>width << 2);
    if (width == 8) turnFour(source + 4 * lineStride, lineStride, to + 16, 32);
    else turnTwo(source + 4 * lineStride, lineStride, to + 16, 24);
    source += 16;
    to += <usize>width << 4;
  }
  for (; k < steps; k++) {
    for (let i = 0; i < width; i++) store<f32>(to + (<usize>i << 2), load<f32>(source + <usize>i * lineStride));
    source += 4;
    to += <usize>width << 2;
  }
}

/** The last panel, when fewer lines than its width are left. */
function packRest(width: i32, source: usize, lineStride: usize, stepStride: usize, lines: i32, steps: i32, to: usize): void {
  for (let k = 0; k < steps; k++) {
    let i = 0;
    for (; i < lines; i++) store<f32>(to + (<usize>i << 2), load<f32>(source + <usize>i * lineStride));
    for (; i < width; i++) store<f32>(to + (<usize>i << 2), 0);
    source += stepStride;
    to += <usize>width << 2;
  }
}
