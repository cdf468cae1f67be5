"""Writes linear.json: torch.nn.Linear's output and gradients. Needs torch==2.15.0 (any recent PyTorch gives the same)."""

import json
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
torch.manual_seed(17)

layer = torch.nn.Linear(5, 7)
x = torch.randn(2, 3, 5, requires_grad=True)
direction = torch.randn(2, 3, 7)
y = layer(x)
(y * direction).sum().backward()

golden = {
    "x": x.tolist(),
    "weight": layer.weight.T.tolist(),  # ours is [in, out]
    "bias": layer.bias.tolist(),
    "direction": direction.tolist(),
    "y": y.tolist(),
    "gradients": {"x": x.grad.tolist(), "weight": layer.weight.grad.T.tolist(), "bias": layer.bias.grad.tolist()},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
