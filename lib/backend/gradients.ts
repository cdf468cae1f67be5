import * as tf from "@tensorflow/tfjs";
import { SHARED_WASM } from "./backend";

/**
 * tfjs writes softmax's gradient as four operations. On our backend it is one kernel; on others it stays as it was.
 */
export function registerGradients(): void {
  const plain = tf.getGradient("Softmax");
  tf.registerGradient({
    ...plain,
    gradFunc: (dy, saved, attrs) => {
      if (tf.getBackend() !== SHARED_WASM) return plain.gradFunc(dy, saved, attrs);
      const inputs = { dy: dy as tf.Tensor, y: saved[0] as tf.Tensor };
      return { logits: () => tf.engine().runKernel("SoftmaxGradient", inputs) as tf.Tensor };
    },
  });
}
