"""Writes init.json: mean, deviation and bounds of PyTorch's initialisers. Needs torch==2.15.0 (any recent PyTorch will do)."""

import json
from pathlib import Path

import torch

INPUTS, OUTPUTS = 211, 307
init = torch.nn.init


def statistics(fill):
    torch.manual_seed(13)
    w = torch.empty(OUTPUTS, INPUTS, dtype=torch.float64)  # PyTorch stores [out, in]
    fill(w)
    kurtosis = ((w - w.mean()) / w.std()).pow(4).mean()
    return {"deviation": w.std().item(), "kurtosis": kurtosis.item(), "largest": w.abs().max().item()}


golden = {
    "inputs": INPUTS,
    "outputs": OUTPUTS,
    "xavierUniform": statistics(init.xavier_uniform_),
    "xavierNormal": statistics(init.xavier_normal_),
    "heUniform": statistics(lambda w: init.kaiming_uniform_(w, nonlinearity="relu")),
    "heNormal": statistics(lambda w: init.kaiming_normal_(w, nonlinearity="relu")),
    "normal": statistics(lambda w: init.normal_(w, 0, 0.02)),
    "truncatedNormal": statistics(lambda w: init.trunc_normal_(w, 0, 0.02, -0.04, 0.04)),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
