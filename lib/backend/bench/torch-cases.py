"""The cases of cases.ts in PyTorch: `torch-cases.py THREADS SECONDS CASE…` prints a line of JSON for each.

Needs torch==2.15.0 (any recent PyTorch will do). Eager mode, float32, as a learner would write it.
"""

import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(7)
torch.set_num_threads(int(sys.argv[1]))
budget, names = float(sys.argv[2]), sys.argv[3:]


def draw(*shape):
    return torch.rand(*shape) * 2 - 1


def mat_mul(name, batch, m, n, k, ta, tb):
    outer = (batch,) if batch > 1 else ()
    a = draw(*outer, *((k, m) if ta else (m, k)))
    b = draw(*outer, *((n, k) if tb else (k, n)))
    a = a.transpose(-1, -2) if ta else a
    b = b.transpose(-1, -2) if tb else b
    return name, lambda: (lambda: a @ b)


def with_gradient(name, inputs, maths):
    def make():
        x = [i.requires_grad_() for i in inputs()]
        dy = torch.ones_like(maths(*x))
        return lambda: torch.autograd.grad(maths(*x), x, dy)

    return name, make


def training(name, make):
    def made():
        model, loss, optimizer = make()

        def step():
            optimizer.zero_grad(set_to_none=True)
            value = loss()
            value.backward()
            optimizer.step()
            value.item()

        return step

    return name, made


class Block(nn.Module):
    """A pre-norm or post-norm layer, with attention to itself and, in a decoder, to a context."""

    def __init__(self, width, heads, hidden, activation, pre, cross=False, bias=True):
        super().__init__()
        self.heads, self.activation, self.pre = heads, activation, pre
        self.q, self.k, self.v, self.o = (nn.Linear(width, width, bias=bias) for _ in range(4))
        if cross:
            self.cq, self.ck, self.cv, self.co = (nn.Linear(width, width) for _ in range(4))
        self.up, self.down = nn.Linear(width, hidden, bias=bias), nn.Linear(hidden, width, bias=bias)
        self.norms = nn.ModuleList(nn.LayerNorm(width, bias=bias) for _ in range(3 if cross else 2))

    def split(self, x):
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)

    def attend(self, q, k, v, o, x, context, **mask):
        y = F.scaled_dot_product_attention(self.split(q(x)), self.split(k(context)), self.split(v(context)), **mask)
        return o(y.transpose(1, 2).reshape(x.shape))

    def step(self, x, cache, source=None):
        """The newest place, with the keys and values of those before it, and in a decoder those of the source. Pre-norm."""
        h = self.norms[0](x)
        key, value = self.split(self.k(h)), self.split(self.v(h))
        if cache is not None:
            key, value = torch.cat([cache[0], key], 2), torch.cat([cache[1], value], 2)
        y = F.scaled_dot_product_attention(self.split(self.q(h)), key, value)
        x = x + self.o(y.transpose(1, 2).reshape(x.shape))
        if source is not None:
            y = F.scaled_dot_product_attention(self.split(self.cq(self.norms[2](x))), *source)
            x = x + self.co(y.transpose(1, 2).reshape(x.shape))
        return x + self.down(self.activation(self.up(self.norms[1](x)))), (key, value)

    def forward(self, x, context=None, **mask):
        def sublayer(x, norm, f):
            return x + f(norm(x)) if self.pre else norm(x + f(x))

        x = sublayer(x, self.norms[0], lambda h: self.attend(self.q, self.k, self.v, self.o, h, h, **mask))
        if context is not None:
            x = sublayer(x, self.norms[2], lambda h: self.attend(self.cq, self.ck, self.cv, self.co, h, context))
        return sublayer(x, self.norms[1], lambda h: self.down(self.activation(self.up(h))))


class GPT(nn.Module):
    def __init__(self, length, width, layers, heads, vocabulary, bias=True):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(length, width)
        self.blocks = nn.ModuleList(Block(width, heads, 4 * width, F.gelu, True, bias=bias) for _ in range(layers))
        self.norm = nn.LayerNorm(width, bias=bias)

    def forward(self, ids):
        x = self.tokens(ids) + self.places(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x, is_causal=True)
        return self.norm(x) @ self.tokens.weight.T


    @torch.inference_mode()
    def write(self, count):
        """So many tokens after token 0, one by one, with cached keys and values."""
        token, caches = torch.zeros(1, 1, dtype=torch.long), [None] * len(self.blocks)
        for place in range(count):
            x = self.tokens(token) + self.places(torch.tensor([place]))
            for i, block in enumerate(self.blocks):
                x, caches[i] = block.step(x, caches[i])
            logits = self.norm(x)[:, -1] @ self.tokens.weight.T
            token = torch.multinomial(torch.softmax(logits, -1), 1)
            token.item()


def writing(name, length=64, width=128, layers=4, heads=4, vocabulary=89):
    def make():
        model = GPT(length, width, layers, heads, vocabulary, bias=False)
        return lambda: model.write(length - 1)

    return name, make


def gpt(name, batch=16, length=64, width=128, layers=4, heads=4, vocabulary=65):
    def make():
        model = GPT(length, width, layers, heads, vocabulary)
        ids = torch.randint(0, vocabulary, (batch, length))
        targets = torch.randint(0, vocabulary, (batch * length,))
        loss = lambda: F.cross_entropy(model(ids).view(-1, vocabulary), targets)
        return model, loss, torch.optim.AdamW(model.parameters(), 1e-3)

    return training(name, make)


def mnist():
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    x, labels = torch.rand(128, 784), torch.randint(0, 10, (128,))
    return model, lambda: F.cross_entropy(model(x), labels), torch.optim.Adam(model.parameters())


def names_mlp():
    model = nn.Sequential(nn.Embedding(27, 10), nn.Flatten(), nn.Linear(30, 200), nn.Tanh(), nn.Linear(200, 27))
    x, labels = torch.randint(0, 27, (32, 3)), torch.randint(0, 27, (32,))
    return model, lambda: F.cross_entropy(model(x), labels), torch.optim.SGD(model.parameters(), 0.1)


class Pronouncer(nn.Module):
    """Letters to sounds: 3 + 3 pre-norm layers of 128."""

    def __init__(self, width=128):
        super().__init__()
        self.source, self.target = nn.Embedding(28, width), nn.Embedding(42, width)
        self.encoder = nn.ModuleList(Block(width, 4, 512, F.relu, True) for _ in range(3))
        self.decoder = nn.ModuleList(Block(width, 4, 512, F.relu, True, cross=True) for _ in range(3))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))
        self.output = nn.Linear(width, 42)

    def encode(self, source):
        x = self.source(source)
        for block in self.encoder:
            x = block(x)
        return self.norms[0](x)

    def forward(self, source, target):
        context, x = self.encode(source), self.target(target)
        for block in self.decoder:
            x = block(x, context, is_causal=True)
        return self.output(self.norms[1](x))

    @torch.inference_mode()
    def say(self, source, count):
        """So many sounds of every word, the likeliest each time, with cached keys and values."""
        context = self.encode(source)
        across = [(b.split(b.ck(context)), b.split(b.cv(context))) for b in self.decoder]
        newest, caches = torch.ones(len(source), 1, dtype=torch.long), [None] * len(self.decoder)
        for _ in range(count):
            x = self.target(newest)
            for i, block in enumerate(self.decoder):
                x, caches[i] = block.step(x, caches[i], across[i])
            newest = self.output(self.norms[1](x))[:, -1].argmax(-1, keepdim=True)
            newest.tolist()


def pronunciation():
    model = Pronouncer()
    source, target = torch.randint(1, 28, (64, 9)), torch.randint(1, 42, (64, 8))
    labels = torch.randint(1, 42, (64 * 8,))
    loss = lambda: F.cross_entropy(model(source, target).view(-1, 42), labels)
    return model, loss, torch.optim.AdamW(model.parameters(), 1e-3)


def saying():
    model, source = Pronouncer(), torch.randint(1, 28, (64, 9))
    return lambda: model.say(source, 8)


def bert():
    width, model = 128, nn.Module()
    model.tokens, model.places, model.segments = nn.Embedding(4096, width), nn.Embedding(64, width), nn.Embedding(2, width)
    model.norm, model.transform_norm = nn.LayerNorm(width), nn.LayerNorm(width)
    model.blocks = nn.ModuleList(Block(width, 4, 512, F.gelu, False) for _ in range(4))
    model.pooler, model.follows, model.transform = nn.Linear(width, width), nn.Linear(width, 2), nn.Linear(width, width)
    model.bias = nn.Parameter(torch.zeros(4096))
    ids, places = torch.randint(1, 4096, (32, 64)), torch.randperm(32 * 64)[:288]
    labels, follows = torch.randint(0, 4096, (288,)), torch.randint(0, 2, (32,))

    def loss():
        x = model.norm(model.tokens(ids) + model.places(torch.arange(64)) + model.segments(torch.zeros_like(ids)))
        for block in model.blocks:
            x = block(x)
        h = model.transform_norm(F.gelu(model.transform(x.view(-1, width)[places])))
        pooled = torch.tanh(model.pooler(x[:, 0]))
        tokens = F.cross_entropy(h @ model.tokens.weight.T + model.bias, labels)
        return tokens + F.cross_entropy(model.follows(pooled), follows)

    return model, loss, torch.optim.AdamW(model.parameters(), 1e-3)


def reading():
    """MiniLM-L6: 32 sentences of 24 tokens, each to the mean of its states, no padding among them."""
    width, ids = 384, torch.randint(1, 30522, (32, 24))
    tokens, places, segments = nn.Embedding(30522, width), nn.Embedding(512, width), nn.Embedding(2, width)
    norm, blocks = nn.LayerNorm(width), [Block(width, 12, 1536, F.gelu, False) for _ in range(6)]
    seen = torch.ones_like(ids)

    @torch.inference_mode()
    def run():
        x = norm(tokens(ids) + places(torch.arange(24)) + segments(torch.zeros_like(ids)))
        for block in blocks:
            x = block(x, attn_mask=seen[:, None, None, :].bool())
        pooled = (x * seen[..., None]).sum(1) / seen.sum(1, keepdim=True)
        pooled.sum().item()

    return run


def adamw():
    weight = torch.nn.Parameter(draw(1000, 1000))
    weight.grad = draw(1000, 1000)
    optimizer = torch.optim.AdamW([weight], 1e-3)
    return lambda: optimizer.step()


ids = torch.randint(0, 65, (1024,))
cases = dict(
    [
        mat_mul("AB 512×512×512", 1, 512, 512, 512, False, False),
        mat_mul("AᵀB 512×512×512", 1, 512, 512, 512, True, False),
        mat_mul("ABᵀ 512×512×512", 1, 512, 512, 512, False, True),
        mat_mul("AᵀBᵀ 512×512×512", 1, 512, 512, 512, True, True),
        mat_mul("AB 1024×512×128", 1, 1024, 512, 128, False, False),
        mat_mul("AᵀB 128×512×1024", 1, 128, 512, 1024, True, False),
        mat_mul("ABᵀ 64 × 64×64×32", 64, 64, 64, 32, False, True),
        mat_mul("AB 64 × 64×32×64", 64, 64, 32, 64, False, False),
        mat_mul("AB 1×512×128", 1, 1, 512, 128, False, False),
        with_gradient("softmax 4096×64", lambda: [draw(4096, 64)], lambda x: torch.softmax(x, -1)),
        with_gradient(
            "LayerNorm 1024×128",
            lambda: [draw(1024, 128), draw(128), draw(128)],
            lambda x, gain, bias: F.layer_norm(x, (128,), gain, bias),
        ),
        with_gradient("GELU 1024×512", lambda: [draw(1024, 512)], F.gelu),
        with_gradient(
            "cross-entropy 288×4096", lambda: [draw(288, 4096)], lambda z: F.cross_entropy(z, torch.arange(288))
        ),
        with_gradient(
            "attention 16×4×64×32, causal",
            lambda: [draw(16, 4, 64, 32) for _ in range(3)],
            lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        ),
        with_gradient("embedding 1024 of 65×128", lambda: [draw(65, 128)], lambda table: F.embedding(ids, table)),
        ("AdamW 1,000,000", adamw),
        training("MNIST MLP, batch 128", mnist),
        training("names MLP, batch 32", names_mlp),
        gpt("GPT 16×64, width 128"),
        training("G2P Transformer, batch 64", pronunciation),
        training("BERT-mini 32×64", bert),
        writing("GPT writes 63 tokens, cached"),
        ("G2P says 64 words, cached", saying),
        ("MiniLM reads 32 sentences", reading),
        *(
            gpt(f"GPT {batch}×{length}, width {width} (growth)", batch, length, width)
            for batch, length, width in [(b, 64, 128) for b in (4, 8, 16, 32)]
            + [(4, t, 128) for t in (16, 32, 64, 128, 256)]
            + [(4, 64, c) for c in (32, 64, 128, 256)]
        ),
    ]
)

for name in names:
    if name not in cases:
        continue
    run = cases[name]()
    start = time.perf_counter()
    while time.perf_counter() - start < budget / 3:
        run()
    times, begun = [], time.perf_counter()
    end = begun + budget
    while begun < end or len(times) < 3:
        run()
        now = time.perf_counter()
        times.append((now - begun) * 1000)
        begun = now
    times.sort()
    print(json.dumps({"name": name, "median": times[len(times) // 2], "best": times[0], "runs": len(times)}), flush=True)
