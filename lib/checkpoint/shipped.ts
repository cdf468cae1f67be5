import * as fs from "node:fs";
import * as path from "node:path";
import type { Module } from "../nn/module";
import { projectRoot } from "../root";
import { restore, type Snapshot } from "../train/checkpoint";
import { decodeSafetensors, type StoredTensor } from "./safetensors";

/** Where the weights and figures lie that come with the course. */
export const shippedFolder = path.join(projectRoot, "lib/checkpoint/pretrained");

/** What a training measured, as it lies in `name.json`. */
export function shippedFigures<F>(name: string, folder = shippedFolder): F {
  return JSON.parse(read(folder, `${name}.json`).toString());
}

/** The tensors of `name.safetensors`. */
export function shippedTensors(name: string, folder = shippedFolder): Map<string, StoredTensor> {
  return decodeSafetensors(read(folder, `${name}.safetensors`)).tensors;
}

/** A model with these weights. If they are of another model, it is disposed and the error says what differs. */
export function filled<M extends Module>(weights: Snapshot, build: () => M): M {
  const model = build();
  try {
    restore(model.parameters(), weights);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function read(folder: string, file: string): Buffer {
  try {
    return fs.readFileSync(path.join(folder, file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(
      `shipped: expected ${file} in ${folder}, got no such file; git checkout -- lib/checkpoint/pretrained brings it back`,
    );
  }
}
