"""Writes safetensors-file.json: a small file by Hugging Face's own library, in base64, and what is in it.

Needs safetensors==0.8.0 and numpy==2.4.6.
"""

import base64
import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save

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
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
