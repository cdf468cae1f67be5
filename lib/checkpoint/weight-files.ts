import * as fs from "node:fs";
import * as path from "node:path";
import { encodeSafetensors, type Safetensors, type StoredTensor, type StoredType, toFloats } from "./safetensors";
import { headerLength, LENGTH_BYTES, readHeader, type TensorPlace } from "./safetensors-header";

/** The tensors of a model on disk. Only headers are in memory: a tensor is read when it is asked for. */
export interface WeightFiles {
  /** What there is, by name. */
  readonly places: ReadonlyMap<string, Pick<TensorPlace, "dtype" | "shape">>;
  /** A tensor in memory of its own, or in `room`, if it fits: then it is gone when something else is read into it. */
  read(name: string, room?: ArrayBuffer): StoredTensor;
  close(): void;
}

export const WEIGHTS = "model.safetensors";
export const WEIGHT_INDEX = "model.safetensors.index.json";

/** Opens one safetensors file. Everything that its header claims is checked now. */
export function openSafetensors(file: string): WeightFiles {
  const where = `openSafetensors: ${path.basename(file)}`;
  const handle = fs.openSync(file, "r");
  try {
    const size = fs.fstatSync(handle).size;
    const length = headerLength(where, readBytes(handle, 0, Math.min(LENGTH_BYTES, size)), size);
    const { places, start } = readHeader(where, readBytes(handle, LENGTH_BYTES, length), size);
    return {
      places,
      read(name, room) {
        const place = places.get(name);
        if (!place) throw new Error(`${where}: expected a tensor of the file, got ${name}`);
        const bytes = readBytes(handle, start + place.begin, place.end - place.begin, room);
        return { shape: place.shape, data: toFloats(where, name, place, bytes) };
      },
      close: () => fs.closeSync(handle),
    };
  } catch (error) {
    fs.closeSync(handle);
    throw error;
  }
}

/** Opens a folder's `model.safetensors`, or the files that its index `model.safetensors.index.json` names. */
export function openWeights(folder: string): WeightFiles {
  if (fs.existsSync(path.join(folder, WEIGHTS))) return openSafetensors(path.join(folder, WEIGHTS));
  if (fs.existsSync(path.join(folder, WEIGHT_INDEX))) return openShards(folder);
  const found = fs.existsSync(folder) ? fs.readdirSync(folder).slice(0, 8).join(", ") || "an empty folder" : "none";
  throw new Error(`openWeights: expected ${WEIGHTS} or ${WEIGHT_INDEX} in ${folder}, got ${found}`);
}

/** An index says in which file each tensor is. It is input from elsewhere: it may name files of its own folder only. */
export function readIndex(text: string): ReadonlyMap<string, string> {
  const where = `openWeights: ${WEIGHT_INDEX}`;
  let map: unknown;
  try {
    map = (JSON.parse(text) as { weight_map?: unknown } | null)?.weight_map;
  } catch {
    throw new Error(`${where}: expected JSON, got ${JSON.stringify(text.slice(0, 40))}`);
  }
  if (typeof map !== "object" || map === null || Array.isArray(map))
    throw new Error(`${where}: expected a weight_map of tensors' names to files, got ${JSON.stringify(map) ?? "none"}`);
  const entries = Object.entries(map as Record<string, unknown>);
  for (const [name, file] of entries)
    if (typeof file !== "string" || !isPlainName(file))
      throw new Error(
        `${where}: expected ${name} in a file beside the index, got ${JSON.stringify(file)}; an index may not point elsewhere`,
      );
  return new Map(entries as [string, string][]);
}

/** A file's name and nothing else: no folder, no way up, no drive. */
export function isPlainName(name: string): boolean {
  return /^[\w.+-]+$/.test(name) && !/^\.+$/.test(name);
}

function openShards(folder: string): WeightFiles {
  const index = readIndex(fs.readFileSync(path.join(folder, WEIGHT_INDEX), "utf8"));
  const shards = new Map<string, WeightFiles>();
  const close = () => shards.forEach((shard) => shard.close());
  try {
    for (const file of new Set(index.values())) {
      if (!fs.existsSync(path.join(folder, file)))
        throw new Error(`openWeights: expected ${file}, which ${WEIGHT_INDEX} names, in ${folder}, got no such file`);
      shards.set(file, openSafetensors(path.join(folder, file)));
    }
    const places = new Map<string, TensorPlace>();
    for (const [name, file] of index) {
      const place = shards.get(file)!.places.get(name);
      if (!place)
        throw new Error(`openWeights: expected ${name} in ${file}, as ${WEIGHT_INDEX} says, got no such tensor`);
      places.set(name, place as TensorPlace);
    }
    const read = (name: string, room?: ArrayBuffer) => {
      const shard = shards.get(index.get(name) ?? "");
      if (!shard) throw new Error(`openWeights: expected a tensor that ${WEIGHT_INDEX} names, got ${name}`);
      return shard.read(name, room);
    };
    return { places, read, close };
  } catch (error) {
    close();
    throw error;
  }
}

function readBytes(handle: number, position: number, length: number, room?: ArrayBuffer): Uint8Array {
  const bytes = room && length <= room.byteLength ? new Uint8Array(room, 0, length) : new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const count = fs.readSync(handle, bytes, done, Math.min(length - done, 2 ** 30), position + done);
    if (count === 0)
      throw new Error(`openSafetensors: expected ${length} bytes at ${position}, got ${done}; the file is cut off`);
    done += count;
  }
  return bytes;
}

export interface SaveWeightsOptions {
  /** Default: `F32`. */
  readonly dtype?: StoredType;
  /** A file grows no larger than this, unless one tensor alone does: then there are several, and an index. Default: 5 GB. */
  readonly shardBytes?: number;
}

/**
 * Writes a model's tensors into `folder` as Hugging Face does: one `model.safetensors`, or several with an index. Every
 * file is written beside its place and renamed when it is whole; the index, which makes the others count, comes last.
 */
export function saveWeights(
  folder: string,
  { tensors, metadata }: Safetensors,
  { dtype = "F32", shardBytes = 5e9 }: SaveWeightsOptions = {},
): void {
  const bytes = dtype === "F32" ? 4 : 2;
  const shards: Map<string, StoredTensor>[] = [];
  let room = 0;
  for (const [name, tensor] of tensors) {
    const size = bytes * tensor.data.length;
    if (shards.length === 0 || size > room) {
      shards.push(new Map());
      room = shardBytes;
    }
    shards[shards.length - 1]!.set(name, tensor);
    room -= size;
  }
  if (shards.length === 0) throw new Error("saveWeights: expected at least one tensor, got none");
  const count = String(shards.length).padStart(5, "0");
  const fileOf = (i: number) =>
    shards.length === 1 ? WEIGHTS : `model-${String(i + 1).padStart(5, "0")}-of-${count}.safetensors`;
  const encoded = shards.map((shard) => encodeSafetensors({ tensors: shard, metadata }, dtype)); // all, before any is written
  fs.mkdirSync(folder, { recursive: true });
  for (const [i, content] of encoded.entries()) replaceFile(path.join(folder, fileOf(i)), content);
  if (shards.length === 1) fs.rmSync(path.join(folder, WEIGHT_INDEX), { force: true });
  else {
    const weightMap = Object.fromEntries(
      shards.flatMap((shard, i) => [...shard.keys()].map((name) => [name, fileOf(i)])),
    );
    const total = [...tensors.values()].reduce((sum, { data }) => sum + bytes * data.length, 0);
    const index = { metadata: { total_size: total }, weight_map: weightMap };
    replaceFile(path.join(folder, WEIGHT_INDEX), `${JSON.stringify(index, null, 2)}\n`);
    fs.rmSync(path.join(folder, WEIGHTS), { force: true }); // it would be read before the index
  }
}

/** Whatever happens, the file is the old one or the new one, and whole. */
export function replaceFile(file: string, content: Uint8Array | string): void {
  const temporary = `${file}.tmp`;
  fs.writeFileSync(temporary, content, { flush: true });
  fs.renameSync(temporary, file);
}
