/*
 * Numbers in 16 bits, as weights are stored to halve a file. Both kinds have a sign, an exponent and a fraction:
 *
 *   F16   (IEEE 754 half)   1 + 5 + 10 bits: three digits, up to 65,504
 *   BF16  (bfloat16)        1 + 8 + 7 bits:  two digits, as large as 32-bit floats: simply their first half
 *
 * Writing rounds to the nearest number that can be stored, and halfway cases to the one whose last bit is 0.
 */

export type HalfKind = "F16" | "BF16";

/** `bits` as 32-bit floats: exact. */
export function fromHalves(bits: Uint16Array, kind: HalfKind): Float32Array {
  const floats = new Float32Array(bits.length);
  if (kind === "BF16") {
    const words = new Uint32Array(floats.buffer);
    for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  } else for (let i = 0; i < bits.length; i++) floats[i] = fromHalf(bits[i]!);
  return floats;
}

/** `floats` in 16 bits each. A number too large for the kind becomes infinite, as in IEEE 754. */
export function toHalves(floats: Float32Array, kind: HalfKind): Uint16Array {
  const convert = kind === "F16" ? toHalf : toBrain;
  const halves = new Uint16Array(floats.length);
  const single = new Float32Array(1);
  const word = new Uint32Array(single.buffer);
  for (let i = 0; i < floats.length; i++) {
    single[0] = floats[i]!;
    halves[i] = convert(word[0]!, single[0]);
  }
  return halves;
}

/** `sign · 2^(exponent - 25)` for each of the 64 combinations of sign and exponent. */
const SCALES = Float64Array.from({ length: 64 }, (_, i) => (i < 32 ? 1 : -1) * 2 ** ((i & 31) - 25));

function fromHalf(half: number): number {
  const scale = SCALES[half >>> 10]!;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction > 0 ? Number.NaN : Math.sign(scale) * Number.POSITIVE_INFINITY;
  // The smallest exponent has no leading 1: its numbers go on evenly down to 0.
  return exponent === 0 ? 2 * fraction * scale : (1024 + fraction) * scale;
}

const SIGN = 0x8000;
const INFINITE = 0x7f80_0000;

function toHalf(word: number, value: number): number {
  const sign = (word >>> 16) & SIGN;
  const size = word & 0x7fff_ffff;
  if (size > INFINITE) return sign | 0x7e00; // not a number
  if (size >= 0x477f_f000) return sign | 0x7c00; // from 65,520 on: infinite
  if (size < 0x3880_0000) return sign | roundToEven(Math.abs(value) * 2 ** 24); // below 2^-14: without a leading 1
  const rounded = size + 0xfff + ((size >>> 13) & 1);
  return sign | ((rounded - 0x3800_0000) >>> 13); // the exponent counts from 15, not from 127
}

function toBrain(word: number): number {
  if ((word & 0x7fff_ffff) > INFINITE) return (word >>> 16) | 0x40; // stays "not a number" whatever bits are cut off
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
