import * as tf from "@tensorflow/tfjs";
import { randomAt } from "../../train/batches";
import { snapshot } from "../../train/checkpoint";
import { pathsByVariable } from "../../train/gradients";
import { AdamW } from "../../train/optimizers";
import { Patient, type PatientConfig } from "./patient";

export interface CaseFile {
  readonly patient: Patient;
  /** The loss of every step, as the patient itself computes it. */
  readonly losses: readonly number[];
  /** How far each parameter has moved in training: the largest change of an entry, by path. */
  readonly moved: ReadonlyMap<string, number>;
  /** Rows to examine the patient with, `[B][T]`, of which the first has no padding. */
  readonly rows: readonly (readonly number[])[];
}

export interface AdmitOptions {
  readonly steps: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly signal?: AbortSignal;
}

/** The size that the lesson's patients have, for 26 letters, a mark and padding. */
export const patientConfig = {
  vocabularySize: 28,
  contextLength: 16,
  modelSize: 24,
  numHeads: 2,
  numLayers: 2,
  dropoutRate: 0.1,
} as const satisfies Omit<PatientConfig, "seed">;

/**
 * Rows of one length, padded on the left: a mark (1), the letters a to z (2 to 27), a mark. Words that are longer than
 * `length` allows are left out.
 */
export function leftPadded(words: readonly string[], length: number): number[][] {
  return words
    .filter((word) => word.length + 2 <= length)
    .map((word) => {
      const row = [1, ...Array.from(word, (letter) => letter.charCodeAt(0) - 95), 1];
      return [...new Array<number>(length - row.length).fill(0), ...row];
    });
}

/** A patient trains for a while on rows `[T]`, all of one length; what happened goes into its file. */
export async function admit(
  config: PatientConfig,
  rows: readonly (readonly number[])[],
  { steps, batchSize = 32, learningRate = 5e-3, signal }: AdmitOptions,
): Promise<CaseFile> {
  const full = rows.find((row) => row[0] !== 0);
  if (!full) throw new Error("admit: expected at least one row without padding, got none");
  const patient = new Patient(config);
  const before = snapshot(patient.parameters());
  const optimizer = new AdamW(patient.trained(), { learningRate, weightDecay: 0.01 });
  const losses: number[] = [];
  for (let step = 0; step < steps && !signal?.aborted; step++) {
    losses.push(
      tf.tidy(() => {
        const random = randomAt(config.seed, step);
        const batch = Array.from({ length: batchSize }, () => [...random.choice(rows)]);
        const ids = tf.tensor2d(batch, [batchSize, batch[0]!.length], "int32");
        const { value, gradients } = gradientsOf(() => patient.loss(ids, { dropout: random }), patient.trained());
        optimizer.step(gradients);
        return value;
      }),
    );
    if (step % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  optimizer.dispose();
  const moved = new Map<string, number>();
  for (const [path, { data }] of snapshot(patient.parameters())) {
    const start = before.get(path)!.data;
    moved.set(
      path,
      data.reduce((largest, value, i) => Math.max(largest, Math.abs(value - start[i]!)), 0),
    );
  }
  return { patient, losses, moved, rows: [full, ...rows.slice(0, 11)] };
}

/** The loss and each parameter's gradient; where none arrives, zeros: a patient may be cut off. Run it in a tidy. */
export function gradientsOf(loss: () => tf.Scalar, parameters: ReadonlyMap<string, tf.Variable>) {
  const paths = pathsByVariable(parameters);
  const variables = [...paths.keys()];
  const { value, grads } = tf.engine().gradients(loss, variables, undefined, true);
  const gradients = new Map<string, tf.Tensor>();
  variables.forEach((variable, i) => {
    gradients.set(paths.get(variable)![0], (grads[i] as tf.Tensor | null) ?? tf.zerosLike(variable));
  });
  return { value: value.dataSync()[0]!, gradients };
}
