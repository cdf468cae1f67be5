"""Writes mlp.json: an MLP's logits and gradients, and ten steps of training with clipping and a cosine schedule.

Needs torch==2.15.0 (any recent PyTorch gives the same).
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

sizes = [3, 7, 5, 2]
generator = torch.Generator().manual_seed(11)
linears = []
for inputs, outputs in zip(sizes, sizes[1:]):
    linear = torch.nn.Linear(inputs, outputs)
    for parameter in linear.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator) * 0.7
    linears.append(linear)
parameters = [parameter for linear in linears for parameter in linear.parameters()]
x = torch.randn(11, sizes[0], generator=generator)
y = torch.randint(sizes[-1], (11,), generator=generator)


def forward(x):
    for linear in linears[:-1]:
        x = F.relu(linear(x))
    return linears[-1](x)


def stored(tensors):
    """As lib/nn/linear stores them: weight [in, out]."""
    names = [f"layers.{i}.{name}" for i in range(len(linears)) for name in ("weight", "bias")]
    return {name: tensor.detach().T.tolist() if tensor.ndim == 2 else tensor.detach().tolist() for name, tensor in zip(names, tensors)}


logits = forward(x)
loss = F.cross_entropy(logits, y)
golden = {
    "sizes": sizes,
    "parameters": stored(parameters),
    "x": x.tolist(),
    "y": y.tolist(),
    "logits": logits.tolist(),
    "loss": loss.item(),
    "gradients": stored(torch.autograd.grad(loss, parameters)),
}

# Ten steps; step n sees the rows n, n + 1 ... n + 4, modulo 11.
steps, peak, clip = 10, 0.05, 0.6
optimizer = torch.optim.AdamW(parameters, lr=peak, weight_decay=0.1)
losses, norms = [], []
for step in range(steps):
    optimizer.param_groups[0]["lr"] = peak * (1 + math.cos(math.pi * step / steps)) / 2
    rows = [(step + i) % 11 for i in range(5)]
    loss = F.cross_entropy(forward(x[rows]), y[rows])
    optimizer.zero_grad()
    loss.backward()
    norms.append(torch.nn.utils.clip_grad_norm_(parameters, clip).item())
    optimizer.step()
    losses.append(loss.item())
assert min(norms) < clip < max(norms), norms  # clipping must matter in some steps and not in others
golden["training"] = {"steps": steps, "peak": peak, "clip": clip, "losses": losses, "parameters": stored(parameters)}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
