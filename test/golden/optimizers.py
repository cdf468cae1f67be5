"""Writes optimizers.json: the weights of a small problem along 100 steps of each optimiser, and each schedule's rates.

Needs torch==2.15.0 (any recent PyTorch gives the same).
"""

import json
import math
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(11)


def randn(*shape):
    return torch.randn(*shape, generator=generator)


# A problem that is not quadratic: y = tanh(x W + b), 7 examples of 3 inputs and 5 outputs.
x, y, W, b = randn(7, 3), randn(7, 5).tanh(), randn(3, 5), randn(5)
STEPS, KEPT = 100, [1, 2, 3, 10, 30, 100]


def lambda_schedule(base, rate):
    return lambda optimizer: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step) / base)


def trajectory(make, schedule=None, clip=None):
    weight, bias = W.clone().requires_grad_(True), b.clone().requires_grad_(True)
    optimizer = make([weight, bias])
    scheduler = schedule(optimizer) if schedule else None
    kept, norms = [], []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss = ((torch.tanh(x @ weight + bias) - y) ** 2).mean()
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_([weight, bias], clip or math.inf).item())
        optimizer.step()
        if scheduler:
            scheduler.step()
        if step in KEPT:
            kept.append({"step": step, "loss": loss.item(), "weight": weight.tolist(), "bias": bias.tolist()})
    clipped = sum(norm > clip for norm in norms) if clip else 0
    return {"kept": kept, "clippedSteps": clipped}


def inverse_square_root(step, size=17, warmup=23):
    return size**-0.5 * min((step + 1) ** -0.5, (step + 1) * warmup**-1.5)


def warmup_cosine(step, peak=0.2, warmup=7, steps=83, floor=0.01):
    if step < warmup:
        return peak * (step + 1) / warmup
    return floor + (peak - floor) * (1 + math.cos(math.pi * min(1, (step - warmup) / (steps - warmup)))) / 2


def warmup_linear(step, peak=0.2, warmup=7, steps=83, floor=0.01):
    if step < warmup:
        return peak * (step + 1) / warmup
    return floor + (peak - floor) * (1 - min(1, (step - warmup) / (steps - warmup)))


def rates(schedule):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.2)
    scheduler, seen = schedule(optimizer), []
    for _ in range(STEPS):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return seen


def with_warmup(then):
    """Seven steps of PyTorch's own linear warm-up from peak / 7 to peak, then another schedule."""

    def make(optimizer):
        warm = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / 7, 1.0, total_iters=6)
        return torch.optim.lr_scheduler.SequentialLR(optimizer, [warm, then(optimizer)], milestones=[7])

    return make


lr = torch.optim.lr_scheduler
optim = torch.optim
golden = {
    "problem": {"x": x.tolist(), "y": y.tolist(), "weight": W.tolist(), "bias": b.tolist()},
    "trajectories": {
        "SGD": trajectory(lambda p: optim.SGD(p, lr=0.3)),
        "SGD weightDecay": trajectory(lambda p: optim.SGD(p, lr=0.3, weight_decay=0.07)),
        "SGD momentum": trajectory(lambda p: optim.SGD(p, lr=0.05, momentum=0.9)),
        "SGD nesterov": trajectory(lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.03)),
        "SGD clipped": trajectory(lambda p: optim.SGD(p, lr=0.3), clip=0.1),
        "SGD stepDecay": trajectory(lambda p: optim.SGD(p, lr=0.4), lambda o: lr.StepLR(o, 13, 0.7)),
        "RMSProp": trajectory(lambda p: optim.RMSprop(p, lr=0.003)),
        "RMSProp momentum": trajectory(lambda p: optim.RMSprop(p, lr=0.003, alpha=0.9, momentum=0.7, weight_decay=0.03)),
        "Adam": trajectory(lambda p: optim.Adam(p, lr=0.02)),
        "Adam weightDecay": trajectory(lambda p: optim.Adam(p, lr=0.02, betas=(0.8, 0.95), weight_decay=0.05)),
        "AdamW": trajectory(lambda p: optim.AdamW(p, lr=0.02, weight_decay=0.05)),
        "AdamW defaults": trajectory(lambda p: optim.AdamW(p)),
        "AdamW cosine clipped": trajectory(
            lambda p: optim.AdamW(p, lr=0.2, betas=(0.9, 0.98), weight_decay=0.1), lambda_schedule(0.2, warmup_cosine), clip=0.05
        ),
        "Adam inverse square root": trajectory(
            lambda p: optim.Adam(p, lr=1, betas=(0.9, 0.98), eps=1e-9), lambda_schedule(1, inverse_square_root)
        ),
    },
    "schedules": {
        "stepDecay": rates(lambda o: lr.StepLR(o, 13, 0.7)),
        "cosine": rates(lambda o: lr.CosineAnnealingLR(o, 100, 0.03)),
        "linear": rates(lambda o: lr.LinearLR(o, 1.0, 0.0, total_iters=61)),
        "cosine warmup": rates(with_warmup(lambda o: lr.CosineAnnealingLR(o, 93, 0.01))),
        "linear warmup": rates(with_warmup(lambda o: lr.LinearLR(o, 1.0, 0.05, total_iters=76))),
        "warmupInverseSquareRoot": [inverse_square_root(step) for step in range(STEPS)],
    },
}
for name, t in golden["trajectories"].items():
    print(f"{name:28} loss {t['kept'][0]['loss']:.4f} -> {t['kept'][-1]['loss']:.4f}, clipped {t['clippedSteps']}")
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
