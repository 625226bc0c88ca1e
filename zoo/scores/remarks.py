"""Remarks on a table of scores: where rows that know nothing do better than every model."""

from collections.abc import Mapping


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
