import { ARGUMENTS, parallel } from "./team";
import { turnFour } from "./turn";

/*
 * Everything that only moves numbers is one copy between two strided boxes: a slice, a join, padding, tiling (a source
 * stride of 0), reversal (a negative one), transposition. The caller has joined neighbouring dimensions that move
 * alike in both boxes; all dimensions but the last form an odometer, the last one is a row.
 *
 * In a transposition the source's rows run along another dimension. Then four rows by four columns are turned in
 * registers at a time, so that both sides are read and written in whole pieces.
 */

/** Arguments: 0 source, 4 destination, 8 rank, 12 bytes per entry (4 or 1), 16 the dimension along which the source's rows run. */
const SIZES: usize = ARGUMENTS + 64;
const FROM: usize = ARGUMENTS + 128;
const TO: usize = ARGUMENTS + 192;
const GRAIN: i32 = 16384;

/** Sizes and strides (in entries) have been written to `broadcastSizes()` and 64 and 128 bytes after it. `rank` is at least 1. */
export function copy(source: usize, destination: usize, rank: i32, bytes: i32): void {
  store<usize>(ARGUMENTS, source);
  store<usize>(ARGUMENTS, destination, 4);
  store<i32>(ARGUMENTS, rank, 8);
  store<i32>(ARGUMENTS, bytes, 12);
  const last = rank - 1;
  const n = at(SIZES, last);
  let along = -1;
  if (bytes == 4 && at(TO, last) == 1 && at(FROM, last) != 1 && n >= 4) {
    for (let d = 0; d < last; d++) if (at(FROM, d) == 1 && at(SIZES, d) >= 4) along = d;
  }
  let rows = 1;
  for (let d = 0; d < last; d++) rows *= at(SIZES, d);
  if (along < 0) {
    parallel(copyRows, rows, max(1, GRAIN / max(1, n)));
    return;
  }
  // The dimension along which the source's rows run moves next to the last one.
  const size = at(SIZES, along);
  const from = at(FROM, along);
  const to = at(TO, along);
  for (let d = along; d < last - 1; d++) {
    set(SIZES, d, at(SIZES, d + 1));
    set(FROM, d, at(FROM, d + 1));
    set(TO, d, at(TO, d + 1));
  }
  set(SIZES, last - 1, size);
  set(FROM, last - 1, from);
  set(TO, last - 1, to);
  const groups = (size + 3) / 4;
  parallel(turnRows, (rows / size) * groups, max(1, GRAIN / (4 * n)));
}

@inline
function at(list: usize, d: i32): i32 {
  return load<i32>(list + (<usize>d << 2));
}

@inline
function set(list: usize, d: i32, value: i32): void {
  store<i32>(list + (<usize>d << 2), value);
}

/** Where a row begins, from its number, in the list of strides `FROM` or `TO`; dimensions `0` to `rank - 1`. */
@inline
function offset(strides: usize, rank: i32, row: i32): i32 {
  let sum = 0;
  for (let d = rank - 1; d >= 0; d--) {
    const size = at(SIZES, d);
    sum += (row % size) * at(strides, d);
    row /= size;
  }
  return sum;
}

function copyRows(begin: i32, end: i32): void {
  const last = load<i32>(ARGUMENTS, 8) - 1;
  const bytes = load<i32>(ARGUMENTS, 12);
  const n = at(SIZES, last);
  const from = at(FROM, last);
  const to = at(TO, last);
  const previous = last - 1;
  const run = previous >= 0 ? at(SIZES, previous) : 1;
  const fromRun = previous >= 0 ? at(FROM, previous) * bytes : 0;
  const toRun = previous >= 0 ? at(TO, previous) * bytes : 0;
  while (begin < end) {
    let source = load<usize>(ARGUMENTS) + <usize>(offset(FROM, last, begin) * bytes);
    let destination = load<usize>(ARGUMENTS, 4) + <usize>(offset(TO, last, begin) * bytes);
    for (let left = min(run - (begin % run), end - begin); left > 0; left--) {
      if (bytes == 4) copyRow(source, destination, n, from, to);
      else copyBytes(source, destination, n, from, to);
      source += fromRun;
      destination += toRun;
      begin++;
    }
  }
}

@inline
function copyRow(source: usize, destination: usize, n: i32, from: i32, to: i32): void {
  if (to == 1 && from == 1) {
    for (; n >= 4; n -= 4) {
      v128.store(destination, v128.load(source));
      source += 16;
      destination += 16;
    }
  } else if (to == 1 && from == 0) {
    const value = v128.load_splat<f32>(source);
    for (; n >= 4; n -= 4) {
      v128.store(destination, value);
      destination += 16;
    }
  }
  const fromBytes = from << 2;
  const toBytes = to << 2;
  for (; n > 0; n--) {
    store<u32>(destination, load<u32>(source));
    source += fromBytes;
    destination += toBytes;
  }
}

@inline
function copyBytes(source: usize, destination: usize, n: i32, from: i32, to: i32): void {
  if (to == 1 && from == 1) {
    for (; n >= 16; n -= 16) {
      v128.store(destination, v128.load(source));
      source += 16;
      destination += 16;
    }
  } else if (to == 1 && from == 0) {
    const value = v128.load_splat<u8>(source);
    for (; n >= 16; n -= 16) {
      v128.store(destination, value);
      destination += 16;
    }
  }
  for (; n > 0; n--) {
    store<u8>(destination, load<u8>(source));
    source += from;
    destination += to;
  }
}

/** Groups of four destination rows, which are four neighbouring columns of the source. */
function turnRows(begin: i32, end: i32): void {
  const last = load<i32>(ARGUMENTS, 8) - 1;
  const n = at(SIZES, last);
  const rows = at(SIZES, last - 1);
  const groups = (rows + 3) / 4;
  const fromBytes = <usize>at(FROM, last) << 2;
  const toBytes = <usize>at(TO, last - 1) << 2;
  for (; begin < end; begin++) {
    const outer = begin / groups;
    const first = (begin % groups) * 4;
    let source = load<usize>(ARGUMENTS) + (<usize>(offset(FROM, last - 1, outer) + first) << 2);
    let destination = load<usize>(ARGUMENTS, 4) + (<usize>offset(TO, last - 1, outer) << 2) + <usize>first * toBytes;
    let left = n;
    if (rows - first >= 4) {
      for (; left >= 4; left -= 4) {
        turnFour(source, fromBytes, destination, toBytes);
        source += 4 * fromBytes;
        destination += 16;
      }
    }
    const wide = min(4, rows - first);
    for (; left > 0; left--) {
      for (let i = 0; i < wide; i++) store<u32>(destination + <usize>i * toBytes, load<u32>(source + (<usize>i << 2)));
      source += fromBytes;
      destination += 4;
    }
  }
}
