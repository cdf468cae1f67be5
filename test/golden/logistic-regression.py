"""Writes logistic-regression.json: TF-IDF vectors and logistic regressions by scikit-learn.

Needs scikit-learn==1.9.1 and numpy==2.4.6.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

texts = [
    "The whale swam under the ship.", "A ship, a sea and a whale!", "It's the sea: THE sea", "free money for you", "money for free ships",
    "call now, you win money", "the captain saw the sea", "win a free ship", "x y z", "you and the whale win",
]
labels = [1, 1, 1, 0, 0, 0, 1, 0, 1, 0]
unseen = ["free whale", "the sea now, or never", "qqq"]


def table(vectorizer):
    rows = vectorizer.fit_transform(texts)
    terms = vectorizer.get_feature_names_out()
    entries = lambda matrix: [{terms[j]: float(v) for j, v in zip(row.indices, row.data)} for row in matrix]
    model = LogisticRegression(C=3.0, tol=1e-10, max_iter=10_000).fit(rows, labels)
    return {
        "vectors": entries(rows), "unseen": entries(vectorizer.transform(unseen)), "bias": float(model.intercept_[0]),
        "weights": dict(zip(terms, map(float, model.coef_[0]))), "logits": model.decision_function(vectorizer.transform(unseen)).tolist(),
    }


generator = np.random.default_rng(3)
x = generator.normal(size=(40, 7))
y = (x @ generator.normal(size=7) + generator.normal(size=40) > 0.3).astype(int)
dense = []
for C in [0.01, 1.0, 100.0]:
    model = LogisticRegression(C=C, tol=1e-12, max_iter=10_000).fit(x.astype(np.float32).astype(np.float64), y)
    dense.append({"C": C, "weights": model.coef_[0].tolist(), "bias": float(model.intercept_[0])})
golden = {
    "texts": texts, "labels": labels, "unseenTexts": unseen,
    "words": table(TfidfVectorizer(token_pattern="[a-z]{2,}")),
    "characters": table(TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4))),
    "dense": {"x": x.tolist(), "y": y.tolist(), "models": dense},
}
Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
