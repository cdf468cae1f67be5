import { fromHalves, toHalves } from "./float16";
import { headerLength, LENGTH_BYTES, METADATA, readHeader, type TensorPlace } from "./safetensors-header";

/** Numbers with a shape, in row-major order: what is stored. */
export interface StoredTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface Safetensors {
  readonly tensors: Map<string, StoredTensor>;
  /** Notes beside the tensors; the format allows texts only. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How numbers are written: in 32 bits, or in 16 of one kind or the other (lib/checkpoint/float16.ts). */
export type StoredType = "F32" | "F16" | "BF16";

/**
 * A file in the safetensors format (Hugging Face): the header's length as a little-endian 64-bit integer, the header
 * as JSON (`name -> { dtype, shape, data_offsets }`, offsets from the header's end), then the tensors' bytes without gaps.
 * In 16 bits the file is half as long, and every number keeps about three digits (F16) or two (BF16).
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors, dtype: StoredType = "F32"): Uint8Array {
  const header: Record<string, unknown> = { [METADATA]: metadata };
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (data.length !== size)
      throw new Error(`encodeSafetensors: expected ${size} values for ${name} [${shape}], got ${data.length}`);
    const part = bytesOf(name, data, dtype);
    header[name] = { dtype, shape, data_offsets: [end, end + part.length] };
    end += part.length;
    parts.push(part);
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const paddedLength = Math.ceil(json.length / 8) * 8; // spaces at its end align the tensors to 8 bytes
  const bytes = new Uint8Array(LENGTH_BYTES + paddedLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(paddedLength), true);
  bytes.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + paddedLength);
  bytes.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + paddedLength;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Reads what `encodeSafetensors` wrote, or any safetensors file of floats in 32 or 16 bits. The tensors are copies. */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const where = "decodeSafetensors";
  const length = headerLength(where, bytes.subarray(0, LENGTH_BYTES), bytes.length);
  const json = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
  const { places, metadata, start } = readHeader(where, json, bytes.length);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, place] of places) {
    const part = new Uint8Array(place.end - place.begin);
    part.set(bytes.subarray(start + place.begin, start + place.end)); // not slice: a Node Buffer's copies nothing
    tensors.set(name, { shape: place.shape, data: toFloats(where, name, place, part) });
  }
  return { tensors, metadata };
}

/** A tensor's bytes, which begin at the start of their buffer, as floats. */
export function toFloats(where: string, name: string, { dtype }: TensorPlace, bytes: Uint8Array): Float32Array {
  const { buffer, byteOffset, length } = bytes;
  if (dtype === "F32") return new Float32Array(buffer, byteOffset, length / 4);
  if (dtype === "F16" || dtype === "BF16") return fromHalves(new Uint16Array(buffer, byteOffset, length / 2), dtype);
  throw new Error(`${where}: expected ${name} to be F32, F16 or BF16, got ${dtype}`);
}

function bytesOf(name: string, data: Float32Array, dtype: StoredType): Uint8Array {
  if (dtype === "F32") return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const halves = toHalves(data, dtype);
  const infinite = dtype === "F16" ? 0x7c00 : 0x7f80;
  const lost = halves.findIndex((half, i) => (half & 0x7fff) === infinite && Number.isFinite(data[i]));
  if (lost >= 0)
    throw new Error(
      `encodeSafetensors: expected ${name} to fit into ${dtype}, got ${data[lost]}; write it as ${dtype === "F16" ? "BF16 or F32" : "F32"}`,
    );
  return new Uint8Array(halves.buffer);
}
