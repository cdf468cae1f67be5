import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { type Batches, randomAt } from "./batches";
import {
  loadCheckpoint,
  restore,
  type Snapshot,
  saveCheckpoint,
  snapshot,
  type TrainingState,
  toTensors,
} from "./checkpoint";
import { clipByNorm } from "./clip";
import { type BestSoFar, type EarlyStopping, nextBest, nothingYet } from "./early-stopping";
import { valueAndGradients } from "./gradients";
import type { Optimizer } from "./optimizers";
import type { Schedule } from "./schedules";

export interface Evaluation {
  readonly step: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * What watches training: a progress bar, a live figure. `step` counts the steps done, so the last report says `steps`.
 * A callback may return a promise; training waits for it.
 */
export interface TrainCallbacks {
  onStep?(report: { step: number; steps: number; loss: number; learningRate: number }): unknown;
  onEvaluate?(report: Evaluation): unknown;
}

export interface TrainOptions<B> {
  /** What is trained: a model, or some of its parameters by path. */
  readonly model?: { parameters(): Map<string, tf.Variable> };
  readonly parameters?: Map<string, tf.Variable>;
  /** The mean loss of a batch. Its randomness (dropout) comes from `random`, which is fixed by `seed` and step (from 0). */
  readonly loss: (batch: B, context: { readonly step: number; readonly random: Random }) => tf.Scalar;
  /** Where batches come from: a shuffled data set, or a function of the step (from 0), e.g. for windows of a text. */
  readonly batches?: Batches<B>;
  readonly nextBatch?: (step: number, random: Random) => B;
  /** It stays the caller's, who disposes it. */
  readonly optimizer: Optimizer;
  /** How long: a number of steps, or of epochs of `batches`. */
  readonly steps?: number;
  readonly epochs?: number;
  /** The learning rate of each step (from 0); without it the optimiser's own. */
  readonly schedule?: Schedule;
  /** Gradients are scaled down to this norm, all parameters together, where they exceed it. */
  readonly clipNorm?: number;
  /** Measures the model; frees its own tensors. Called every `evaluateEvery` steps (default: an epoch) and at the end. */
  readonly evaluate?: () => Record<string, number> | Promise<Record<string, number>>;
  readonly evaluateEvery?: number;
  /** Stops when a metric of `evaluate` no longer improves; the weights of the best evaluation are put back at the end. */
  readonly earlyStopping?: EarlyStopping;
  /** Saves every `every` steps and at the end; with `resume`, goes on from `file` if it is there. */
  readonly checkpoint?: { readonly file: string; readonly every: number; readonly resume?: boolean };
  readonly callbacks?: TrainCallbacks | readonly TrainCallbacks[];
  /** Ends training after the step in hand. What was learnt stays in the model, and in the checkpoint. */
  readonly signal?: AbortSignal;
  /** Seeds `random` in `loss` and `nextBatch`. */
  readonly seed?: number;
}

export interface TrainResult {
  /** Steps done, those before a resume included. */
  readonly steps: number;
  /** The loss of every step. */
  readonly losses: Float32Array;
  readonly evaluations: readonly Evaluation[];
  readonly end: "finished" | "stopped early" | "interrupted";
  /** The step whose weights the model has now. */
  readonly weightsOf: number;
  /** Seconds of this run. */
  readonly seconds: number;
}

/**
 * The training loop of every lesson: draw a batch, compute the loss and its gradients, let the optimiser step, report,
 * measure, save.
 *
 * Each step runs in a tidy, and about every 30 ms the loop lets other work in: figures move, interrupts arrive.
 * A run that was killed and resumed from its checkpoint ends with exactly the weights of one that was not.
 */
export async function train<B>(options: TrainOptions<B>): Promise<TrainResult> {
  const { optimizer, evaluate, earlyStopping, checkpoint, signal, seed = 0 } = options;
  const { parameters, nextBatch, steps, evaluateEvery } = plan(options);
  const callbacks = [options.callbacks ?? []].flat();
  const started = performance.now();

  const losses = new Float32Array(steps);
  const evaluations: Evaluation[] = [];
  let step = 0; // steps done, which is also the number of the next one
  let best: BestSoFar = nothingYet;
  let bestParameters: Snapshot = new Map();
  let resting = performance.now();

  const saved = checkpoint?.resume ? await loadCheckpoint(checkpoint.file) : undefined;
  if (saved) resume(saved);
  let savedStep = step;

  const isOver = () => step >= steps || stoppedEarly() || signal?.aborted === true;
  const stoppedEarly = () => earlyStopping !== undefined && best.misses >= earlyStopping.patience;
  while (!isOver()) {
    if (options.schedule) optimizer.learningRate = options.schedule(step);
    const loss = takeStep();
    losses[step] = loss;
    step++;
    for (const { onStep } of callbacks) await onStep?.({ step, steps, loss, learningRate: optimizer.learningRate });
    if (evaluate && (step % evaluateEvery === 0 || step === steps)) await measure(evaluate);
    if (checkpoint && step % checkpoint.every === 0) await save(checkpoint.file);
    if (performance.now() - resting > 30) await rest();
  }
  if (checkpoint && savedStep !== step) await save(checkpoint.file);
  if (bestParameters.size > 0) restore(parameters, bestParameters);
  return {
    steps: step,
    losses: losses.slice(0, step),
    evaluations,
    end: step >= steps ? "finished" : stoppedEarly() ? "stopped early" : "interrupted",
    weightsOf: bestParameters.size > 0 ? best.step : step,
    seconds: (performance.now() - started) / 1000,
  };

  function takeStep(): number {
    return tf.tidy(() => {
      const random = randomAt(seed, step);
      const batch = nextBatch(step, random);
      const { value, gradients } = valueAndGradients(() => options.loss(batch, { step, random }), parameters);
      const loss = value.dataSync()[0]!; // the course's backends compute at once, so reading the loss waits for nothing
      if (!Number.isFinite(loss))
        throw new Error(
          `train: expected a finite loss, got ${loss} after ${step} steps, at learning rate ${optimizer.learningRate}; ` +
            "try a smaller one, or clipNorm",
        );
      optimizer.step(options.clipNorm === undefined ? gradients : clipByNorm(gradients, options.clipNorm));
      return loss;
    });
  }

  async function measure(evaluate: NonNullable<TrainOptions<B>["evaluate"]>): Promise<void> {
    const evaluation = { step, metrics: await evaluate() };
    evaluations.push(evaluation);
    if (earlyStopping) {
      best = nextBest(earlyStopping, best, evaluation);
      if (best.step === step) bestParameters = snapshot(parameters);
    }
    for (const { onEvaluate } of callbacks) await onEvaluate?.(evaluation);
  }

  async function save(file: string): Promise<void> {
    const memory = optimizer.state();
    const state = { step, losses: losses.slice(0, step), evaluations, best, bestParameters };
    const copies = { parameters: snapshot(parameters), optimizer: snapshot(memory) };
    tf.dispose([...memory.values()]);
    await saveCheckpoint(file, { ...state, ...copies });
    savedStep = step;
  }

  function resume(saved: TrainingState): void {
    if (saved.step > steps)
      throw new Error(`train: expected a checkpoint of at most ${steps} steps to resume, got one of ${saved.step}`);
    restore(parameters, saved.parameters);
    tf.tidy(() => optimizer.load(toTensors(saved.optimizer)));
    ({ step, best, bestParameters } = saved);
    losses.set(saved.losses);
    evaluations.push(...saved.evaluations);
  }

  /** Lets timers, messages and signals be served. A timer of 0 ms would cost a millisecond or more each time. */
  async function rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    resting = performance.now();
  }
}

/** Checks the options that can contradict each other, and fills in what follows from them. */
function plan<B>(options: TrainOptions<B>) {
  const { model, batches, evaluate, earlyStopping, checkpoint } = options;
  exactlyOne(options, "model", "parameters");
  exactlyOne(options, "batches", "nextBatch");
  exactlyOne(options, "steps", "epochs");
  if (earlyStopping && !evaluate) throw new Error("train: expected evaluate with earlyStopping, got none");
  const { epochs, nextBatch = (step: number) => batches!.at(step) } = options;
  if (epochs !== undefined && !batches)
    throw new Error("train: expected batches with epochs, got nextBatch; give steps");
  const steps = options.steps ?? epochs! * batches!.stepsPerEpoch;
  const evaluateEvery = options.evaluateEvery ?? batches?.stepsPerEpoch ?? steps;
  for (const [name, value] of Object.entries({ steps, evaluateEvery, "checkpoint.every": checkpoint?.every ?? 1 }))
    if (!Number.isInteger(value) || value < 1)
      throw new Error(`train: expected ${name} to be a whole number of at least 1, got ${value}`);
  return { parameters: options.parameters ?? model!.parameters(), nextBatch, steps, evaluateEvery };
}

function exactlyOne<B>(options: TrainOptions<B>, one: keyof TrainOptions<B>, other: keyof TrainOptions<B>): void {
  if ((options[one] === undefined) === (options[other] === undefined)) {
    const got = options[one] === undefined ? "neither" : "both";
    throw new Error(`train: expected either ${one} or ${other}, got ${got}`);
  }
}
