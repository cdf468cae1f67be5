import * as fs from "node:fs";
import * as path from "node:path";
import { filled } from "../nn/init";
import type { Module } from "../nn/module";
import { projectRoot } from "../root";
import { restore } from "../train/checkpoint";
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

/** A model with the weights of `name.safetensors`. */
export function shippedModel<M extends Module>(name: string, folder: string | undefined, build: () => M): M {
  const tensors = shippedTensors(name, folder);
  return filled(build, (model) => restore(model.parameters(), tensors));
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
