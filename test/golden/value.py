"""Writes value.json: gradients of expressions and of a small network by torch.autograd.

Needs torch==2.15.0 (any recent PyTorch gives the same). The expressions are written a second time in test/scalar/value.test.ts.
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(19)

expressions = {
    "arithmetic": lambda a, b, c: (a * b + c) / (a - b * c) - 2 * a + b / 3 - (1 - c),
    "powers": lambda a, b, c: a**3 + b**-2 + a**0.5 * (2 + c) ** 2 + a**b,
    "exponential and logarithm": lambda a, b, c: (a * b).exp() * (a + 2).log() + (c.exp() + b.exp()).log(),
    "activations": lambda a, b, c: (a * c).tanh() * (b - a).sigmoid() + (c * b).relu() + (-c * b).relu() + (-a).tanh(),
    "shared values": lambda a, b, c: (lambda d: (lambda e: e * e + d * e + d * d * c)(d * b + d))(a * b + c),
}
at = [1.3, 0.7, -1.9]


def measure(f):
    inputs = [torch.tensor(v, requires_grad=True) for v in at]
    y = f(*inputs)
    y.backward()
    return {"value": y.item(), "gradients": [v.grad.item() for v in inputs]}


def network(activation):
    sizes = [3, 5, 4, 2]
    layers = [torch.nn.Linear(i, o) for i, o in zip(sizes, sizes[1:])]
    x, y = torch.randn(7, 3), torch.randn(7, 2)
    h = x
    for layer in layers[:-1]:
        h = activation(layer(h))
    loss = F.mse_loss(layers[-1](h), y)
    loss.backward()
    # Neuron by neuron: its weights, then its bias.
    row = lambda weight, bias: torch.cat([weight, bias[:, None]], 1).flatten().tolist()
    return {
        "sizes": sizes,
        "x": x.tolist(),
        "y": y.tolist(),
        "loss": loss.item(),
        "parameters": sum([row(l.weight, l.bias) for l in layers], []),
        "gradients": sum([row(l.weight.grad, l.bias.grad) for l in layers], []),
    }


golden = {
    "at": at,
    "expressions": {name: measure(f) for name, f in expressions.items()},
    "networks": {"tanh": network(torch.tanh), "relu": network(torch.relu), "sigmoid": network(torch.sigmoid)},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
