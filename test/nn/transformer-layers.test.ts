import * as tf from "@tensorflow/tfjs";
import { expect, test } from "vitest";
import { MultiHeadAttention } from "../../lib/nn/attention";
import { type BlockConfig, DecoderBlock, EncoderBlock } from "../../lib/nn/blocks";
import { CausalConvolution } from "../../lib/nn/convolution";
import { LayerNorm, RMSNorm } from "../../lib/nn/layer-norm";
import { causalMask } from "../../lib/nn/masks";
import { relativePositionBucket, rotate, sinusoidalPositions } from "../../lib/nn/positions";
import { ElmanRNN, LSTM } from "../../lib/nn/recurrent";
import { Random } from "../../lib/random";
import { asTensor, expectClose, expectGolden, type GoldenCase, readGolden } from "../golden-case";

// Values and gradients from PyTorch: test/golden/transformer-layers.py.
const golden = readGolden("transformer-layers");
const random = new Random(1);
const [T, H, C, F] = [5, 3, 12, 11];

const padding = () => tf.tensor([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0], [2, 1, 1, 7]);
type In = Record<string, tf.Tensor3D>;

test("LayerNorm equals torch.nn.LayerNorm", () => {
  const layer = new LayerNorm(C, { epsilon: 1e-3 });
  expectGolden(layer, golden.layerNorm, ({ x }) => ({ y: layer.forward(x!) }));
});

test("RMSNorm equals torch.nn.RMSNorm", () => {
  const layer = new RMSNorm(C, { epsilon: 1e-3 });
  expectGolden(layer, golden.rmsNorm, ({ x }) => ({ y: layer.forward(x!) }));
});

test("self-attention with a causal mask equals torch.nn.MultiheadAttention", () => {
  const layer = new MultiHeadAttention(C, { heads: H, random });
  expectGolden(layer, golden.selfAttention, (inputs) => {
    const { output, weights } = layer.forward((inputs as In).x!, { mask: causalMask(T) });
    return { output, weights };
  });
});

test("cross-attention with a padding mask equals torch.nn.MultiheadAttention", () => {
  const layer = new MultiHeadAttention(C, { heads: H, random });
  expectGolden(layer, golden.crossAttention, (inputs) => {
    const { x, context } = inputs as In;
    const { output, weights } = layer.forward(x!, { context: context!, mask: padding() });
    return { output, weights };
  });
});

for (const norm of ["post", "pre"] as const) {
  const config: BlockConfig = { size: C, heads: H, feedForwardSize: F, random, norm };
  for (const activation of ["relu", "gelu"] as const) {
    test(`the encoder block (${norm}-norm, ${activation}) equals torch.nn.TransformerEncoderLayer`, () => {
      const block = new EncoderBlock({ ...config, activation, epsilon: 1e-4 });
      expectGolden(block, golden[`encoderBlock.${norm}.${activation}`], (inputs) => {
        return { output: block.forward((inputs as In).x!, { mask: padding() }).output };
      });
    });
  }

  test(`the decoder block (${norm}-norm) equals torch.nn.TransformerDecoderLayer`, () => {
    const block = new DecoderBlock(config);
    expectGolden(block, golden[`decoderBlock.${norm}`], (inputs) => {
      const { x, context } = inputs as In;
      return { output: block.forward(x!, context!, { mask: causalMask(T), contextMask: padding() }).output };
    });
  });
}

test("Elman's network equals torch.nn.RNN", () => {
  const layer = new ElmanRNN(3, 5, { random });
  expectGolden(layer, golden.elman, (inputs) => ({ y: layer.forward((inputs as In).x!) }));
});

test("LSTM equals torch.nn.LSTM", () => {
  const layer = new LSTM(3, 5, { random });
  expectGolden(layer, golden.lstm, (inputs) => ({ y: layer.forward((inputs as In).x!) }));
});

test("the causal convolution equals torch.nn.Conv1d on a sequence padded in front", () => {
  const layer = new CausalConvolution(3, 5, 4, { random });
  expectGolden(layer, golden.convolution, (inputs) => ({ y: layer.forward((inputs as In).x!) }));
});

test("sinusoidal and rotary positions equal their formulas in PyTorch", () => {
  tf.tidy(() => {
    const { start, outputs } = golden.sinusoidalPositions;
    expectClose("table", sinusoidalPositions(T, C, start), outputs.table);
    const turning: GoldenCase & { start: number } = golden.rotate;
    const x = asTensor(turning.inputs["x"]!) as tf.Tensor4D;
    expectClose("turned", rotate(x, turning.start), turning.outputs["y"]!);
    const gradient = tf.grad((v) => rotate(v as tf.Tensor4D, turning.start).mul(asTensor(turning.directions["y"]!)))(x);
    expectClose("gradient", gradient, turning.gradients["x"]!);
  });
});

test("T5's buckets equal the reference at every distance", () => {
  for (const { bidirectional, buckets, maxDistance, distances, outputs } of golden.relativePositionBucket) {
    const found = distances.map((d: number) => relativePositionBucket(d, { bidirectional, buckets, maxDistance }));
    expect(found).toEqual(outputs);
  }
});
