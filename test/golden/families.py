"""Writes families.json: tiny BERT, GPT-2 and T5 models of Hugging Face with random weights, and what they compute:
logits, hidden states, loss, the gradient of every weight, greedy and beam-4 continuations.
Needs torch==2.15.0 and transformers==5.23.0.

All sizes are odd where they can be, the batch is padded, and settings that have defaults differ from them.
"""

import json
import math
from pathlib import Path

import torch
from transformers import (
    BertConfig, BertForPreTraining, BertForQuestionAnswering, BertForSequenceClassification, BertForTokenClassification,
    GPT2Config, GPT2LMHeadModel, T5Config, T5ForConditionalGeneration,
)

torch.manual_seed(37)


def shake(model):
    """Non-trivial weights everywhere, large enough that continuations vary, small enough that no softmax saturates."""
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() == 2 and "embed" not in name and "wte" not in name and "shared" not in name:
                scores = any(part in name for part in [".q.", ".k.", "query", "key"])  # no softmax may saturate
                p.copy_((0.7 if scores else 2) * torch.randn_like(p) / math.sqrt(max(p.shape)))
            elif p.dim() == 2:
                p.copy_(0.2 * torch.randn_like(p))
            else:
                p.copy_(0.3 * torch.randn_like(p) + (1.0 if name.endswith("weight") else 0.0))
    for module in model.modules():  # the padding's embedding has a gradient like any other: answer spans read it
        if isinstance(module, torch.nn.Embedding):
            module.padding_idx = None
    return model.double().eval()


def plain(t):
    return {"shape": list(t.shape), "values": [float(f"{v:.9g}") for v in t.detach().flatten().tolist()]}


def weights(model):
    return {name: plain(p) for name, p in model.named_parameters()}


def gradients(model, loss):
    model.zero_grad()
    loss.backward()
    return {name: plain(p.grad) for name, p in model.named_parameters() if p.grad is not None}


golden = {}

# BERT
ids = torch.tensor([[2, 7, 9, 13, 3, 11, 8, 16, 3], [2, 14, 6, 3, 10, 3, 0, 0, 0]])
mask = (ids != 0).long()
segments = torch.tensor([[0, 0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1, 0, 0, 0]])
config = dict(
    vocab_size=17, hidden_size=15, num_hidden_layers=2, num_attention_heads=3, intermediate_size=19, max_position_embeddings=11,
    layer_norm_eps=1e-5, hidden_act="gelu", hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, pad_token_id=0,
)
ours = dict(
    vocabularySize=17, contextLength=11, modelSize=15, numHeads=3, numLayers=2, feedForwardSize=19, epsilon=1e-5, activation="gelu", seed=1,
)
inputs = dict(input_ids=ids, attention_mask=mask, token_type_ids=segments)
bert = {"config": ours, "ids": ids.tolist(), "segments": segments.tolist()}

labels = torch.where((torch.arange(9) % 3 == 1) & (ids != 0), ids, -100)
follows = torch.tensor([0, 1])
model = shake(BertForPreTraining(BertConfig(**config)))
out = model(**inputs, labels=labels, next_sentence_label=follows, output_hidden_states=True, output_attentions=False)
bert["preTraining"] = {
    "labels": labels.tolist(), "follows": follows.tolist(), "weights": weights(model),
    "tokenLogits": plain(out.prediction_logits), "nextSentenceLogits": plain(out.seq_relationship_logits),
    "states": plain(out.hidden_states[-1]), "loss": out.loss.item(), "gradients": gradients(model, out.loss),
}

model = shake(BertForSequenceClassification(BertConfig(**{**config, "hidden_act": "gelu_new", "layer_norm_eps": 1e-3}, num_labels=5)))
classes = torch.tensor([3, 1])
out = model(**inputs, labels=classes)
bert["sequenceClassification"] = {
    "config": {**ours, "activation": "geluTanh", "epsilon": 1e-3}, "labels": classes.tolist(), "weights": weights(model), "logits": plain(out.logits), "loss": out.loss.item(),
    "gradients": gradients(model, out.loss),
}

model = shake(BertForTokenClassification(BertConfig(**config, num_labels=4)))
tags = torch.where(ids != 0, torch.arange(9) % 4, -100)
out = model(**inputs, labels=tags)
bert["tokenClassification"] = {
    "labels": tags.tolist(), "weights": weights(model), "logits": plain(out.logits), "loss": out.loss.item(),
    "gradients": gradients(model, out.loss),
}

model = shake(BertForQuestionAnswering(BertConfig(**config)))
starts, ends = torch.tensor([5, 4]), torch.tensor([7, 4])
out = model(**inputs, start_positions=starts, end_positions=ends)
bert["questionAnswering"] = {
    "starts": starts.tolist(), "ends": ends.tolist(), "weights": weights(model), "startLogits": plain(out.start_logits),
    "endLogits": plain(out.end_logits), "loss": out.loss.item(), "gradients": gradients(model, out.loss),
}
golden["bert"] = bert

# GPT-2
ids = torch.tensor([[5, 9, 3, 7, 16, 2, 11], [8, 4, 13, 6, 0, 0, 0]])
mask = (ids != 0).long()
labels = torch.where(ids != 0, ids, -100)
config = GPT2Config(
    vocab_size=17, n_positions=31, n_embd=15, n_layer=3, n_head=5, n_inner=23, activation_function="gelu_new", layer_norm_epsilon=1e-4,
    resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=1, eos_token_id=2, pad_token_id=0,
)
model = shake(GPT2LMHeadModel(config))
out = model(input_ids=ids, attention_mask=mask, labels=labels, output_hidden_states=True)
prompt = torch.tensor([[5, 9, 3]])
generate = dict(attention_mask=torch.ones_like(prompt), max_new_tokens=20, do_sample=False, pad_token_id=0)
golden["gpt2"] = {
    "config": dict(vocabularySize=17, contextLength=31, modelSize=15, numHeads=5, numLayers=3, feedForwardSize=23, epsilon=1e-4, padding=0, seed=1),
    "ids": ids.tolist(), "labels": labels.tolist(), "weights": weights(model), "logits": plain(out.logits),
    "states": plain(out.hidden_states[-1]), "loss": out.loss.item(), "gradients": gradients(model, out.loss), "prompt": prompt.tolist(),
    "greedy": model.generate(prompt, **generate)[0, 3:].tolist(),
    "beam": model.generate(prompt, num_beams=4, **generate)[0, 3:].tolist(),
}

# T5
golden["t5"] = {}
source = torch.tensor([[5, 9, 3, 7, 16, 12, 1], [8, 4, 13, 1, 0, 0, 0]])
mask = (source != 0).long()
target = torch.tensor([[6, 15, 4, 10, 1], [9, 2, 1, 0, 0]])
labels = torch.where(target != 0, target, -100)
shifted = torch.cat([torch.zeros(2, 1, dtype=torch.long), target[:, :-1]], 1)
for version in ["1.0", "1.1"]:
    gated = version == "1.1"
    config = T5Config(
        vocab_size=17, d_model=15, d_kv=4, d_ff=19, num_layers=2, num_decoder_layers=3, num_heads=3, relative_attention_num_buckets=8,
        relative_attention_max_distance=11, dropout_rate=0.0, layer_norm_epsilon=1e-4, feed_forward_proj="gated-gelu" if gated else "relu",
        tie_word_embeddings=not gated, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config)
    if gated:  # this version of transformers ties every T5; v1.1 as published is not
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.shared.weight))
    model = shake(model)
    out = model(input_ids=source, attention_mask=mask, labels=labels, output_hidden_states=True)
    again = model(input_ids=source, attention_mask=mask, decoder_input_ids=shifted)
    assert torch.equal(out.logits, again.logits)
    generate = dict(attention_mask=mask, max_new_tokens=20, do_sample=False, use_cache=False)
    golden["t5"][version] = {
        "config": dict(
            vocabularySize=17, modelSize=15, numHeads=3, headSize=4, feedForwardSize=19, numEncoderLayers=2, numDecoderLayers=3,
            version=version, buckets=8, maxDistance=11, epsilon=1e-4, seed=1,
        ),
        "source": source.tolist(), "shifted": shifted.tolist(), "target": target.tolist(), "weights": weights(model),
        "logits": plain(out.logits), "context": plain(out.encoder_last_hidden_state), "loss": out.loss.item(),
        "gradients": gradients(model, out.loss),
        "greedy": [row[1:].tolist() for row in model.generate(source, **generate)],
        "beam": [row[1:].tolist() for row in model.generate(source, num_beams=4, **generate)],
    }

Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
