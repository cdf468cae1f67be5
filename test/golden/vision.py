"""Writes vision.json: a vision Transformer, a contrastive model of images and captions, and the contrastive loss, with
gradients, as PyTorch computes them in float64. Needs torch==2.15.0 (any recent PyTorch gives the same).

Patches are cut by `nn.Conv2d` whose stride is its kernel's size, as in the paper's own code, so that their order is PyTorch's.
"""

import json
import math
from importlib import import_module
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

layers = import_module("transformer-layers")
linear, norm, encoder_layer, plain, case = layers.linear, layers.norm, layers.encoder_layer, layers.plain, layers.case

torch.set_default_dtype(torch.float64)
torch.manual_seed(41)

same = lambda t: t


def shake(module):
    """Gives every parameter a random value; matrices small enough that no softmax saturates, where float32 loses digits."""
    for name, p in module.named_parameters():
        if p.dim() >= 2:
            p.data = torch.randn_like(p) / math.sqrt(p[0].numel())
        else:
            p.data = 0.3 * torch.randn_like(p) + (1.0 if name.endswith("weight") else 0.0)
    return module


def free(*shape, scale=1.0):
    return (scale * torch.randn(*shape)).requires_grad_()


def vision(prefix, Y, X, K, P, C, H, hidden, depth):
    """The body of a vision Transformer, as a function of images [B, Y, X, K], and its parameters by our paths."""
    N = (Y // P) * (X // P)
    cut = shake(nn.Conv2d(K, C, P, stride=P))
    first, places = free(C), free(1 + N, C, scale=0.5)
    blocks = [
        shake(nn.TransformerEncoderLayer(C, H, hidden, 0.0, "gelu", norm_first=True, batch_first=True, layer_norm_eps=1e-4))
        for _ in range(depth)
    ]
    last = shake(nn.LayerNorm(C, eps=1e-4))

    def run(images):
        tokens = cut(images.permute(0, 3, 1, 2)).flatten(2).transpose(1, 2)
        x = torch.cat([first.expand(len(images), 1, C), tokens], 1) + places
        for block in blocks:
            x = block(x)
        return last(x[:, 0])

    parameters = {
        # [C, K, P, P] -> [P * P * K, C]: a pixel's colours lie together
        f"{prefix}patchEmbedding.weight": (cut.weight, lambda t: t.permute(2, 3, 1, 0).reshape(P * P * K, C)),
        f"{prefix}patchEmbedding.bias": (cut.bias, same),
        f"{prefix}classToken": (first, same),
        f"{prefix}positions": (places, same),
        **norm(f"{prefix}norm", last),
    }
    for i, block in enumerate(blocks):
        parameters.update(encoder_layer(f"{prefix}blocks.{i}.", block))
    return run, parameters


golden = {}

# A vision Transformer: images higher than wide, three colours.
run, parameters = vision("encoder.", Y=10, X=6, K=3, P=2, C=15, H=3, hidden=19, depth=2)
head = shake(nn.Linear(15, 7))
images = free(2, 10, 6, 3)
golden["vit"] = {
    "config": dict(
        imageSize=[10, 6], colors=3, patchSize=2, modelSize=15, numHeads=3, numLayers=2, feedForwardSize=19, epsilon=1e-4, classes=7, seed=1
    ),
    **case({"images": images}, {**parameters, **linear("head", head.weight, head.bias)}, {"logits": head(run(images))}),
}

# Patches alone.
pixels = torch.arange(2 * 4 * 6 * 2, dtype=torch.float64).reshape(2, 4, 6, 2)
squares = F.unfold(pixels.permute(0, 3, 1, 2), 2, stride=2)  # [B, K * P * P, N]
golden["patches"] = {
    "images": plain(pixels), "size": 2, "patches": plain(squares.reshape(2, 2, 4, 6).permute(0, 3, 2, 1).reshape(2, 6, 8)),
}

# Images and captions.
run, parameters = vision("imageEncoder.", Y=6, X=9, K=1, P=3, C=10, H=2, hidden=13, depth=1)
V, T, C, E, END = 11, 5, 14, 7, 1
words, places = nn.Embedding(V, C), nn.Embedding(T, C)
tanh_gelu = lambda x: F.gelu(x, approximate="tanh")
blocks = [
    shake(nn.TransformerEncoderLayer(C, 2, 17, 0.0, tanh_gelu, norm_first=True, batch_first=True, layer_norm_eps=1e-5)) for _ in range(2)
]
last = shake(nn.LayerNorm(C, eps=1e-5))
image_projection, caption_projection = shake(nn.Linear(10, E, bias=False)), shake(nn.Linear(C, E, bias=False))
log_scale = torch.tensor(1.3, requires_grad=True)
images = free(3, 6, 9, 1)
captions = torch.tensor([[4, 7, 9, 3, END], [5, 10, END, 0, 0], [8, END, 0, 0, 0]])
x = words(captions) + places.weight
causal = torch.triu(torch.ones(T, T, dtype=torch.bool), 1)
for block in blocks:
    x = block(x, src_mask=causal)
states = last(x)[torch.arange(3), (captions == END).int().argmax(1)]
seen = F.normalize(image_projection(run(images)), dim=1)
read = F.normalize(caption_projection(states), dim=1)
logits = log_scale.exp() * seen @ read.T
loss = (F.cross_entropy(logits, torch.arange(3)) + F.cross_entropy(logits.T, torch.arange(3))) / 2
parameters.update({
    "captionEncoder.tokenEmbedding.weight": (words.weight, same), "captionEncoder.positionEmbedding.weight": (places.weight, same),
    **norm("captionEncoder.norm", last), "imageProjection.weight": (image_projection.weight, lambda t: t.T),
    "captionProjection.weight": (caption_projection.weight, lambda t: t.T), "logScale": (log_scale, same),
})
for i, block in enumerate(blocks):
    parameters.update(encoder_layer(f"captionEncoder.blocks.{i}.", block))
golden["clip"] = {
    "config": dict(
        image=dict(imageSize=[6, 9], patchSize=3, modelSize=10, numHeads=2, numLayers=1, feedForwardSize=13, epsilon=1e-4),
        caption=dict(vocabularySize=V, contextLength=T, modelSize=C, numHeads=2, numLayers=2, feedForwardSize=17),
        end=END, embeddingSize=E, seed=1,
    ),
    "captions": captions.tolist(),
    **case({"images": images}, parameters, {"images": seen, "captions": read, "loss": loss}),
}

Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
