"""Figures of predictions by scikit-learn and SciPy: expected.json, that FigureTest holds this project to.

    python make_figures.py > expected.json          # needs scikit-learn, which brings NumPy and SciPy
"""
import json

import numpy as np
from scipy import stats
from sklearn import metrics

random = np.random.default_rng(15)


def jackknife(figure, labels, predicted):
    """The standard error by leaving each example out, from the definition."""
    n = len(labels)
    left = np.array([figure(np.delete(labels, i), np.delete(predicted, i)) for i in range(n)])
    return float(np.sqrt((n - 1) / n * np.sum((left - left.mean()) ** 2)))


def case(labels, outputs, figures):
    predicted = outputs.argmax(1) if outputs.shape[1] > 1 else outputs[:, 0]
    return {
        "labels": labels.tolist(),
        "outputs": outputs.tolist(),
        "figures": {
            name: {
                "value": float(figure(labels, predicted)),
                "standard_error": jackknife(figure, labels, predicted),
            }
            for name, figure in figures.items()
        },
    }


def classes(n, count, strength, absent=None):
    labels = random.integers(0, count, n)
    if absent is not None:
        labels[labels == absent] = 0
    outputs = random.normal(size=(n, count)).round(3)
    outputs[np.arange(n), labels] += strength
    if absent is not None:
        outputs[:, absent] = -9
    figures = {
        "accuracy": metrics.accuracy_score,
        "matthews": metrics.matthews_corrcoef,
        "f1" if count == 2 else "macro_f1": (lambda y, p: metrics.f1_score(y, p))
        if count == 2
        else (lambda y, p: metrics.f1_score(y, p, average="macro")),
    }
    made = case(labels, outputs, figures)
    log = outputs - outputs.max(1, keepdims=True)
    log -= np.log(np.exp(log).sum(1, keepdims=True))
    made["figures"]["loss"] = loss(-log[np.arange(n), labels])
    return made


def loss(losses):
    return {
        "value": float(losses.mean()),
        "standard_error": float(losses.std(ddof=1) / np.sqrt(len(losses))),
    }


def values(n, noise, steps):
    labels = (random.uniform(0, 5, n) * steps).round() / steps
    outputs = (labels + random.normal(0, noise, n)).round(1)[:, None]
    made = case(
        labels,
        outputs,
        {
            "pearson": lambda y, p: stats.pearsonr(y, p)[0],
            "spearman": lambda y, p: stats.spearmanr(y, p)[0],
        },
    )
    made["figures"]["loss"] = loss((outputs[:, 0] - labels) ** 2)
    made["ends"] = {
        "pearson": list(stats.pearsonr(labels, outputs[:, 0]).confidence_interval(0.95))
    }
    return made


print(
    json.dumps(
        {
            "two classes": classes(60, 2, 0.8),
            "two classes, few mistakes": classes(40, 2, 2.0),
            "three classes": classes(70, 3, 1.0),
            "four classes, one of which is absent": classes(50, 4, 1.0, absent=2),
            "values with ties": values(50, 1.0, 2),
            "values": values(40, 0.3, 1000),
        },
        indent=1,
    )
)
