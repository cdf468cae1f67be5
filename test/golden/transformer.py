"""Writes transformer.json: the encoder-decoder of 2017, post- and pre-norm, with its loss and every gradient, as PyTorch
computes them in float64. Needs torch==2.15.0 (any recent PyTorch gives the same).

The post-norm one shares one matrix between both embeddings and the output layer.
"""

import json
import math
from pathlib import Path

import torch
from torch import nn

from importlib import import_module

layers = import_module("transformer-layers")
linear, norm, encoder_layer, decoder_layer, plain = (
    layers.linear, layers.norm, layers.encoder_layer, layers.decoder_layer, layers.plain,
)

torch.set_default_dtype(torch.float64)
torch.manual_seed(29)

B, S, T, H, C, F = 3, 7, 5, 2, 10, 13
PAD, START, END = 0, 1, 2
SOURCE_VOCABULARY, TARGET_VOCABULARY = 17, 11
same = lambda t: t


def shake(module):
    """Gives every parameter a random value; matrices small enough that no softmax saturates, where float32 loses digits."""
    for name, p in module.named_parameters():
        if p.dim() == 2:
            p.data = torch.randn_like(p) / math.sqrt(p.shape[1])
        else:
            p.data = 0.3 * torch.randn_like(p) + (1.0 if name.endswith("weight") else 0.0)
    return module


def positions(length):
    angles = torch.arange(length)[:, None] / 10000 ** (torch.arange(0, C, 2) / C)
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


source = torch.tensor([[5, 9, 16, 3, 4, 12, 2], [7, 7, 14, 2, 0, 0, 0], [3, 10, 2, 0, 0, 0, 0]])
target = torch.tensor([[4, 9, 3, 10, 2], [6, 6, 2, 0, 0], [8, 5, 9, 2, 0]])
shifted = torch.cat([torch.full((B, 1), START), target[:, :-1]], 1)

golden = {}
for placement in ["post", "pre"]:
    pre = placement == "pre"
    n_encoder, n_decoder = (2, 3) if pre else (3, 2)
    make = dict(d_model=C, nhead=H, dim_feedforward=F, dropout=0.0, activation="relu", norm_first=pre, batch_first=True)
    final = lambda: nn.LayerNorm(C) if pre else None
    encoder = shake(nn.TransformerEncoder(nn.TransformerEncoderLayer(**make), n_encoder, final(), enable_nested_tensor=False))
    decoder = shake(nn.TransformerDecoder(nn.TransformerDecoderLayer(**make), n_decoder, final()))
    source_embedding = shake(nn.Embedding(SOURCE_VOCABULARY, C))
    target_embedding = shake(nn.Embedding(TARGET_VOCABULARY, C)) if pre else source_embedding
    output = shake(nn.Linear(C, TARGET_VOCABULARY)) if pre else None

    hidden = source == PAD
    x = source_embedding(source) * math.sqrt(C) + positions(S)
    context = encoder(x, src_key_padding_mask=hidden)
    y = target_embedding(shifted) * math.sqrt(C) + positions(T)
    causal = torch.triu(torch.ones(T, T, dtype=torch.bool), 1)
    h = decoder(y, context, tgt_mask=causal, memory_key_padding_mask=hidden)
    logits = output(h) if pre else h @ target_embedding.weight.T
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), ignore_index=PAD, label_smoothing=0.1)
    loss.backward()

    parameters = {"sourceEmbedding.weight": (source_embedding.weight, same), "targetEmbedding.weight": (target_embedding.weight, same)}
    for i, layer in enumerate(encoder.layers):
        parameters.update(encoder_layer(f"encoder.{i}.", layer))
    for i, layer in enumerate(decoder.layers):
        parameters.update(decoder_layer(f"decoder.{i}.", layer))
    if pre:
        parameters.update({**norm("encoderNorm", encoder.norm), **norm("decoderNorm", decoder.norm)})
        parameters.update(linear("output", output.weight, output.bias))

    golden[placement] = {
        "config": {
            "sourceVocabularySize": SOURCE_VOCABULARY,
            "targetVocabularySize": TARGET_VOCABULARY if pre else SOURCE_VOCABULARY,
            "modelSize": C, "numHeads": H, "feedForwardSize": F, "numEncoderLayers": n_encoder, "numDecoderLayers": n_decoder,
            "norm": placement, "sharedEmbeddings": not pre, "padding": PAD, "seed": 1,
        },
        "source": source.tolist(),
        "shifted": shifted.tolist(),
        "target": target.tolist(),
        "parameters": {path: plain(view(p)) for path, (p, view) in parameters.items()},
        "context": plain(context),
        "logits": plain(logits),
        "loss": loss.item(),
        "gradients": {path: plain(view(p.grad)) for path, (p, view) in parameters.items()},
    }

Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
