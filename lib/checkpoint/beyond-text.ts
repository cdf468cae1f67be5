import { CLIP } from "../models/clip";
import { digitCLIP } from "../models/digit-captions";
import { painterConfig, painterFormat } from "../models/digit-painter";
import { GPT } from "../models/gpt";
import type { Codebook } from "../models/visual-codes";
import { mnistViT, ViT } from "../models/vit";
import { filled } from "../nn/init";
import type { Module } from "../nn/module";
import { restore } from "../train/checkpoint";
import type { StoredTensor } from "./safetensors";
import { shippedFigures, shippedTensors } from "./shipped";

/** What the trainings of lesson 16 measured: it lies beside the weights. */
export interface VisionFigures {
  /** The command that trains it again. */
  readonly command: string;
  readonly parameters: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly seconds: number;
  readonly curve: readonly { readonly step: number; readonly metrics: Readonly<Record<string, number>> }[];
  /** The mean training loss of every 50 steps. */
  readonly losses: readonly number[];
}

/** The vision Transformer that has learned to read digits. The caller disposes the model. */
export function loadViT(folder?: string) {
  return loadTrained<ViT, VisionFigures & { testAccuracy: number }>(
    "vit",
    folder,
    () => new ViT({ ...mnistViT, seed: 1 }),
  );
}

/** The two encoders that have learned which caption belongs to which digit. The caller disposes the model. */
export function loadCLIP(folder?: string) {
  type Figures = VisionFigures & { topOne: number; scale: number; inkMedians: number[] };
  return loadTrained<CLIP, Figures>("clip", folder, () => new CLIP({ ...digitCLIP, seed: 1 }));
}

/** The GPT that has learned to paint digits, and the codebook of its codes. The caller disposes the model. */
export function loadDigitPainter(folder?: string) {
  type Figures = VisionFigures & { testLoss: number; byFrequency: number };
  const { rest, ...painter } = loadTrained<GPT, Figures>(
    "digit-painter",
    folder,
    () => new GPT({ ...painterConfig, seed: 1 }),
    ["codebook"],
  );
  const { numCodes: count, patchSize } = painterFormat;
  const codebook: Codebook = { count, patchSize, entries: rest.get("codebook")!.data };
  return { ...painter, codebook };
}

/** A model with its shipped weights and figures; tensors named in `beside` are not the model's and come in `rest`. */
function loadTrained<M extends Module, F>(
  name: string,
  folder: string | undefined,
  build: () => M,
  beside: readonly string[] = [],
): { model: M; figures: F; rest: Map<string, StoredTensor> } {
  const figures: F = shippedFigures(name, folder);
  const tensors = shippedTensors(name, folder);
  const rest = new Map<string, StoredTensor>();
  for (const other of beside) {
    const tensor = tensors.get(other);
    if (!tensor) throw new Error(`loadTrained: expected ${other} in ${name}.safetensors, got none`);
    rest.set(other, tensor);
    tensors.delete(other);
  }
  const model = filled(build, (built) => restore(built.parameters(), tensors));
  return { model, figures, rest };
}
