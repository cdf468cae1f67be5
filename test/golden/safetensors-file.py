"""Writes safetensors-file.json: small files by Hugging Face's own library, in base64, and what is in them: one in 32 bits,
and one of the same tensors and of odd numbers in both kinds of 16 bits, rounded by PyTorch.

Needs safetensors==0.8.0, numpy==2.4.6 and torch==2.15.0.
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save
from safetensors.torch import save as save_torch

generator = np.random.default_rng(4)
tensors = {
    "layers.0.weight": generator.normal(size=(3, 5)).astype(np.float32),
    "layers.0.bias": generator.normal(size=5).astype(np.float32),
    "scale": np.array(0.25, np.float32),
    "empty": np.zeros((0, 7), np.float32),
}
metadata = {"made by": "safetensors for Python", "note": "größer"}
golden = {
    "base64": base64.b64encode(save(tensors, metadata)).decode(),
    "metadata": metadata,
    "tensors": {name: {"shape": list(t.shape), "data": t.flatten().tolist()} for name, t in tensors.items()},
}

# Every kind of number: halves that tie, the border to subnormal numbers and inside it, the largest, infinite, not a number.
odd = [0.0, -0.0, 1.0, 1 + 2**-11, 1 + 3 * 2**-11, 1 + 2**-8, 1 + 3 * 2**-8, -1 - 2**-12, 2**-14, 2**-14 - 2**-25, 2**-24, 2**-25, 3 * 2**-25,
       -5 * 2**-26, 1e-8, 65504.0, 65519.0, 1 / 3, 1e-40]
spread = np.concatenate([generator.normal(size=60) * 10.0**e for e in range(-8, 4)])
values = torch.tensor(np.concatenate([odd, spread]).astype(np.float32))
halves = {"half": values.half(), "brain": values.bfloat16(), "whole": torch.tensor([[1.5, -2.25]])}
golden["halves"] = {
    "values": values.tolist(),
    "base64": base64.b64encode(save_torch(halves)).decode(),
    "half": halves["half"].float().tolist(),
    "brain": halves["brain"].float().tolist(),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
