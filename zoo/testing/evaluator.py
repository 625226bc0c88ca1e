"""What evaluators promise."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from zoo.interfaces.data import Facts
from zoo.interfaces.score import Score
from zoo.testing.subject import Subject

SAMPLES = 8


def scores(subject: Subject) -> None:
    """Each score is a finite number with a sentence, and with a finite value per sample where it has any."""
    generated = _generated(subject)
    before = generated.copy()
    named_scores = _scores(subject, generated, _facts(subject))
    strangers = [name for name in subject.build().headline if name not in named_scores]
    assert not strangers, f"Its headline names {strangers}, which are not among its scores."
    for name, score in named_scores.items():
        assert isinstance(score, Score), f"{name!r} is a {type(score).__name__}, expected a zoo.Score."
        assert type(score.value) is float and np.isfinite(score.value), f"{name!r} is {score.value!r}."
        assert score.sentence.strip().endswith("."), f"{name!r} says {score.sentence!r}, which is not a sentence."
        if score.interval is not None:
            low, high = score.interval
            assert low <= score.value <= high, f"{name!r} is {score.value}, and its interval {low} to {high}."
        if score.per_sample is not None:
            shape = score.per_sample.shape
            assert shape == (SAMPLES,), f"{name!r} has values {list(shape)} for {SAMPLES} samples."
            assert np.isfinite(score.per_sample).all(), f"{name!r} holds NaN or infinities."
    assert np.array_equal(generated, before), "It changes what it is given."


def scores_again(subject: Subject) -> None:
    """The same structures have the same scores, whether or not the shared facts are known already."""
    generated, facts = _generated(subject), _facts(subject)
    first = _scores(subject, generated, facts)
    for second in (_scores(subject, generated, facts), _scores(subject, generated, _facts(subject))):
        assert first.keys() == second.keys(), f"There is {sorted(first)}, then {sorted(second)}."
        for name, score in first.items():
            assert score.value == second[name].value, f"{name!r} is {score.value}, then {second[name].value}."


def scores_one(subject: Subject) -> None:
    """One structure can be scored too."""
    assert _scores(subject, _generated(subject)[:1], _facts(subject, 1)), "There are no scores."


def scores_without_a_condition(subject: Subject) -> None:
    """Structures that were drawn for nothing can be asked about too; an evaluator of conditions has no scores then."""
    found = _scores(subject, _generated(subject), replace(_facts(subject), wanted={}))
    assert isinstance(found, Mapping), f"Its scores are a {type(found).__name__}."


PROMISES = (scores, scores_again, scores_one, scores_without_a_condition)


def _generated(subject: Subject) -> np.ndarray:
    """Hard structures as a run stores them: half of them the data's own, half what noisy ones harden to."""
    half = SAMPLES // 2
    data = subject.data.train.array(np.arange(half))
    noisy = subject.domain.harden(subject.soft_structures(half)).numpy().astype(data.dtype)
    return np.concatenate([data, noisy])


def _facts(subject: Subject, count: int = SAMPLES) -> Facts:
    """Facts of structures from a latent space of three dimensions, drawn for the values of the data's own numbers: of
    other structures than are scored."""
    rng = np.random.default_rng(0)
    positive = rng.standard_normal((SAMPLES, 3))
    latents = {"positive": positive, "negative": positive + rng.standard_normal((SAMPLES, 3))}
    data = subject.data
    numbers = [name for name, values in data.store.properties.items() if values.ndim == 1]
    chosen = data.train.originals[-count:]
    return Facts(latents, {name: data.train.properties(name)[chosen].double().numpy() for name in numbers})


def _scores(subject: Subject, generated: np.ndarray, facts: Facts) -> Mapping[str, Score]:
    named_scores: Mapping[str, Score] = subject.build().scores(generated, subject.data, facts)
    return named_scores
