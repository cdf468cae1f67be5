"""Writes losses.json: every loss with its gradient. Needs torch==2.15.0 (any recent PyTorch gives the same)."""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(7)


def randn(*shape, scale=1.0):
    return torch.randn(*shape, generator=generator) * scale


def measure(loss, x, **inputs):
    x = x.clone().requires_grad_(True)
    value = loss(x)
    (gradient,) = torch.autograd.grad(value, x)
    plain = {k: v.tolist() if isinstance(v, torch.Tensor) else v for k, v in inputs.items()}
    return {"x": x.tolist(), **plain, "value": value.item(), "gradient": gradient.tolist()}


def mean_entropy(x):
    return torch.distributions.Categorical(logits=x).entropy().mean()


predictions, values = randn(5, 3), randn(5, 3)
bits = torch.tensor([1.0, 0.0, 1.0, 0.25, 0.0, 1.0, 0.9])
logits, classes = randn(5, 7, scale=2), torch.tensor([3, 0, 6, 2, 3])
extreme_bits = torch.tensor([1000.0, -1000.0, 1000.0, -1000.0, 20.0])
extreme = torch.tensor([[1000.0, 0.0, -1000.0], [-1000.0, 1000.0, 999.0]])
p, q = randn(5, 7), randn(5, 7)

golden = {
    "meanSquaredError": measure(lambda x: F.mse_loss(x, values), predictions, targets=values),
    "meanAbsoluteError": measure(lambda x: F.l1_loss(x, values), predictions, targets=values),
    "binaryCrossEntropy": [
        measure(lambda x: F.binary_cross_entropy_with_logits(x, bits), randn(7, scale=3), targets=bits),
        measure(
            lambda x: F.binary_cross_entropy_with_logits(x, torch.tensor([1.0, 0.0, 0.0, 1.0, 1.0])),
            extreme_bits,
            targets=[1, 0, 0, 1, 1],
        ),
    ],
    "crossEntropy": [
        measure(
            lambda x, t=t, o=o: F.cross_entropy(x, t, label_smoothing=o.get("labelSmoothing", 0), ignore_index=o.get("ignoreIndex", -100)),
            x,
            targets=t,
            options=o,
        )
        for x, t, o in [
            (logits, classes, {}),
            (logits, classes, {"labelSmoothing": 0.1}),
            (logits, classes, {"ignoreIndex": 3}),
            (logits, torch.tensor([3, 0, -100, 2, -100]), {"ignoreIndex": -100, "labelSmoothing": 0.3}),
            (extreme, torch.tensor([2, 2]), {}),
            (extreme, torch.tensor([0, 1]), {"labelSmoothing": 0.1}),
        ]
    ],
    "entropy": [measure(mean_entropy, logits), measure(mean_entropy, randn(3, 5, scale=0.5))],
    "klDivergence": {
        "by p": measure(
            lambda x: F.kl_div(q.log_softmax(-1), x.log_softmax(-1), reduction="batchmean", log_target=True), p, other=q
        ),
        "by q": measure(
            lambda x: F.kl_div(x.log_softmax(-1), p.log_softmax(-1), reduction="batchmean", log_target=True), q, other=p
        ),
    },
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
