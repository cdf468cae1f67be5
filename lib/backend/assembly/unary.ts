import { gelu, geluTanh } from "./gelu";
import { atLeast, atMost, choose, erf, exp, loadSome, log, log1p, sigmoid, storeSome, tanh } from "./lanes";
import { Unary } from "./operations";
import { ARGUMENTS, parallel } from "./team";

/*
 * y = f(x), entry by entry. Each operation is a class with one method, and `each<Operation>` writes out a loop for it
 * with nothing to decide inside. `first` and `second` are the parameters that some operations have.
 */

/** Entries of which a chunk has at least so many: below, a second thread does not pay. */
const GRAIN: i32 = 16384;

export function unary(operation: i32, x: usize, y: usize, n: i32, first: f32, second: f32): void {
  store<usize>(ARGUMENTS, x);
  store<usize>(ARGUMENTS, y, 4);
  store<i32>(ARGUMENTS, operation, 8);
  store<f32>(ARGUMENTS, first, 12);
  store<f32>(ARGUMENTS, second, 16);
  parallel(task, n, GRAIN);
}

function task(begin: i32, end: i32): void {
  switch (load<i32>(ARGUMENTS, 8)) {
    case Unary.NEGATE: return each<Negate>(begin, end);
    case Unary.ABS: return each<Abs>(begin, end);
    case Unary.SQUARE: return each<Square>(begin, end);
    case Unary.SQRT: return each<Sqrt>(begin, end);
    case Unary.RECIPROCAL_SQRT: return each<ReciprocalSqrt>(begin, end);
    case Unary.RECIPROCAL: return each<Reciprocal>(begin, end);
    case Unary.EXP: return each<Exp>(begin, end);
    case Unary.LOG: return each<Log>(begin, end);
    case Unary.LOG1P: return each<Log1p>(begin, end);
    case Unary.TANH: return each<Tanh>(begin, end);
    case Unary.SIGMOID: return each<Sigmoid>(begin, end);
    case Unary.SOFTPLUS: return each<Softplus>(begin, end);
    case Unary.ERF: return each<Erf>(begin, end);
    case Unary.RELU: return each<Relu>(begin, end);
    case Unary.RELU6: return each<Relu6>(begin, end);
    case Unary.LEAKY_RELU: return each<LeakyRelu>(begin, end);
    case Unary.ELU: return each<Elu>(begin, end);
    case Unary.SELU: return each<Selu>(begin, end);
    case Unary.STEP: return each<Step>(begin, end);
    case Unary.CLIP: return each<Clip>(begin, end);
    case Unary.SIGN: return each<Sign>(begin, end);
    case Unary.FLOOR: return each<Floor>(begin, end);
    case Unary.CEIL: return each<Ceil>(begin, end);
    case Unary.ROUND: return each<Round>(begin, end);
    case Unary.GELU: return each<Gelu>(begin, end);
    case Unary.GELU_TANH: return each<GeluTanh>(begin, end);
    default: unreachable();
  }
}

@inline
function each<Operation>(begin: i32, end: i32): void {
  const operation = changetype<Operation>(0);
  let x = load<usize>(ARGUMENTS) + (<usize>begin << 2);
  let y = load<usize>(ARGUMENTS, 4) + (<usize>begin << 2);
  const first = v128.load_splat<f32>(ARGUMENTS, 12);
  const second = v128.load_splat<f32>(ARGUMENTS, 16);
  let left = end - begin;
  for (; left >= 4; left -= 4) {
    v128.store(y, operation.apply(v128.load(x), first, second));
    x += 16;
    y += 16;
  }
  if (left > 0) storeSome(y, operation.apply(loadSome(x, left), first, second), left);
}

@unmanaged class Negate { @inline apply(x: v128, first: v128, second: v128): v128 { return f32x4.neg(x); } }
@unmanaged class Abs { @inline apply(x: v128, first: v128, second: v128): v128 { return f32x4.abs(x); } }
@unmanaged class Square { @inline apply(x: v128, first: v128, second: v128): v128 { return f32x4.mul(x, x); } }
@unmanaged class Sqrt { @inline apply(x: v128, first: v128, second: v128): v128 { return f32x4.sqrt(x); } }
@unmanaged class ReciprocalSqrt { @inline apply(x: v128, first: v128, second: v128): v128 { return f32x4.div(f32x4.splat(1), f32x4.sqrt(x)); } }
@unmanaged class Reciprocal { @inline apply(x: v128, first: v128, second: v128): v128 { return f32x4.div(f32x4.splat(1), x); } }
@unmanaged class Exp { @inline apply(x: v128, first: v128, second: v128): v128 { return exp(x); } }
@unmanaged class Log { @inline apply(x: v128, first: v128, second: v128): v128 { return log(x); } }
@unmanaged class Log1p { @inline apply(x: v128, first: v128, second: v128): v128 { return log1p(x); } }
@unmanaged class Tanh { @inline apply(x: v128, first: v128, second: v128): v128 { return tanh(x); } }
@unmanaged class Sigmoid { @inline apply(x: v128, first: v128, second: v128): v128 { return sigmoid(x); } }
@unmanaged class Softplus { @inline apply(x: v128, first: v128, second: v128): v128 { return softplus(x); } }
@unmanaged class Erf { @inline apply(x: v128, first: v128, second: v128): v128 { return erf(x); } }
@unmanaged class Relu { @inline apply(x: v128, first: v128, second: v128): v128 { return atLeast(x, f32x4.splat(0)); } }
@unmanaged class Relu6 { @inline apply(x: v128, first: v128, second: v128): v128 { return atMost(atLeast(x, f32x4.splat(0)), f32x4.splat(6)); } }
@unmanaged class LeakyRelu { @inline apply(x: v128, first: v128, second: v128): v128 { return choose(f32x4.lt(x, f32x4.splat(0)), f32x4.mul(x, first), x); } }
@unmanaged class Elu { @inline apply(x: v128, first: v128, second: v128): v128 { return elu(x); } }
@unmanaged class Selu { @inline apply(x: v128, first: v128, second: v128): v128 { return selu(x); } }
@unmanaged class Step { @inline apply(x: v128, first: v128, second: v128): v128 { return step(x, first); } }
@unmanaged class Clip { @inline apply(x: v128, first: v128, second: v128): v128 { return atMost(atLeast(x, first), second); } }
@unmanaged class Sign { @inline apply(x: v128, first: v128, second: v128): v128 { return sign(x); } }
@unmanaged class Floor { @inline apply(x: v128, first: v128, second: v128): v128 { return f32x4.floor(x); } }
@unmanaged class Ceil { @inline apply(x: v128, first: v128, second: v128): v128 { return f32x4.ceil(x); } }
@unmanaged class Round { @inline apply(x: v128, first: v128, second: v128): v128 { return f32x4.nearest(x); } }
@unmanaged class Gelu { @inline apply(x: v128, first: v128, second: v128): v128 { return gelu(x); } }
@unmanaged class GeluTanh { @inline apply(x: v128, first: v128, second: v128): v128 { return geluTanh(x); } }

/** `ln(1 + e^x)`, written so that nothing overflows. */
@inline
function softplus(x: v128): v128 {
  return f32x4.add(atLeast(x, f32x4.splat(0)), log1p(exp(f32x4.neg(f32x4.abs(x)))));
}

/** `x` or `e^x - 1` below 0 (Clevert et al. 2016). */
@inline
function elu(x: v128): v128 {
  return choose(f32x4.ge(x, f32x4.splat(0)), x, f32x4.sub(exp(x), f32x4.splat(1)));
}

/** ELU with the two constants that keep mean 0 and variance 1 (Klambauer et al. 2017). */
@inline
function selu(x: v128): v128 {
  const bent = f32x4.mul(f32x4.splat(1.7580993408473768), f32x4.sub(exp(x), f32x4.splat(1)));
  return choose(f32x4.ge(x, f32x4.splat(0)), f32x4.mul(f32x4.splat(1.0507009873554805), x), bent);
}

/** 1 above 0, `below` elsewhere. */
@inline
function step(x: v128, below: v128): v128 {
  const number = choose(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1), below);
  return choose(f32x4.eq(x, x), number, x);
}

@inline
function sign(x: v128): v128 {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  return f32x4.sub(v128.and(f32x4.gt(x, zero), one), v128.and(f32x4.lt(x, zero), one));
}
