import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type PartOptions, trainMany } from "../../../lib/course/train/many";
import type { TrainCallbacks } from "../../../lib/train/train";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "many-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** Three trainings of 2, 3 and 4 steps; one of them may be interrupted. What was run and reported is noted. */
async function three({ resume = false, interruptAt = -1 } = {}) {
  const ran: number[] = [];
  const reported: string[] = [];
  const one = async ({ steps }: { steps: number }, options: PartOptions) => {
    ran.push(steps);
    const [watcher] = [options.callbacks].flat() as readonly TrainCallbacks[];
    await watcher!.onStep?.({ step: 1, steps, loss: 0, learningRate: 1 });
    const end = steps === interruptAt ? ("interrupted" as const) : ("finished" as const);
    const losses = Float32Array.from({ length: steps }, () => steps);
    return { row: `of ${steps}`, result: { steps, losses, evaluations: [], end, weightsOf: steps, seconds: 0 } };
  };
  const { rows, result } = await trainMany({
    runs: [2, 3, 4].map((steps) => ({ steps })),
    options: {
      checkpoint: { file: path.join(folder, "checkpoint.safetensors"), every: 200, resume },
      callbacks: { onStep: ({ step, steps }) => reported.push(`${step}/${steps}`) },
      signal: new AbortController().signal,
    },
    folder,
    one,
  });
  return { rows, ran, reported, end: result.end, steps: result.steps, losses: Array.from(result.losses) };
}

test("all are run in order, and their steps are counted together", async () => {
  expect(await three()).toEqual({
    rows: ["of 2", "of 3", "of 4"],
    ran: [2, 3, 4],
    reported: ["1/9", "3/9", "6/9"],
    end: "finished",
    steps: 9,
    losses: [2, 2, 3, 3, 3, 4, 4, 4, 4],
  });
});

test("what is finished is not run again after an interruption, unless it begins anew", async () => {
  expect(await three({ interruptAt: 3 })).toMatchObject({ rows: ["of 2"], ran: [2, 3], end: "interrupted", steps: 2 });
  expect(await three({ resume: true })).toMatchObject({ rows: ["of 2", "of 3", "of 4"], ran: [3, 4], steps: 9 });
  expect(await three()).toMatchObject({ ran: [2, 3, 4] });
});
