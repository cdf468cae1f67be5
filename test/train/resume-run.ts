/*
 * A small training with all that a resume must bring back: dropout, momentum, schedule, early stopping, short last batches.
 *
 *     node --import tsx resume-run.ts CHECKPOINT [KILL_AFTER_STEP]
 *
 * It resumes from the checkpoint if there is one, and prints where it started and how it ended as JSON. With the second
 * argument it kills itself, without a warning, right after that step.
 */
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../lib/backend";
import { moons } from "../../lib/data/toy";
import { MLP } from "../../lib/models/mlp";
import { Random } from "../../lib/random";
import { batches } from "../../lib/train/batches";
import { crossEntropy } from "../../lib/train/losses";
import { AdamW } from "../../lib/train/optimizers";
import { cosine } from "../../lib/train/schedules";
import { train } from "../../lib/train/train";

async function main(file: string, killAfter: number): Promise<void> {
  await startBackend();
  const { points, labels } = moons(53, new Random(1), { noise: 0.5 });
  const model = new MLP([2, 11, 7, 2], { random: new Random(2), dropoutRate: 0.2 });
  const lossOf = (rows: readonly number[], dropout?: Random) => {
    const x = tf.tensor2d(rows.map((row) => points[row]!));
    const y = tf.tensor1d(
      rows.map((row) => labels[row]!),
      "int32",
    );
    return crossEntropy(model.forward(x, dropout ? { dropout } : {}), y);
  };
  const held = points.map((_, row) => row).slice(29); // few noisy points to train on: it overfits
  let firstStep: number | undefined;
  const result = await train({
    model,
    optimizer: new AdamW(model.parameters(), { weightDecay: 0.1 }),
    batches: batches({ size: 29, batchSize: 8, seed: 3 }, (rows) => rows),
    loss: (rows, { random }) => lossOf(rows, random),
    steps: 60,
    schedule: cosine({ peak: 0.1, steps: 60, warmup: 5, floor: 0.05 }),
    clipNorm: 1,
    seed: 9,
    evaluate: () => ({ loss: tf.tidy(() => lossOf(held).dataSync()[0]!) }),
    evaluateEvery: 5,
    earlyStopping: { metric: "loss", better: "lower", patience: 9 },
    checkpoint: { file, every: 7, resume: true },
    callbacks: {
      onStep({ step }) {
        firstStep ??= step;
        if (step === killAfter) process.kill(process.pid, "SIGKILL");
      },
    },
  });
  const weights = [...model.parameters()].map(([path, weight]) => [path, [...weight.dataSync()]]);
  const { steps, end, weightsOf, evaluations } = result;
  console.log(
    JSON.stringify({ firstStep, end: { steps, end, weightsOf, evaluations, losses: [...result.losses], weights } }),
  );
}

main(process.argv[2]!, Number(process.argv[3]));
