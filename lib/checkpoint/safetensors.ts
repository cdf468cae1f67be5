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

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [begin: number, end: number];
}

const lengthBytes = 8;
const metadataKey = "__metadata__";

/**
 * A file in the safetensors format (Hugging Face): the header's length as a little-endian 64-bit integer, the header
 * as JSON (`name -> { dtype, shape, data_offsets }`, offsets from the header's end), then the tensors' bytes without gaps.
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, HeaderEntry | Safetensors["metadata"]> = { [metadataKey]: metadata };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    const size = shape.reduce((a, b) => a * b, 1);
    if (data.length !== size)
      throw new Error(`encodeSafetensors: expected ${size} values for ${name} [${shape}], got ${data.length}`);
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const paddedLength = Math.ceil(json.length / 8) * 8; // spaces at its end align the tensors to 8 bytes
  const bytes = new Uint8Array(lengthBytes + paddedLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(paddedLength), true);
  bytes.fill(0x20, lengthBytes, lengthBytes + paddedLength);
  bytes.set(json, lengthBytes);
  let at = lengthBytes + paddedLength;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** Reads what `encodeSafetensors` wrote, or any safetensors file of 32-bit floats. The tensors are copies. */
export function decodeSafetensors(bytes: Uint8Array): Safetensors {
  const { header, start } = readHeader(bytes);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === metadataKey) continue;
    const { dtype, shape, data_offsets } = entry as HeaderEntry;
    if (dtype !== "F32") throw new Error(`decodeSafetensors: expected ${name} to be F32, got ${dtype}`);
    const [begin, end] = data_offsets;
    const size = 4 * shape.reduce((a, b) => a * b, 1);
    if (end - begin !== size)
      throw new Error(`decodeSafetensors: expected ${size} bytes for ${name} [${shape}], got ${end - begin}`);
    if (begin < 0 || start + end > bytes.length)
      throw new Error(
        `decodeSafetensors: expected at least ${start + end} bytes because of ${name}, got ${bytes.length}; the file is cut off`,
      );
    const data = new Float32Array(size / 4);
    new Uint8Array(data.buffer).set(bytes.subarray(start + begin, start + end)); // not slice: a Node Buffer's copies nothing
    tensors.set(name, { shape, data });
  }
  return { tensors, metadata: (header[metadataKey] ?? {}) as Safetensors["metadata"] };
}

function readHeader(bytes: Uint8Array) {
  if (bytes.length < lengthBytes)
    throw new Error(`decodeSafetensors: expected at least ${lengthBytes} bytes, got ${bytes.length}`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const start = lengthBytes + length;
  if (start > bytes.length)
    throw new Error(
      `decodeSafetensors: expected a header of ${length} bytes, got ${bytes.length - lengthBytes} bytes in all; not safetensors, or cut off`,
    );
  const json = new TextDecoder().decode(bytes.subarray(lengthBytes, start));
  try {
    return { header: JSON.parse(json) as Record<string, unknown>, start };
  } catch {
    throw new Error(`decodeSafetensors: expected a JSON header, got ${JSON.stringify(json.slice(0, 40))}`);
  }
}
