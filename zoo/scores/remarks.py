"""Remarks on a table of scores: where rows that know nothing beat every model, and models real structures."""

from collections.abc import Mapping

Interval = tuple[float, float]


def remark(models: Mapping[str, float], trivial: Mapping[str, float], *, higher_is_better: bool) -> str:
    """The sentence that belongs beneath a score in which trivial rows, `{row: value}`, beat every model, best first;
    empty where none does, or where there is nothing to compare. NaN is not a value."""
    sign = 1 if higher_is_better else -1
    best = max((sign * value for value in models.values() if value == value), default=None)
    if best is None:
        return ""
    ahead = {name: value for name, value in trivial.items() if sign * value > best}
    if not ahead:
        return ""
    names = ", ".join(f"{name} ({ahead[name]:.3g})" for name in sorted(ahead, key=lambda name: -sign * ahead[name]))
    who = "A trivial row beats" if len(ahead) == 1 else "Trivial rows beat"
    return f"{who} {'every model' if len(models) > 1 else 'the model'}: {names}."


def ahead_of_data(models: Mapping[str, Interval | None], held_out: float | None, *, higher_is_better: bool) -> str:
    """The sentence that belongs beneath a score in which models, `{row: confidence interval}`, surely beat held-out
    data; empty where none does, or where there is nothing to compare."""
    if held_out is None:
        return ""
    ahead = [
        name
        for name, interval in models.items()
        if interval is not None and (interval[0] > held_out if higher_is_better else interval[1] < held_out)
    ]
    if not ahead:
        return ""
    who = f"{', '.join(ahead)}: ahead" if len(models) > 1 else "Ahead"
    return f"{who} of real structures that no model has seen ({held_out:.3g}): to be more so than they are is no merit."


def remarks_on(
    models: Mapping[str, float],
    trivial: Mapping[str, float],
    intervals: Mapping[str, Interval | None],
    held_out: float | None,
    *,
    higher_is_better: bool,
) -> str:
    """All that must be said beneath a score: `remark` and `ahead_of_data`, the latter of the models' `intervals`."""
    texts = (
        remark(models, trivial, higher_is_better=higher_is_better),
        ahead_of_data(intervals, held_out, higher_is_better=higher_is_better),
    )
    return " ".join(text for text in texts if text)
