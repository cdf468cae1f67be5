"""Writes neural-ngram.json: the logits, loss and gradients of Bengio's neural n-gram, without its direct connections.

Needs torch==2.15.0 (any recent PyTorch gives the same).
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

vocabulary, context, embedding, hidden, batch = 11, 3, 5, 7, 13
generator = torch.Generator().manual_seed(6)
table = torch.nn.Embedding(vocabulary, embedding)
first = torch.nn.Linear(context * embedding, hidden)
second = torch.nn.Linear(hidden, vocabulary)
names = ["embedding.weight", "hidden.weight", "hidden.bias", "output.weight", "output.bias"]
parameters = [table.weight, first.weight, first.bias, second.weight, second.bias]
for parameter in parameters:
    parameter.data = torch.randn(parameter.shape, generator=generator) * 0.6


def stored(tensors):
    """As lib/nn stores them: an embedding [count, size], a linear weight [in, out]."""
    return {
        name: (tensor.T if name in ("hidden.weight", "output.weight") else tensor).detach().tolist()
        for name, tensor in zip(names, tensors)
    }


contexts = torch.randint(vocabulary, (batch, context), generator=generator)
targets = torch.randint(vocabulary, (batch,), generator=generator)
logits = second(torch.tanh(first(table(contexts).flatten(1))))
loss = F.cross_entropy(logits, targets)
golden = {
    "config": {"vocabularySize": vocabulary, "contextLength": context, "embeddingSize": embedding, "hiddenSize": hidden},
    "parameters": stored(parameters),
    "contexts": contexts.tolist(),
    "targets": targets.tolist(),
    "logits": logits.tolist(),
    "probabilities": F.softmax(logits, -1).tolist(),
    "loss": loss.item(),
    "gradients": stored(torch.autograd.grad(loss, parameters)),
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
