"""Writes activations.json: every activation and its derivative. Needs torch==2.15.0 (any recent PyTorch gives the same)."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)

points = [-1000.0, -37.0, -8.25, -3.1, -2.0, -1.03, -0.4, -1e-3, 0.0, 1e-3, 0.17, 0.75, 1.0, 1.9, 2.95, 3.05, 5.5, 6.5, 40.0, 1000.0]


def pointwise(f):
    x = torch.tensor(points, requires_grad=True)
    y = f(x)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    return {"value": y.tolist(), "derivative": gradient.tolist()}


def softmax():
    x = torch.tensor([0.3, -1.7, 2.2, 0.9, -0.4, 1.1, -3.5])
    return {
        "x": x.tolist(),
        "value": F.softmax(x, -1).tolist(),
        "jacobian": torch.autograd.functional.jacobian(lambda v: F.softmax(v, -1), x).tolist(),
    }


def softmax_rows():
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(2, 3, 5, generator=generator, requires_grad=True)
    direction = torch.randn(2, 3, 5, generator=generator)
    y = F.softmax(x, -1)
    (gradient,) = torch.autograd.grad((y * direction).sum(), x)
    return {"x": x.tolist(), "direction": direction.tolist(), "value": y.tolist(), "gradient": gradient.tolist()}


golden = {
    "points": points,
    "step": {"value": torch.heaviside(torch.tensor(points), torch.tensor(1.0)).tolist()},
    "relu": pointwise(F.relu),
    "leakyRelu": pointwise(F.leaky_relu),
    "leakyRelu 0.2": pointwise(lambda x: F.leaky_relu(x, 0.2)),
    "sigmoid": pointwise(torch.sigmoid),
    "tanh": pointwise(torch.tanh),
    "gelu": pointwise(F.gelu),
    "geluTanh": pointwise(lambda x: F.gelu(x, approximate="tanh")),
    "erf": pointwise(torch.erf),
    "softmax": softmax(),
    "softmaxRows": softmax_rows(),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
