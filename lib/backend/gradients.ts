import * as tf from "@tensorflow/tfjs";
import { SHARED_WASM } from "./backend";

const run = (kernel: string, inputs: Record<string, tf.Tensor>, attrs: tf.NamedAttrMap = {}): tf.Tensor[] =>
  [tf.engine().runKernel(kernel, inputs, attrs)].flat() as tf.Tensor[];

/** The gradients of the fused kernels, each a kernel too; tfjs's tape finds them by the forward kernel's name. */
export function registerGradients(): void {
  registerSoftmax();
  for (const name of ["Gelu", "GeluTanh"])
    tf.registerGradient({
      kernelName: `${name}(x)`,
      inputsToSave: ["x"],
      gradFunc: (dy, [x]) => ({ x: () => run(`${name}Gradient`, { dy: dy as tf.Tensor, x: x! })[0]! }),
    });

  tf.registerGradient({
    kernelName: "Dropout(x)",
    gradFunc: (dy, _saved, attrs) => ({ x: () => run("Dropout(x)", { x: dy as tf.Tensor }, attrs)[0]! }),
  });

  for (const bias of [false, true])
    tf.registerGradient({
      kernelName: bias ? "LayerNorm(x,gain,bias)" : "LayerNorm(x,gain)",
      inputsToSave: ["x", "gain"],
      gradFunc: (dy, [x, gain], attrs) => {
        const [dx, dgain, dbias] = run("LayerNormGradient", { dy: dy as tf.Tensor, x: x!, gain: gain! }, attrs);
        return { x: () => dx!, gain: () => dgain!, ...(bias && { bias: () => dbias! }) };
      },
    });

  for (const bias of [false, true])
    tf.registerGradient({
      kernelName: bias ? "Linear(x,weight,bias)" : "Linear(x,weight)",
      inputsToSave: ["x", "weight"],
      gradFunc: (dy, [x, weight]) => {
        const [K, N] = weight!.shape as [number, number];
        const rows = (dy as tf.Tensor).reshape<tf.Tensor2D>([-1, N]);
        return {
          x: () => rows.matMul(weight as tf.Tensor2D, false, true).reshape(x!.shape),
          weight: () => x!.reshape<tf.Tensor2D>([-1, K]).matMul(rows, true, false),
          ...(bias && { bias: () => rows.sum(0) }),
        };
      },
    });

  tf.registerGradient({
    kernelName: "CrossEntropy(logits,targets,weights)",
    inputsToSave: ["logits", "targets", "weights"],
    gradFunc: (dy, [logits, targets, weights], attrs) => {
      const inputs = { dy: dy as tf.Tensor, logits: logits!, targets: targets!, weights: weights! };
      return { logits: () => run("CrossEntropyGradient", inputs, attrs)[0]! };
    },
  });

  for (const mask of [false, true])
    for (const bias of [false, true]) {
      const names = ["query", "key", "value", ...(mask ? ["mask"] : []), ...(bias ? ["bias"] : [])];
      tf.registerGradient({
        kernelName: `Attention(${names})`,
        inputsToSave: names,
        outputsToSave: [false, true],
        gradFunc: (dys, saved, attrs) => {
          const [dOutput, dWeights] = dys as tf.Tensor[];
          const inputs = Object.fromEntries([...names, "weights"].map((name, i) => [name, saved[i]!]));
          const all = { ...inputs, dOutput: dOutput!, dWeights: dWeights! };
          const [query, key, value, scores] = run("AttentionGradient", all, attrs);
          return {
            query: () => query!,
            key: () => key!,
            value: () => value!,
            ...(bias && { bias: () => sumTo(scores!, inputs["bias"]!.shape) }),
          };
        },
      });
    }
}

/** tfjs writes softmax's gradient as four operations; on our backend it is one kernel, on others it stays as it was. */
function registerSoftmax(): void {
  const plain = tf.getGradient("Softmax");
  tf.registerGradient({
    ...plain,
    gradFunc: (dy, saved, attrs) => {
      if (tf.getBackend() !== SHARED_WASM) return plain.gradFunc(dy, saved, attrs);
      return { logits: () => run("SoftmaxGradient", { dy: dy as tf.Tensor, y: saved[0]! })[0]! };
    },
  });
}

/** The gradient of what was broadcast: the sum over everything that it was repeated for. */
function sumTo(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes(shape as number[], x.shape);
  return x.sum(axes).reshape(shape as number[]);
}
