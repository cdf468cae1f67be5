import * as tf from "@tensorflow/tfjs";
import { Random } from "../../random";
import { type CaseFile, gradientsOf } from "./admit";

/*
 * Probes: each asks a question whose answer is known for every healthy Transformer, whatever it has learned. None looks at
 * whether the loss falls.
 */

export interface Finding {
  readonly ill: boolean;
  /** What was measured. */
  readonly measured: number;
}

export interface Probe {
  /** What must hold. */
  readonly law: string;
  /** What is measured, in words. */
  readonly measures: string;
  examine(file: CaseFile): Finding;
}

/** Differences below this are rounding. */
const rounding = 1e-4;

export const probes: Readonly<Record<string, Probe>> = {
  noise: {
    law: "the same question twice gets the same answer",
    measures: "largest difference between two readings",
    examine: ({ patient, rows }) => {
      const difference = tf.tidy(() => largest(patient.forward(ids(rows)).sub(patient.forward(ids(rows)))));
      return { measured: difference, ill: difference > 0 };
    },
  },
  causality: {
    law: "what comes later changes nothing before it",
    measures: "largest change before the changed token",
    examine: ({ patient, rows }) => {
      const row = rows[0]!;
      const half = Math.floor(row.length / 2);
      const other = row.map((id, t) => (t < half ? id : replaced(id)));
      const change = tf.tidy(() =>
        largest(columns(patient.forward(ids([row])).sub(patient.forward(ids([other]))), 0, half)),
      );
      return { measured: change, ill: change > rounding };
    },
  },
  positions: {
    law: "the same token everywhere is still read as first, second, third …",
    measures: "largest difference between the places",
    examine: ({ patient, rows }) => {
      const same = rows[0]!.map(() => 5);
      const difference = tf.tidy(() => {
        const logits = patient.forward(ids([same]));
        return largest(logits.sub(columns(logits, 0, 1)));
      });
      return { measured: difference, ill: difference < rounding };
    },
  },
  "padding shift": {
    law: "more padding before a row changes nothing in it",
    measures: "largest change of the row's tokens",
    examine: ({ patient, rows }) => {
      const row = rows[0]!;
      const change = tf.tidy(() => {
        const longer = patient.forward(ids([[0, 0, ...row]]));
        return largest(columns(longer, 2, row.length).sub(patient.forward(ids([row]))));
      });
      return { measured: change, ill: change > rounding };
    },
  },
  "padding content": {
    law: "whatever padding's vector is, no token's answer depends on it",
    measures: "largest change when that vector changes",
    examine: ({ patient, rows }) => {
      const { weight } = patient.tokenEmbedding;
      const row = [0, 0, ...rows[0]!];
      const change = tf.tidy(() => {
        // Logits for padding itself are left out: with a tied head they are made of that vector.
        const answers = () => columns(patient.forward(ids([row])), 2, row.length - 2).slice([0, 0, 1]);
        const before = answers();
        const kept = weight.clone();
        const [V, C] = weight.shape;
        const shock = tf.concat([drawn([1, 1, C]).reshape<tf.Tensor2D>([1, C]), tf.zeros<tf.Rank.R2>([V - 1, C])], 0);
        weight.assign(kept.add(shock));
        const after = answers();
        weight.assign(kept);
        return largest(after.sub(before));
      });
      return { measured: change, ill: change > rounding };
    },
  },
  "padding in the loss": {
    law: "columns of padding alone leave the loss as it is",
    measures: "change of the loss",
    examine: ({ patient, rows }) => {
      const wider = rows.map((row) => [0, 0, 0, ...row]);
      const change = Math.abs(lossOf(patient, wider) - lossOf(patient, rows));
      return { measured: change, ill: change > rounding };
    },
  },
  target: {
    law: "the last token, which nobody reads, is still asked for",
    measures: "change of the loss when it changes",
    examine: ({ patient, rows }) => {
      const other = rows.map((row) => [...row.slice(0, -1), replaced(row.at(-1)!)]);
      const change = Math.abs(lossOf(patient, other) - lossOf(patient, rows));
      return { measured: change, ill: change < rounding };
    },
  },
  "tied weights": {
    law: "the output layer is the token embedding itself",
    measures: "largest difference between the two",
    examine: ({ patient: { head, tokenEmbedding } }) => {
      const difference = tf.tidy(() => largest(head.sub(tokenEmbedding.weight)));
      return { measured: difference, ill: head !== tokenEmbedding.weight };
    },
  },
  "score scale": {
    law: "scores are products divided by the root of the head's size",
    measures: "the factor found, times that root",
    examine: ({ patient }) => {
      const D = patient.config.modelSize / patient.config.numHeads;
      const factor = tf.tidy(() => {
        // The query meets a key of product D / 10 and one of 0: the weights' ratio is e to the factor times D / 10.
        const query = tf.ones<tf.Rank.R4>([1, 1, 1, D]);
        const key = tf.concat([tf.fill([1, 1, 1, D], 0.1), tf.zeros([1, 1, 1, D])], 2) as tf.Tensor4D;
        const { weights } = patient.blocks[0]!.look(query, key, key, tf.ones([1, 1, 1, 2]));
        const [one, other] = weights.dataSync() as unknown as [number, number];
        return Math.log(one / other) / (D / 10);
      });
      const ratio = factor * Math.sqrt(D);
      return { measured: ratio, ill: !(Math.abs(ratio - 1) < 0.01) };
    },
  },
  "weights sum to one": {
    law: "what each position takes from all others adds up to 1",
    measures: "largest deviation from 1",
    examine: ({ patient, rows }) => {
      const off = tf.tidy(() =>
        Math.max(...patient.attentionWeights(ids([rows[0]!])).map((weights) => largest(weights.sum(-1).sub(1)))),
      );
      return { measured: off, ill: off > rounding };
    },
  },
  "residual stream": {
    law: "a block whose two outputs are silenced passes on what it got",
    measures: "largest change on the way through",
    examine: ({ patient }) => {
      const block = patient.blocks[0]!;
      const silenced = [block.attentionOutput, block.thoughtOutput].flatMap((layer) => [
        ...layer.parameters().values(),
      ]);
      const change = tf.tidy(() => {
        const kept = silenced.map((variable) => variable.clone());
        for (const variable of silenced) variable.assign(tf.zerosLike(variable));
        const x = drawn([1, 5, patient.config.modelSize]);
        const { output } = block.forward(x, tf.ones([5, 5]));
        silenced.forEach((variable, i) => {
          variable.assign(kept[i]!);
        });
        return largest(output.sub(x));
      });
      return { measured: change, ill: change > rounding };
    },
  },
  "norm statistics": {
    law: "after a norm, each position's vector has mean 0 and variance 1",
    measures: "largest deviation from either",
    examine: ({ patient }) => {
      const block = patient.blocks[0]!;
      const off = tf.tidy(() => {
        const { gain, bias } = block.attentionNorm;
        const y = block
          .normalized(drawn([2, 7, patient.config.modelSize]))
          .sub(bias!)
          .div(gain);
        const { mean, variance } = tf.moments(y, -1);
        return Math.max(largest(mean), largest(variance.sub(1)));
      });
      return { measured: off, ill: off > 1e-2 };
    },
  },
  "dropout scale": {
    law: "dropout leaves the average as it is",
    measures: "the average of many ones after it",
    examine: ({ patient }) => {
      const average = tf.tidy(
        () =>
          patient.blocks[0]!.dropped(tf.ones([8, 50, patient.config.modelSize]), new Random(3))
            .mean()
            .dataSync()[0]!,
      );
      return { measured: average, ill: Math.abs(average - 1) > 0.03 };
    },
  },
  "gradient flow": {
    law: "every parameter gets a gradient",
    measures: "parameters that get none",
    examine: ({ patient, rows }) => {
      const none = tf.tidy(() => {
        const { gradients } = gradientsOf(() => patient.loss(ids(rows)), patient.parameters());
        return [...gradients].filter(([path, gradient]) => !atRest(path) && largest(gradient) === 0).length;
      });
      return { measured: none, ill: none > 0 };
    },
  },
  movement: {
    law: "training moves every parameter",
    measures: "parameters that did not move",
    examine: ({ moved }) => {
      const still = [...moved].filter(([path, distance]) => !atRest(path) && distance === 0).length;
      return { measured: still, ill: still > 0 };
    },
  },
  "gradient check": {
    law: "a small step along the gradient changes the loss as the gradient says",
    measures: "what the loss did, as a share of what was said",
    examine: ({ patient, rows }) => {
      // The last block's first feed-forward weights: behind them lie the activation, a residual and the head.
      const variable = patient.blocks.at(-1)!.thought.weight;
      const share = tf.tidy(() => {
        const { gradients } = gradientsOf(() => patient.loss(ids(rows)), new Map([["weight", variable]]));
        const gradient = gradients.get("weight")!;
        const length = gradient.square().sum().sqrt().dataSync()[0]!;
        const step = gradient.mul(0.05 / length);
        const kept = variable.clone();
        variable.assign(kept.add(step));
        const up = lossOf(patient, rows);
        variable.assign(kept.sub(step));
        const down = lossOf(patient, rows);
        variable.assign(kept);
        return (up - down) / 0.1 / length;
      });
      return { measured: share, ill: !(Math.abs(share - 1) < 0.03) };
    },
  },
  "batch independence": {
    law: "a row's answer does not depend on which rows stand beside it",
    measures: "largest change when it stands alone",
    examine: ({ patient, rows }) => {
      const change = tf.tidy(() => {
        const together = patient.forward(ids(rows));
        const [, T, V] = together.shape;
        return largest(together.slice([0, 0, 0], [1, T, V]).sub(patient.forward(ids([rows[0]!]))));
      });
      return { measured: change, ill: change > rounding };
    },
  },
};

/** The names of the probes that find something. */
export function findings(file: CaseFile): string[] {
  return Object.entries(probes).flatMap(([name, probe]) => (probe.examine(file).ill ? [name] : []));
}

/** A key's bias moves all scores of a query alike: its gradient is 0 but for rounding, in health too. */
const atRest = (path: string) => path.endsWith("key.bias");

/** Another letter, never padding. */
const replaced = (id: number) => (id % 26) + 2;

function ids(rows: readonly (readonly number[])[]): tf.Tensor2D {
  return tf.tensor2d(rows.flat(), [rows.length, rows[0]!.length], "int32");
}

function lossOf(patient: CaseFile["patient"], rows: CaseFile["rows"]): number {
  return tf.tidy(() => patient.loss(ids(rows)).dataSync()[0]!);
}

function largest(difference: tf.Tensor): number {
  return difference.abs().max().dataSync()[0]!;
}

/** Columns `from` to `from + count` of `[B, T, V]`. */
function columns(x: tf.Tensor, from: number, count: number): tf.Tensor3D {
  const [B, , V] = x.shape as [number, number, number];
  return (x as tf.Tensor3D).slice([0, from, 0], [B, count, V]);
}

/** Fixed numbers, far from mean 0 and variance 1. */
function drawn(shape: [number, number, number]): tf.Tensor3D {
  const random = new Random(11);
  const values = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, () => random.normal(1.5, 3));
  return tf.tensor3d(values, shape);
}
