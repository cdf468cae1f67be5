import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as tf from "@tensorflow/tfjs";
import { decodeSafetensors, encodeSafetensors, type StoredTensor, type StoredType } from "../checkpoint/safetensors";
import type { BestSoFar } from "./early-stopping";

/** Copies of tensors' values, outside tfjs: nothing to dispose, and no later step can change them. */
export type Snapshot = Map<string, StoredTensor>;

/** Everything that training needs to go on as if it had never stopped. Randomness needs nothing: see `randomAt`. */
export interface TrainingState {
  /** Steps done. */
  readonly step: number;
  readonly parameters: Snapshot;
  readonly optimizer: Snapshot;
  /** The loss of every step so far. */
  readonly losses: Float32Array;
  readonly evaluations: readonly { readonly step: number; readonly metrics: Readonly<Record<string, number>> }[];
  /** For early stopping: the best evaluation and its weights. */
  readonly best: BestSoFar;
  readonly bestParameters: Snapshot;
}

const format = "training checkpoint, version 1";

/** Integers become floats, which are exact up to 2^24. */
export function snapshot(tensors: ReadonlyMap<string, tf.Tensor>): Snapshot {
  const copies: Snapshot = new Map();
  for (const [name, tensor] of tensors) {
    if (tensor.dtype !== "float32" && tensor.dtype !== "int32")
      throw new Error(`snapshot: expected ${name} to be float32 or int32, got ${tensor.dtype}`);
    copies.set(name, { shape: tensor.shape, data: Float32Array.from(tensor.dataSync()) });
  }
  return copies;
}

/** Puts a snapshot back into the variables it was taken from, or into those of a model made alike: into all or none. */
export function restore(variables: ReadonlyMap<string, tf.Variable>, stored: Snapshot): void {
  const missing = [...variables.keys()].filter((name) => !stored.has(name));
  const unknown = [...stored.keys()].filter((name) => !variables.has(name));
  if (missing.length + unknown.length > 0)
    throw new Error(
      `restore: expected the parameters ${[...variables.keys()].join(", ")}; ` +
        [
          missing.length > 0 && `missing ${missing.join(", ")}`,
          unknown.length > 0 && `not in the model ${unknown.join(", ")}`,
        ]
          .filter(Boolean)
          .join("; "),
    );
  for (const [name, variable] of variables) {
    const { shape } = stored.get(name)!;
    if (`${shape}` !== `${variable.shape}`)
      throw new Error(
        `restore: expected ${name} [${variable.shape.join(", ")}], got [${shape.join(", ")}]; these weights are of a model with other sizes`,
      );
  }
  for (const [name, variable] of variables) {
    const { shape, data } = stored.get(name)!;
    tf.tidy(() => variable.assign(tf.tensor(data, [...shape])));
  }
}

/** A stored snapshot as tensors; the caller disposes them. */
export function toTensors(stored: Snapshot): Map<string, tf.Tensor> {
  return new Map([...stored].map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]));
}

/** Writes the checkpoint so that whatever happens, `file` is the old one or the new one, and whole. */
export async function saveCheckpoint(file: string, state: TrainingState): Promise<void> {
  const tensors: Snapshot = new Map([["history/loss", { shape: [state.losses.length], data: state.losses }]]);
  for (const part of ["parameters", "optimizer", "bestParameters"] as const)
    for (const [name, tensor] of state[part]) tensors.set(`${part}/${name}`, tensor);
  const { step, evaluations, best } = state;
  const metadata = { format, state: JSON.stringify({ step, evaluations, best }) };
  await writeAtomically(file, encodeSafetensors({ tensors, metadata }));
}

/** The checkpoint in `file`, or `undefined` if there is no such file. */
export async function loadCheckpoint(file: string): Promise<TrainingState | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await fs.readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata["format"] !== format)
    throw new Error(`loadCheckpoint: expected a ${format} in ${file}, got ${metadata["format"] ?? "other tensors"}`);
  const part = (prefix: string): Snapshot =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(`${prefix}/`))
        .map(([name, t]) => [name.slice(prefix.length + 1), t]),
    );
  return {
    ...JSON.parse(metadata["state"]!),
    losses: part("history").get("loss")!.data,
    parameters: part("parameters"),
    optimizer: part("optimizer"),
    bestParameters: part("bestParameters"),
  };
}

/** Writes tensors alone, such as a trained model's parameters, as safetensors. In F16 the file is half as long. */
export async function saveTensors(
  file: string,
  tensors: ReadonlyMap<string, tf.Tensor>,
  { dtype = "F32" }: { readonly dtype?: StoredType } = {},
): Promise<void> {
  await writeAtomically(file, encodeSafetensors({ tensors: snapshot(tensors), metadata: {} }, dtype));
}

async function writeAtomically(file: string, bytes: Uint8Array): Promise<void> {
  await fs.mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.tmp`; // in the same folder: a rename across file systems is not atomic
  const handle = await fs.open(temporary, "w");
  try {
    await handle.writeFile(bytes);
    await handle.sync(); // else a power cut could keep the new name and lose the new bytes
  } finally {
    await handle.close();
  }
  await fs.rename(temporary, file);
}
