import * as tf from "@tensorflow/tfjs";
import { parameter } from "../nn/module";
import { assertShape } from "../nn/shape";
import { type Parameters, pathsByVariable } from "./gradients";

/** Tensors of a parameter's shape that an optimiser keeps from step to step, by name. They start at 0. */
export type Slots = Readonly<Record<string, tf.Variable>>;

/** Moves parameters against their gradients, and remembers what it needs for that. */
export abstract class Optimizer {
  /** How many steps were made. */
  steps = 0;
  private readonly entries: readonly { paths: readonly string[]; weight: tf.Variable; slots: Slots }[];

  constructor(
    parameters: Parameters,
    /** Set it before a step to follow a schedule. */
    public learningRate: number,
    slotNames: readonly string[],
  ) {
    this.entries = [...pathsByVariable(parameters)].map(([weight, paths]) => ({
      paths,
      weight,
      slots: Object.fromEntries(slotNames.map((slot) => [slot, parameter(() => tf.zeros(weight.shape))])),
    }));
  }

  /** Updates one weight in place; `t` counts the steps from 1. */
  protected abstract update(weight: tf.Variable, gradient: tf.Tensor, slots: Slots, t: number): void;

  /** One update of every parameter; the gradients stay the caller's. A tied variable is updated once. */
  step(gradients: ReadonlyMap<string, tf.Tensor>): void {
    const found = this.entries.map(({ paths, weight }) => {
      const gradient = paths.map((path) => gradients.get(path)).find((g) => g !== undefined);
      const where = `${this.constructor.name}.step: ${paths[0]}`;
      if (!gradient)
        throw new Error(`${where}: expected a gradient, got none; build the optimizer without it to freeze it`);
      assertShape(where, gradient, weight.shape);
      return gradient;
    });
    this.steps++;
    tf.tidy(() => this.entries.forEach(({ weight, slots }, i) => this.update(weight, found[i]!, slots, this.steps)));
  }

  /** Copies of what the optimiser remembers, for a checkpoint; the caller disposes them. */
  state(): Map<string, tf.Tensor> {
    const state = new Map<string, tf.Tensor>([["steps", tf.scalar(this.steps, "int32")]]);
    for (const [path, slot] of this.slots()) state.set(path, slot.clone());
    return state;
  }

  /** Continues from a `state()`. */
  load(state: ReadonlyMap<string, tf.Tensor>): void {
    const where = `${this.constructor.name}.load`;
    for (const [path, slot] of [["steps", undefined] as const, ...this.slots()]) {
      const saved = state.get(path);
      if (!saved)
        throw new Error(`${where}: expected a state with ${path}, got ${[...state.keys()].join(", ") || "none"}`);
      assertShape(`${where}: ${path}`, saved, slot?.shape ?? []);
    }
    this.steps = state.get("steps")!.dataSync()[0]!;
    for (const [path, slot] of this.slots()) slot.assign(state.get(path)!);
  }

  /** Frees what the optimiser remembers; the parameters stay. */
  dispose(): void {
    for (const [, slot] of this.slots()) slot.dispose();
  }

  private slots(): [path: string, slot: tf.Variable][] {
    return this.entries.flatMap(({ paths, slots }) =>
      Object.entries(slots).map(([name, slot]): [string, tf.Variable] => [`${name}.${paths[0]}`, slot]),
    );
  }
}
