import type { Random } from "../random";

/*
 * Pictures as sequences of symbols: a codebook of typical patches, and for each patch of a picture the number of the entry
 * that is most like it. DALL-E (Ramesh et al. 2021, section 2.1) learns its codebook with an autoencoder; here k-means does
 * (Lloyd 1982), which is vector quantization at its plainest.
 */

/** Typical patches, each laid out row by row. */
export interface Codebook {
  /** How many entries there are: the picture's vocabulary. */
  readonly count: number;
  /** A patch's side in pixels. */
  readonly patchSize: number;
  /** `[count, patchSize * patchSize]`, flat. */
  readonly entries: Float32Array;
}

export interface LearnCodebookOptions {
  readonly count: number;
  readonly patchSize: number;
  readonly random: Random;
  /** How often patches are assigned and entries moved. Default: 12. */
  readonly rounds?: number;
}

/**
 * A codebook from patches `[N, patchSize * patchSize]`, flat. In each round every patch joins its nearest entry, and every
 * entry moves to the mean of its patches; one that nobody joined moves to a patch drawn at random.
 */
export function learnCodebook(
  patches: Float32Array,
  { count, patchSize, random, rounds = 12 }: LearnCodebookOptions,
): Codebook {
  const size = patchSize * patchSize;
  const N = patches.length / size;
  if (!Number.isInteger(N) || N < count)
    throw new Error(`learnCodebook: expected at least ${count} patches of ${size} pixels, got ${N}`);
  const entries = new Float32Array(count * size);
  const copy = (entry: number, patch: number) =>
    entries.set(patches.subarray(patch * size, (patch + 1) * size), entry * size);
  const order = random.shuffle(Array.from({ length: N }, (_, i) => i));
  for (let entry = 0; entry < count; entry++) copy(entry, order[entry]!);
  const codebook = { count, patchSize, entries };
  for (let round = 0; round < rounds; round++) {
    const sums = new Float64Array(count * size);
    const members = new Int32Array(count);
    for (let patch = 0; patch < N; patch++) {
      const entry = nearest(codebook, patches, patch * size);
      members[entry]!++;
      for (let i = 0; i < size; i++) sums[entry * size + i]! += patches[patch * size + i]!;
    }
    for (let entry = 0; entry < count; entry++) {
      if (members[entry] === 0) copy(entry, random.integer(N));
      else for (let i = 0; i < size; i++) entries[entry * size + i] = sums[entry * size + i]! / members[entry]!;
    }
  }
  return codebook;
}

/** The codes of square grey images, `[B, side * side]` flat -> `[B, N]` flat, patch by patch from the top left. */
export function encodeImages(codebook: Codebook, images: Float32Array, side: number): Int32Array {
  const cut = flatPatches(images, side, codebook.patchSize);
  const size = codebook.patchSize ** 2;
  return Int32Array.from({ length: cut.length / size }, (_, patch) => nearest(codebook, cut, patch * size));
}

/** The image `[side * side]` that one image's codes stand for. */
export function decodeImage(
  { count, patchSize, entries }: Codebook,
  codes: ArrayLike<number>,
  side: number,
): Float32Array {
  const across = side / patchSize;
  if (codes.length !== across * across)
    throw new Error(`decodeImage: expected ${across * across} codes, got ${codes.length}`);
  const image = new Float32Array(side * side);
  for (let patch = 0; patch < codes.length; patch++) {
    const code = codes[patch]!;
    if (!(code >= 0 && code < count)) throw new Error(`decodeImage: expected codes below ${count}, got ${code}`);
    for (let y = 0; y < patchSize; y++) {
      const from = code * patchSize * patchSize + y * patchSize;
      const to = (Math.floor(patch / across) * patchSize + y) * side + (patch % across) * patchSize;
      image.set(entries.subarray(from, from + patchSize), to);
    }
  }
  return image;
}

/** The patches of square grey images, one after the other: `[B, side * side]` -> `[B * N, patchSize * patchSize]`, both flat. */
export function flatPatches(images: Float32Array, side: number, patchSize: number): Float32Array {
  const across = side / patchSize;
  const pixels = side * side;
  if (!Number.isInteger(across) || images.length % pixels !== 0)
    throw new Error(
      `flatPatches: expected images of ${side} × ${side} and a patchSize that divides ${side}, got ${images.length} pixels and ${patchSize}`,
    );
  const cut = new Float32Array(images.length);
  let to = 0;
  for (let start = 0; start < images.length; start += pixels)
    for (let down = 0; down < across; down++)
      for (let right = 0; right < across; right++)
        for (let y = 0; y < patchSize; y++) {
          const from = start + (down * patchSize + y) * side + right * patchSize;
          cut.set(images.subarray(from, from + patchSize), to);
          to += patchSize;
        }
  return cut;
}

/** The entry with the smallest squared distance to the patch that begins at `start`. */
function nearest({ count, patchSize, entries }: Codebook, patches: Float32Array, start: number): number {
  const size = patchSize * patchSize;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let entry = 0; entry < count; entry++) {
    let distance = 0;
    for (let i = 0; i < size && distance < least; i++) {
      const difference = patches[start + i]! - entries[entry * size + i]!;
      distance += difference * difference;
    }
    if (distance < least) {
      least = distance;
      best = entry;
    }
  }
  return best;
}
