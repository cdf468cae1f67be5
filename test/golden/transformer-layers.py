"""Writes transformer-layers.json: the layers of the Transformer, with gradients, as PyTorch computes them in float64.
Needs torch==2.15.0 (any recent PyTorch gives the same).

Every case has the parameters by our paths and in our layouts (`[in, out]`), inputs, a direction for each output, the
outputs, and the gradients of sum(output * direction) at the inputs and parameters. Sizes are distinct primes where they can be.
"""

import json
import math
from pathlib import Path

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(23)

B, T, S, H, D, F = 2, 5, 7, 3, 4, 11
C = H * D


def shake(module):
    """Gives every parameter, also biases and gains, a random value."""
    for p in module.parameters():
        p.data = torch.randn_like(p) * 0.4 + (1.0 if p.dim() == 1 else 0.0)
    return module


def linear(path, weight, bias):
    return {f"{path}.weight": (weight, lambda t: t.T), f"{path}.bias": (bias, lambda t: t)}


def norm(path, layer):
    return {f"{path}.gain": (layer.weight, lambda t: t), f"{path}.bias": (layer.bias, lambda t: t)}


def attention(path, layer):
    """PyTorch keeps query, key and value in one matrix: cut it in three."""
    size = layer.embed_dim
    found = {}
    for i, name in enumerate(["query", "key", "value"]):
        rows = slice(i * size, (i + 1) * size)
        found[f"{path}{name}.weight"] = (layer.in_proj_weight, lambda t, rows=rows: t[rows].T)
        found[f"{path}{name}.bias"] = (layer.in_proj_bias, lambda t, rows=rows: t[rows])
    found.update(linear(f"{path}output", layer.out_proj.weight, layer.out_proj.bias))
    return found


def encoder_layer(path, layer):
    return {
        **attention(f"{path}attention.", layer.self_attn),
        **norm(f"{path}attentionResidual.norm", layer.norm1),
        **linear(f"{path}feedForward.input", layer.linear1.weight, layer.linear1.bias),
        **linear(f"{path}feedForward.output", layer.linear2.weight, layer.linear2.bias),
        **norm(f"{path}feedForwardResidual.norm", layer.norm2),
    }


def decoder_layer(path, layer):
    return {
        **attention(f"{path}attention.", layer.self_attn),
        **norm(f"{path}attentionResidual.norm", layer.norm1),
        **attention(f"{path}crossAttention.", layer.multihead_attn),
        **norm(f"{path}crossAttentionResidual.norm", layer.norm2),
        **linear(f"{path}feedForward.input", layer.linear1.weight, layer.linear1.bias),
        **linear(f"{path}feedForward.output", layer.linear2.weight, layer.linear2.bias),
        **norm(f"{path}feedForwardResidual.norm", layer.norm3),
    }


def plain(t):
    return {"shape": list(t.shape), "values": [float(f"{v:.9g}") for v in t.detach().flatten().tolist()]}


def case(inputs, parameters, outputs):
    """`parameters`: path -> (tensor with gradient, how its entry is cut and turned to our layout)."""
    directions = {name: torch.randn_like(t) for name, t in outputs.items()}
    sum((t * directions[name]).sum() for name, t in outputs.items()).backward()
    return {
        "inputs": {name: plain(t) for name, t in inputs.items()},
        "parameters": {path: plain(view(p)) for path, (p, view) in parameters.items()},
        "directions": {name: plain(t) for name, t in directions.items()},
        "outputs": {name: plain(t) for name, t in outputs.items()},
        "gradients": {
            **{name: plain(t.grad) for name, t in inputs.items() if t.grad is not None},
            **{path: plain(view(p.grad)) for path, (p, view) in parameters.items()},
        },
    }


def random(*shape):
    return torch.randn(*shape, requires_grad=True)


def main():
    golden = {}

    layer = shake(nn.LayerNorm(C, eps=1e-3))
    x = random(B, T, C)
    golden["layerNorm"] = case({"x": x}, {"gain": (layer.weight, lambda t: t), "bias": (layer.bias, lambda t: t)}, {"y": layer(x)})

    layer = shake(nn.RMSNorm(C, eps=1e-3))
    x = random(B, T, C)
    golden["rmsNorm"] = case({"x": x}, {"gain": (layer.weight, lambda t: t)}, {"y": layer(x)})

    causal = torch.triu(torch.ones(T, T, dtype=torch.bool), 1)
    padding = torch.tensor([[False] * 7, [False] * 4 + [True] * 3])  # True hides, in PyTorch

    layer = shake(nn.MultiheadAttention(C, H, batch_first=True))
    x = random(B, T, C)
    y, weights = layer(x, x, x, attn_mask=causal, average_attn_weights=False)
    golden["selfAttention"] = case({"x": x}, attention("", layer), {"output": y, "weights": weights})

    layer = shake(nn.MultiheadAttention(C, H, batch_first=True))
    x, context = random(B, T, C), random(B, S, C)
    y, weights = layer(x, context, context, key_padding_mask=padding, average_attn_weights=False)
    golden["crossAttention"] = case({"x": x, "context": context}, attention("", layer), {"output": y, "weights": weights})

    for placement in ["post", "pre"]:
        for activation in ["relu", "gelu"]:
            layer = shake(
                nn.TransformerEncoderLayer(C, H, F, 0.0, activation, norm_first=placement == "pre", batch_first=True, layer_norm_eps=1e-4)
            )
            x = random(B, S, C)
            golden[f"encoderBlock.{placement}.{activation}"] = case(
                {"x": x}, encoder_layer("", layer), {"output": layer(x, src_key_padding_mask=padding)}
            )
        layer = shake(nn.TransformerDecoderLayer(C, H, F, 0.0, "relu", norm_first=placement == "pre", batch_first=True))
        x, context = random(B, T, C), random(B, S, C)
        y = layer(x, context, tgt_mask=causal, memory_key_padding_mask=padding)
        golden[f"decoderBlock.{placement}"] = case({"x": x, "context": context}, decoder_layer("", layer), {"output": y})

    for name, layer in [("elman", nn.RNN(3, 5, batch_first=True)), ("lstm", nn.LSTM(3, 5, batch_first=True))]:
        shake(layer)
        layer.bias_hh_l0.data.zero_()  # PyTorch adds two biases, we have one
        x = random(B, T, 3)
        golden[name] = case(
            {"x": x},
            {**linear("input", layer.weight_ih_l0, layer.bias_ih_l0), "hidden.weight": (layer.weight_hh_l0, lambda t: t.T)},
            {"y": layer(x)[0]},
        )

    layer = shake(nn.Conv1d(3, 5, 4))
    x = random(B, T, 3)
    y = layer(nn.functional.pad(x.transpose(1, 2), (3, 0))).transpose(1, 2)
    window = lambda t: t.permute(2, 1, 0).reshape(-1, 5)  # [out, in, width] -> [width * in, out]
    golden["convolution"] = case({"x": x}, {"window.weight": (layer.weight, window), "window.bias": (layer.bias, lambda t: t)}, {"y": y})

    positions = torch.arange(T)[:, None] + 3
    angles = positions / 10000 ** (torch.arange(0, C, 2) / C)
    golden["sinusoidalPositions"] = {"start": 3, "outputs": {"table": plain(torch.stack([angles.sin(), angles.cos()], -1).flatten(1))}}

    x = random(B, H, T, D)
    angles = positions * 10000 ** (-torch.arange(0, D, 2) / D)
    turned = torch.view_as_real(torch.view_as_complex(x.reshape(B, H, T, D // 2, 2)) * torch.polar(torch.ones_like(angles), angles))
    golden["rotate"] = {"start": 3, **case({"x": x}, {}, {"y": turned.flatten(-2)})}


    def bucket(relative, bidirectional, buckets, distance):
        """T5's buckets (Raffel et al. 2020, in float32 as in their code)."""
        relative = torch.tensor(relative)
        offset = 0
        if bidirectional:
            buckets //= 2
            offset = (relative > 0).long() * buckets
            relative = relative.abs()
        else:
            relative = (-relative).clamp(min=0)
        exact = buckets // 2
        far = exact + (torch.log(relative.float() / exact) / math.log(distance / exact) * (buckets - exact)).long()
        return (offset + torch.where(relative < exact, relative, far.clamp(max=buckets - 1))).tolist()


    distances = list(range(-300, 301))
    golden["relativePositionBucket"] = [
        {"bidirectional": two, "buckets": n, "maxDistance": m, "distances": distances, "outputs": bucket(distances, two, n, m)}
        for two in [True, False]
        for n, m in [(32, 128), (16, 64), (10, 37)]
    ]

    Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
