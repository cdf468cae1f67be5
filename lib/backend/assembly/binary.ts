import { geluSlope, geluTanhSlope } from "./gelu";
import { choose, loadSome, storeSome } from "./lanes";
import { Binary, BinaryInt, Compare } from "./operations";
import { ARGUMENTS, parallel } from "./team";

/*
 * c = f(a, b), entry by entry, with broadcasting. The caller has joined neighbouring dimensions that move alike, so that
 * the last one is a row that each operand walks along (step 1) or stands still on (step 0). The dimensions above are
 * an odometer: sizes and both operands' strides, up to `MOST` of them.
 */

/** Where the arguments stand: 0 a, 4 b, 8 c, 12 operation, 16 row length, 20 a's step, 24 b's step, 28 rank, 32 row function, */
/** 36 bytes per entry of a and b, 40 of c; then sizes, a's strides and b's strides in entries. */
const SIZES: usize = ARGUMENTS + 64;
const A_STRIDES: usize = ARGUMENTS + 128;
const B_STRIDES: usize = ARGUMENTS + 192;
const MOST: i32 = 8;
const GRAIN: i32 = 16384;

type Row = (operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32) => void;

/** Where JavaScript writes the sizes; a's and b's strides follow after 64 bytes each. */
export function broadcastSizes(): usize {
  return SIZES;
}

export function binaryFloat(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32, rank: i32): void {
  start(floats, operation, a, b, c, n, aStep, bStep, rank, 2, 2);
}

export function binaryInt(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32, rank: i32): void {
  start(ints, operation, a, b, c, n, aStep, bStep, rank, 2, 2);
}

export function compareFloat(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32, rank: i32): void {
  start(floatsToBools, operation, a, b, c, n, aStep, bStep, rank, 2, 0);
}

export function compareInt(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32, rank: i32): void {
  start(intsToBools, operation, a, b, c, n, aStep, bStep, rank, 2, 0);
}

export function compareBool(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32, rank: i32): void {
  start(bools, operation, a, b, c, n, aStep, bStep, rank, 0, 0);
}

function start(
  row: Row,
  operation: i32,
  a: usize,
  b: usize,
  c: usize,
  n: i32,
  aStep: i32,
  bStep: i32,
  rank: i32,
  shift: usize,
  outShift: usize,
): void {
  store<usize>(ARGUMENTS, a);
  store<usize>(ARGUMENTS, b, 4);
  store<usize>(ARGUMENTS, c, 8);
  store<i32>(ARGUMENTS, operation, 12);
  store<i32>(ARGUMENTS, n, 16);
  store<i32>(ARGUMENTS, aStep, 20);
  store<i32>(ARGUMENTS, bStep, 24);
  store<i32>(ARGUMENTS, rank, 28);
  store<usize>(ARGUMENTS, changetype<usize>(row), 32);
  store<usize>(ARGUMENTS, shift, 36);
  store<usize>(ARGUMENTS, outShift, 40);
  if (rank == 0) {
    parallel(oneRow, n, GRAIN);
    return;
  }
  let rows = 1;
  for (let i = 0; i < rank; i++) rows *= load<i32>(SIZES + (<usize>i << 2));
  parallel(manyRows, rows, max(1, GRAIN / max(1, n)));
}

function oneRow(begin: i32, end: i32): void {
  const shift = load<usize>(ARGUMENTS, 36);
  const aStep = load<i32>(ARGUMENTS, 20);
  const bStep = load<i32>(ARGUMENTS, 24);
  changetype<Row>(load<usize>(ARGUMENTS, 32))(
    load<i32>(ARGUMENTS, 12),
    load<usize>(ARGUMENTS) + (<usize>(begin * aStep) << shift),
    load<usize>(ARGUMENTS, 4) + (<usize>(begin * bStep) << shift),
    load<usize>(ARGUMENTS, 8) + (<usize>begin << load<usize>(ARGUMENTS, 40)),
    end - begin,
    aStep,
    bStep,
  );
}

/** Rows `begin` to `end`: runs along the last dimension of the odometer, whose others are worked out once a run. */
function manyRows(begin: i32, end: i32): void {
  const row = changetype<Row>(load<usize>(ARGUMENTS, 32));
  const operation = load<i32>(ARGUMENTS, 12);
  const n = load<i32>(ARGUMENTS, 16);
  const aStep = load<i32>(ARGUMENTS, 20);
  const bStep = load<i32>(ARGUMENTS, 24);
  const last = load<i32>(ARGUMENTS, 28) - 1;
  const shift = load<usize>(ARGUMENTS, 36);
  const outShift = load<usize>(ARGUMENTS, 40);
  const length = load<i32>(SIZES + (<usize>last << 2));
  const aStride = <usize>load<i32>(A_STRIDES + (<usize>last << 2)) << shift;
  const bStride = <usize>load<i32>(B_STRIDES + (<usize>last << 2)) << shift;
  const size = <usize>n << outShift;
  let c = load<usize>(ARGUMENTS, 8) + (<usize>(begin * n) << outShift);
  while (begin < end) {
    const place = begin % length;
    let rest = begin / length;
    let a = load<usize>(ARGUMENTS) + <usize>place * aStride;
    let b = load<usize>(ARGUMENTS, 4) + <usize>place * bStride;
    for (let d = last - 1; d >= 0; d--) {
      const at = <usize>d << 2;
      const many = load<i32>(SIZES + at);
      a += <usize>((rest % many) * load<i32>(A_STRIDES + at)) << shift;
      b += <usize>((rest % many) * load<i32>(B_STRIDES + at)) << shift;
      rest /= many;
    }
    for (let run = min(length - place, end - begin); run > 0; run--) {
      row(operation, a, b, c, n, aStep, bStep);
      a += aStride;
      b += bStride;
      c += size;
      begin++;
    }
  }
}

function floats(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32): void {
  switch (operation) {
    case Binary.ADD: return floatRow<Add>(a, b, c, n, aStep, bStep);
    case Binary.SUBTRACT: return floatRow<Subtract>(a, b, c, n, aStep, bStep);
    case Binary.MULTIPLY: return floatRow<Multiply>(a, b, c, n, aStep, bStep);
    case Binary.DIVIDE: return floatRow<Divide>(a, b, c, n, aStep, bStep);
    case Binary.MAXIMUM: return floatRow<Maximum>(a, b, c, n, aStep, bStep);
    case Binary.MINIMUM: return floatRow<Minimum>(a, b, c, n, aStep, bStep);
    case Binary.SQUARED_DIFFERENCE: return floatRow<SquaredDifference>(a, b, c, n, aStep, bStep);
    case Binary.PRELU: return floatRow<Prelu>(a, b, c, n, aStep, bStep);
    case Binary.ELU_GRADIENT: return floatRow<EluGradient>(a, b, c, n, aStep, bStep);
    case Binary.GELU_GRADIENT: return floatRow<GeluGradient>(a, b, c, n, aStep, bStep);
    case Binary.GELU_TANH_GRADIENT: return floatRow<GeluTanhGradient>(a, b, c, n, aStep, bStep);
    default: unreachable();
  }
}

@inline
function floatRow<Operation>(a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32): void {
  const operation = changetype<Operation>(0);
  if (aStep == 1 && bStep == 1) {
    for (; n >= 4; n -= 4) {
      v128.store(c, operation.apply(v128.load(a), v128.load(b)));
      a += 16;
      b += 16;
      c += 16;
    }
    if (n > 0) storeSome(c, operation.apply(loadSome(a, n), loadSome(b, n)), n);
  } else if (aStep == 1) {
    const still = v128.load_splat<f32>(b);
    for (; n >= 4; n -= 4) {
      v128.store(c, operation.apply(v128.load(a), still));
      a += 16;
      c += 16;
    }
    if (n > 0) storeSome(c, operation.apply(loadSome(a, n), still), n);
  } else {
    const still = v128.load_splat<f32>(a);
    for (; n >= 4; n -= 4) {
      v128.store(c, operation.apply(still, v128.load(b)));
      b += 16;
      c += 16;
    }
    if (n > 0) storeSome(c, operation.apply(still, loadSome(b, n)), n);
  }
}

@unmanaged class Add { @inline apply(a: v128, b: v128): v128 { return f32x4.add(a, b); } }
@unmanaged class Subtract { @inline apply(a: v128, b: v128): v128 { return f32x4.sub(a, b); } }
@unmanaged class Multiply { @inline apply(a: v128, b: v128): v128 { return f32x4.mul(a, b); } }
@unmanaged class Divide { @inline apply(a: v128, b: v128): v128 { return f32x4.div(a, b); } }
@unmanaged class Maximum { @inline apply(a: v128, b: v128): v128 { return f32x4.max(a, b); } }
@unmanaged class Minimum { @inline apply(a: v128, b: v128): v128 { return f32x4.min(a, b); } }
@unmanaged class SquaredDifference { @inline apply(a: v128, b: v128): v128 { return square(f32x4.sub(a, b)); } }
@unmanaged class Prelu { @inline apply(a: v128, b: v128): v128 { return choose(f32x4.lt(a, f32x4.splat(0)), f32x4.mul(a, b), a); } }
@unmanaged class EluGradient { @inline apply(a: v128, b: v128): v128 { return eluGradient(a, b); } }
@unmanaged class GeluGradient { @inline apply(a: v128, b: v128): v128 { return f32x4.mul(a, geluSlope(b)); } }
@unmanaged class GeluTanhGradient { @inline apply(a: v128, b: v128): v128 { return f32x4.mul(a, geluTanhSlope(b)); } }

@inline
function square(x: v128): v128 {
  return f32x4.mul(x, x);
}

/** a is the gradient of ELU's output b, and `e^x = b + 1` where x < 0. */
@inline
function eluGradient(a: v128, b: v128): v128 {
  return choose(f32x4.ge(b, f32x4.splat(0)), a, f32x4.mul(a, f32x4.add(b, f32x4.splat(1))));
}

function ints(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32): void {
  const aBytes = <usize>aStep << 2;
  const bBytes = <usize>bStep << 2;
  for (; n > 0; n--) {
    const x = load<i32>(a);
    const y = load<i32>(b);
    let z = 0;
    if (operation == BinaryInt.ADD) z = x + y;
    else if (operation == BinaryInt.SUBTRACT) z = x - y;
    else if (operation == BinaryInt.MULTIPLY) z = x * y;
    else if (operation == BinaryInt.MAXIMUM) z = max(x, y);
    else if (operation == BinaryInt.MINIMUM) z = min(x, y);
    store<i32>(c, z);
    a += aBytes;
    b += bBytes;
    c += 4;
  }
}

function floatsToBools(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32): void {
  const aBytes = <usize>aStep << 2;
  const bBytes = <usize>bStep << 2;
  for (; n > 0; n--) {
    store<u8>(c, <u8>compare<f32>(operation, load<f32>(a), load<f32>(b)));
    a += aBytes;
    b += bBytes;
    c += 1;
  }
}

function intsToBools(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32): void {
  const aBytes = <usize>aStep << 2;
  const bBytes = <usize>bStep << 2;
  for (; n > 0; n--) {
    store<u8>(c, <u8>compare<i32>(operation, load<i32>(a), load<i32>(b)));
    a += aBytes;
    b += bBytes;
    c += 1;
  }
}

function bools(operation: i32, a: usize, b: usize, c: usize, n: i32, aStep: i32, bStep: i32): void {
  for (; n > 0; n--) {
    const x = load<u8>(a);
    const y = load<u8>(b);
    let z: i32 = 0;
    if (operation == Compare.AND) z = x & y;
    else if (operation == Compare.OR) z = x | y;
    else if (operation == Compare.XOR) z = x ^ y;
    else z = compare<i32>(operation, x, y);
    store<u8>(c, <u8>z);
    a += aStep;
    b += bStep;
    c += 1;
  }
}

@inline
function compare<T extends number>(operation: i32, x: T, y: T): i32 {
  if (operation == Compare.EQUAL) return i32(x == y);
  if (operation == Compare.NOT_EQUAL) return i32(x != y);
  if (operation == Compare.LESS) return i32(x < y);
  if (operation == Compare.LESS_EQUAL) return i32(x <= y);
  if (operation == Compare.GREATER) return i32(x > y);
  return i32(x >= y);
}
