import * as tf from "@tensorflow/tfjs";
import type { Random } from "../random";
import { Linear } from "./linear";
import { Module } from "./module";

/*
 * What came before attention: one step after the other, everything that is known of the past in one vector.
 * Shape of all layers here: `[B, T, inputs] -> [B, T, size]`, from a state of zeros.
 */

/**
 * Elman's simple recurrent network (Elman 1990): `h_t = tanh(x_t W + b + h_{t-1} U)`.
 * Parameters: `input [inputs, size]` with its bias, `hidden [size, size]`.
 */
export class ElmanRNN extends Module {
  readonly input: Linear;
  readonly hidden: Linear;

  constructor(
    inputs: number,
    readonly size: number,
    { random }: { readonly random: Random },
  ) {
    super();
    this.input = new Linear(inputs, size, { random });
    this.hidden = new Linear(size, size, { random, bias: false });
  }

  forward(x: tf.Tensor3D): tf.Tensor3D {
    let h: tf.Tensor2D = tf.zeros([x.shape[0], this.size]);
    const states = tf.unstack(this.input.forward(x), 1).map((driven) => {
      h = driven.add<tf.Tensor2D>(this.hidden.forward(h)).tanh();
      return h;
    });
    return tf.stack(states, 1) as tf.Tensor3D; // [B, T, size]
  }
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000).
 *
 *     i, f, g, o = x_t W + b + h_{t-1} U, cut in four
 *     c_t = sigmoid(f) c_{t-1} + sigmoid(i) tanh(g)        h_t = sigmoid(o) tanh(c_t)
 *
 * Parameters: `input [inputs, 4 size]` with its bias, `hidden [size, 4 size]`.
 */
export class LSTM extends Module {
  readonly input: Linear;
  readonly hidden: Linear;

  constructor(
    inputs: number,
    readonly size: number,
    { random }: { readonly random: Random },
  ) {
    super();
    this.input = new Linear(inputs, 4 * size, { random });
    this.hidden = new Linear(size, 4 * size, { random, bias: false });
  }

  forward(x: tf.Tensor3D): tf.Tensor3D {
    let h: tf.Tensor2D = tf.zeros([x.shape[0], this.size]);
    let c: tf.Tensor2D = tf.zeros([x.shape[0], this.size]);
    const states = tf.unstack(this.input.forward(x), 1).map((driven) => {
      const gates = driven.add<tf.Tensor2D>(this.hidden.forward(h)); // [B, 4 size]
      const [i, f, g, o] = tf.split(gates, 4, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      c = f.sigmoid().mul<tf.Tensor2D>(c).add(i.sigmoid().mul(g.tanh()));
      h = o.sigmoid().mul(c.tanh());
      return h;
    });
    return tf.stack(states, 1) as tf.Tensor3D; // [B, T, size]
  }
}
