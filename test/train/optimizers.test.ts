import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { linear } from "../../lib/nn/linear";
import { parameter } from "../../lib/nn/module";
import { clipByNorm, globalNorm } from "../../lib/train/clip";
import { type Parameters, valueAndGradients } from "../../lib/train/gradients";
import { Adam, AdamW, type Optimizer, RMSProp, SGD } from "../../lib/train/optimizers";
import { cosine, type Schedule, stepDecay, warmupInverseSquareRoot } from "../../lib/train/schedules";
import golden from "../golden/optimizers.json";
import { expectClose, expectNoLeak, onEachBackend } from "../gradient";

interface Recipe {
  readonly make: (parameters: Parameters) => Optimizer;
  readonly schedule?: Schedule;
  readonly clip?: number;
}

// The same as in test/golden/optimizers.py.
const recipes: Record<keyof typeof golden.trajectories, Recipe> = {
  SGD: { make: (p) => new SGD(p, { learningRate: 0.3 }) },
  "SGD weightDecay": { make: (p) => new SGD(p, { learningRate: 0.3, weightDecay: 0.07 }) },
  "SGD momentum": { make: (p) => new SGD(p, { learningRate: 0.05, momentum: 0.9 }) },
  "SGD nesterov": {
    make: (p) => new SGD(p, { learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.03 }),
  },
  "SGD clipped": { make: (p) => new SGD(p, { learningRate: 0.3 }), clip: 0.1 },
  "SGD stepDecay": {
    make: (p) => new SGD(p, { learningRate: 0 }),
    schedule: stepDecay({ rate: 0.4, factor: 0.7, every: 13 }),
  },
  RMSProp: { make: (p) => new RMSProp(p, { learningRate: 0.003 }) },
  "RMSProp momentum": {
    make: (p) => new RMSProp(p, { learningRate: 0.003, decay: 0.9, momentum: 0.7, weightDecay: 0.03 }),
  },
  Adam: { make: (p) => new Adam(p, { learningRate: 0.02 }) },
  "Adam weightDecay": {
    make: (p) => new Adam(p, { learningRate: 0.02, beta1: 0.8, beta2: 0.95, weightDecay: 0.05 }),
  },
  AdamW: { make: (p) => new AdamW(p, { learningRate: 0.02, weightDecay: 0.05 }) },
  "AdamW defaults": { make: (p) => new AdamW(p) },
  "AdamW cosine clipped": {
    make: (p) => new AdamW(p, { beta2: 0.98, weightDecay: 0.1 }),
    schedule: cosine({ peak: 0.2, warmup: 7, steps: 83, floor: 0.01 }),
    clip: 0.05,
  },
  "Adam inverse square root": {
    make: (p) => new Adam(p, { beta2: 0.98, epsilon: 1e-9 }),
    schedule: warmupInverseSquareRoot({ size: 17, warmup: 23 }),
  },
};

/** The problem of the golden: `mean((tanh(x W + b) - y)²)`. */
function problem() {
  const weight = parameter(() => tf.tensor2d(golden.problem.weight));
  const bias = parameter(() => tf.tensor1d(golden.problem.bias));
  const [x, y] = [tf.tensor2d(golden.problem.x), tf.tensor2d(golden.problem.y)];
  const loss = () => linear(x, weight, bias).tanh().sub(y).square().mean<tf.Scalar>();
  const parameters: Parameters = new Map<string, tf.Variable>([
    ["layer.weight", weight],
    ["layer.bias", bias],
  ]);
  return { weight, bias, loss, parameters, dispose: () => tf.dispose([weight, bias, x, y]) };
}

function train(
  optimizer: Optimizer,
  { loss, parameters }: ReturnType<typeof problem>,
  steps: number,
  { schedule, clip }: Partial<Recipe> = {},
  from = 0,
): { losses: number[]; norms: number[] } {
  const losses: number[] = [];
  const norms: number[] = [];
  for (let step = from; step < from + steps; step++) {
    tf.tidy(() => {
      if (schedule) optimizer.learningRate = schedule(step);
      const { value, gradients } = valueAndGradients(loss, parameters);
      losses.push(value.dataSync()[0]!);
      norms.push(globalNorm(gradients).dataSync()[0]!);
      optimizer.step(clip ? clipByNorm(gradients, clip) : gradients);
    });
  }
  return { losses, norms };
}

onEachBackend(() => {
  describe("100 steps equal PyTorch's", () => {
    test.each(Object.entries(recipes))("%s", (name, recipe) => {
      const { kept, clippedSteps } = golden.trajectories[name as keyof typeof recipes];
      const it = problem();
      const optimizer = recipe.make(it.parameters);
      let done = 0;
      let clipped = 0;
      for (const { step, loss, weight, bias } of kept) {
        const { losses, norms } = train(optimizer, it, step - done, recipe, done);
        done = step;
        clipped += norms.filter((norm) => norm > (recipe.clip ?? Number.POSITIVE_INFINITY)).length;
        const close = { relative: 1e-5, what: `step ${step}:` };
        expectClose(losses.slice(-1), [loss], close);
        expectClose(it.weight.dataSync(), weight.flat(), close);
        expectClose(it.bias.dataSync(), bias, close);
      }
      expect(done).toBe(100);
      expect(clipped).toBe(clippedSteps);
      optimizer.dispose();
      it.dispose();
    });
  });
});

const makers: [string, Recipe["make"]][] = [
  ["SGD", (p) => new SGD(p, { learningRate: 0.1, momentum: 0.9 })],
  ["RMSProp", (p) => new RMSProp(p, { learningRate: 0.01, momentum: 0.5 })],
  ["Adam", (p) => new Adam(p, { learningRate: 0.01 })],
  ["AdamW", (p) => new AdamW(p, { learningRate: 0.01 })],
];

onEachBackend(() => {
  describe.each(makers)("%s", (name, make) => {
    test("continues from a saved state as if it had never stopped", () => {
      const [whole, parts] = [problem(), problem()];
      const optimizer = make(whole.parameters);
      train(optimizer, whole, 10);
      const first = make(parts.parameters);
      train(first, parts, 4);
      const state = first.state();
      train(first, parts, 0); // the state is a copy: what follows does not change it
      first.dispose();
      const second = make(parts.parameters);
      second.load(state);
      train(second, parts, 6);
      expect(parts.weight.dataSync()).toEqual(whole.weight.dataSync());
      expect(second.steps).toBe(10);
      tf.dispose([...state.values()]);
      for (const each of [optimizer, second, whole, parts]) each.dispose();
    });

    test("a saved state does not move when training goes on", () => {
      const it = problem();
      const optimizer = make(it.parameters);
      train(optimizer, it, 2);
      const state = optimizer.state();
      const before = [...state.values()].map((tensor) => [...tensor.dataSync()]);
      train(optimizer, it, 2);
      expect([...state.values()].map((tensor) => [...tensor.dataSync()])).toEqual(before);
      tf.dispose([...state.values()]);
      optimizer.dispose();
      it.dispose();
    });

    test("updates a tied variable once, under whichever path its gradient comes", () => {
      const weights = [1, 2, 3].map(() => parameter(() => tf.tensor1d([1, -2, 3])));
      const [single, tied, other] = weights as [tf.Variable, tf.Variable, tf.Variable];
      const optimizers = [
        make(new Map([["w", single]])),
        make(
          new Map([
            ["encoder.w", tied],
            ["decoder.w", tied],
          ]),
        ),
        make(
          new Map([
            ["encoder.w", other],
            ["decoder.w", other],
          ]),
        ),
      ] as const;
      tf.tidy(() => {
        const gradient = tf.tensor1d([0.5, 0.25, -1]);
        optimizers[0].step(new Map([["w", gradient]]));
        optimizers[1].step(
          new Map([
            ["encoder.w", gradient],
            ["decoder.w", gradient],
          ]),
        );
        optimizers[2].step(new Map([["decoder.w", gradient]]));
      });
      expect(tied.dataSync()).toEqual(single.dataSync());
      expect(other.dataSync()).toEqual(single.dataSync());
      expect([...single.dataSync()]).not.toEqual([1, -2, 3]);
      tf.dispose([weights, ...optimizers.map((optimizer) => optimizer.dispose())]);
    });

    test("leaves no tensor behind: not in steps, not in state and load, not after dispose", () => {
      const it = problem();
      const before = tf.memory().numTensors;
      const optimizer = make(it.parameters);
      train(optimizer, it, 1);
      expectNoLeak(() => train(optimizer, it, 3));
      expectNoLeak(() => {
        const state = optimizer.state();
        optimizer.load(state);
        tf.dispose([...state.values()]);
      });
      optimizer.dispose();
      expect(tf.memory().numTensors).toBe(before);
      it.dispose();
    });

    test("bad input gets a sentence, and changes nothing", () => {
      const it = problem();
      const optimizer = make(it.parameters);
      const before = [...it.weight.dataSync()];
      tf.tidy(() => {
        const weight = tf.ones([3, 5]);
        expect(() => optimizer.step(new Map([["layer.weight", weight]]))).toThrow(
          `${name}.step: layer.bias: expected a gradient, got none; build the optimizer without it to freeze it`,
        );
        expect(() =>
          optimizer.step(
            new Map([
              ["layer.weight", weight],
              ["layer.bias", weight],
            ]),
          ),
        ).toThrow(`${name}.step: layer.bias: expected [5], got [3, 5]`);
        expect(() => optimizer.load(new Map())).toThrow(`${name}.load: expected a state with steps, got none`);
        const state = optimizer.state();
        const slot = [...state.keys()].find((key) => key.endsWith("layer.bias"))!;
        state.set(slot, tf.zeros([2]));
        expect(() => optimizer.load(state)).toThrow(`${name}.load: ${slot}: expected [5], got [2]`);
      });
      expect([...it.weight.dataSync()]).toEqual(before);
      expect(optimizer.steps).toBe(0);
      optimizer.dispose();
      it.dispose();
    });
  });
});

test("decayVectors: false decays matrices and leaves vectors to their gradients", () => {
  const moved = (decayVectors: boolean) => {
    const parameters = new Map<string, tf.Variable>([
      ["matrix", tf.variable(tf.fill([2, 3], 5))],
      ["vector", tf.variable(tf.fill([3], 5))],
    ]);
    const gradients = new Map<string, tf.Tensor>([
      ["matrix", tf.zeros([2, 3])],
      ["vector", tf.zeros([3])],
    ]);
    const optimizer = new AdamW(parameters, { learningRate: 0.1, weightDecay: 0.2, decayVectors });
    optimizer.step(gradients);
    const after = [...parameters.values()].map((weight) => weight.dataSync()[0]!);
    tf.dispose([...parameters.values(), ...gradients.values()]);
    optimizer.dispose();
    return after;
  };
  const decayed = 5 * (1 - 0.1 * 0.2);
  for (const [i, value] of moved(true).entries()) expect(value, `${i}`).toBeCloseTo(decayed, 5);
  const [matrix, vector] = moved(false);
  expect(matrix).toBeCloseTo(decayed, 5);
  expect(vector).toBe(5);
});

test("options out of range get a sentence", () => {
  const it = problem();
  const p = it.parameters;
  expect(() => new SGD(p, { learningRate: -1 })).toThrow(
    "SGD: expected learningRate to be a number of at least 0, got -1",
  );
  expect(() => new SGD(p, { learningRate: 1, momentum: 1 })).toThrow(
    "expected momentum to be a number in [0, 1), got 1",
  );
  expect(() => new SGD(p, { learningRate: 1, nesterov: true })).toThrow(
    "SGD: expected a momentum above 0 with nesterov, got 0",
  );
  expect(() => new RMSProp(p, { learningRate: 1, decay: 1.5 })).toThrow("RMSProp: expected decay");
  expect(() => new Adam(p, { beta1: 1 })).toThrow("Adam: expected beta1 to be a number in [0, 1), got 1");
  expect(() => new AdamW(p, { weightDecay: Number.NaN })).toThrow("AdamW: expected weightDecay");
  it.dispose();
});
