/*
 * Saves checkpoints over each other until it is killed; all numbers in the n-th are n.
 *
 *     node --import tsx save-run.ts CHECKPOINT
 */
import { saveCheckpoint } from "../../lib/train/checkpoint";

async function main(file: string): Promise<void> {
  for (let step = 1; ; step++) {
    const weight = { shape: [500_000], data: new Float32Array(500_000).fill(step) };
    await saveCheckpoint(file, {
      step,
      parameters: new Map([["weight", weight]]),
      optimizer: new Map(),
      losses: new Float32Array(),
      evaluations: [],
      best: { step: 0, value: 0, misses: 0 },
      bestParameters: new Map(),
    });
    if (step === 2) console.log("running");
  }
}

main(process.argv[2]!);
