/** Where a tensor stands in a safetensors file, and how its numbers are written. */
export interface TensorPlace {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Offsets from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly places: ReadonlyMap<string, TensorPlace>;
  /** Notes beside the tensors; the format allows texts only. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the tensors' bytes start in the file. */
  readonly start: number;
}

/** The header's length comes first, in this many bytes. */
export const LENGTH_BYTES = 8;
export const METADATA = "__metadata__";
/** No header of a real model is longer; the reference implementation refuses it, too. */
const LONGEST_HEADER = 100_000_000;

/** Bytes a number: what the format knows (F8 in all its spellings, and complex numbers, are not for us to read). */
const SIZES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  I64: 8,
  U64: 8,
  F64: 8,
  C64: 8,
};

/** The length of the header, from a file's first 8 bytes. */
export function headerLength(where: string, first: Uint8Array, fileSize: number): number {
  if (first.length < LENGTH_BYTES)
    throw new Error(`${where}: expected at least ${LENGTH_BYTES} bytes, got ${first.length}`);
  const length = Number(new DataView(first.buffer, first.byteOffset).getBigUint64(0, true));
  if (LENGTH_BYTES + length > fileSize)
    throw new Error(
      `${where}: expected a header of ${length} bytes, got ${fileSize - LENGTH_BYTES} bytes in all; not safetensors, or cut off`,
    );
  if (length > LONGEST_HEADER)
    throw new Error(`${where}: expected a header of at most ${LONGEST_HEADER} bytes, got ${length}; not safetensors`);
  return length;
}

/**
 * Reads a header, `name -> { dtype, shape, data_offsets }` as JSON, and holds it to the format: every tensor has the bytes
 * that its shape needs, no two share any, and together they fill the file.
 */
export function readHeader(where: string, bytes: Uint8Array, fileSize: number): SafetensorsHeader {
  const start = LENGTH_BYTES + bytes.length;
  const header = parseHeader(where, bytes);
  const places = new Map<string, TensorPlace>();
  for (const [name, entry] of Object.entries(header))
    if (name !== METADATA) places.set(name, readPlace(where, name, entry));
  expectWhole(where, places, fileSize - start, start);
  return { places, metadata: readMetadata(where, header[METADATA] ?? {}), start };
}

function parseHeader(where: string, bytes: Uint8Array): Record<string, unknown> {
  const json = new TextDecoder().decode(bytes);
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch {
    throw new Error(`${where}: expected a JSON header, got ${JSON.stringify(json.slice(0, 40))}`);
  }
  if (typeof header !== "object" || header === null || Array.isArray(header))
    throw new Error(`${where}: expected a header that names tensors, got ${json.slice(0, 40)}`);
  return header as Record<string, unknown>;
}

function readMetadata(where: string, metadata: unknown): Record<string, string> {
  const texts = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  if (!texts || Object.values(metadata).some((value) => typeof value !== "string"))
    throw new Error(`${where}: expected texts in ${METADATA}, got ${JSON.stringify(metadata).slice(0, 60)}`);
  return metadata as Record<string, string>;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function readPlace(where: string, name: string, entry: unknown): TensorPlace {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const bytes = typeof dtype === "string" && Object.hasOwn(SIZES, dtype) ? SIZES[dtype] : undefined;
  if (bytes === undefined)
    throw new Error(
      `${where}: expected ${name} to have a known dtype (F32, F16, BF16, …), got ${JSON.stringify(dtype)}`,
    );
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw new Error(`${where}: expected ${name} to have a shape of whole numbers, got ${JSON.stringify(shape)}`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount) || offsets[0]! > offsets[1]!)
    throw new Error(
      `${where}: expected ${name} to have data_offsets [begin, end], got ${JSON.stringify(offsets) ?? "none"}`,
    );
  const [begin, end] = offsets as [number, number];
  const size = bytes * shape.reduce((a: number, b: number) => a * b, 1);
  if (end - begin !== size)
    throw new Error(`${where}: expected ${size} bytes for ${name} [${shape}], got ${end - begin}`);
  return { dtype: dtype as string, shape: shape as number[], begin, end };
}

/** No byte belongs to two tensors, and none to no tensor: else the file was cut, or something hides in it. */
function expectWhole(where: string, places: ReadonlyMap<string, TensorPlace>, size: number, start: number): void {
  let before = { name: "the header", end: 0 };
  const inOrder = [...places].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  for (const [name, { begin, end }] of inOrder) {
    if (end > size)
      throw new Error(
        `${where}: expected at least ${start + end} bytes because of ${name}, got ${start + size}; the file is cut off`,
      );
    if (begin < before.end)
      throw new Error(
        `${where}: expected tensors that share no bytes, got ${name} from byte ${begin} although ${before.name} ends at ${before.end}`,
      );
    if (begin > before.end)
      throw new Error(
        `${where}: expected ${name} to start where ${before.name} ends, at byte ${before.end}, got ${begin}`,
      );
    before = { name, end };
  }
  if (before.end !== size)
    throw new Error(
      `${where}: expected the file to end after ${before.name}, at byte ${start + before.end}, got ${start + size} bytes`,
    );
}
