"""Attributes that a contract leaves to `__init__`, checked once a component is made."""

from collections.abc import Callable, Iterator
from numbers import Integral, Real
from typing import Any


def _is_count(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) > 0


def _is_shape(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(map(_is_count, value))


def _is_structure(value: Any) -> bool:
    from zoo.interfaces.structure import Structure

    if not (isinstance(value, Structure) and _is_shape(value.shape)):
        return False
    return all(isinstance(end, Real) for end in (value.low, value.high)) and bool(value.low < value.high)


def _are_names(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(name, str) for name in value)


def _are_groups(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(map(_are_names, value))


def _are_families(value: Any) -> bool:
    return _are_names(value) and set(value) <= {"diffusion", "flow"} and len(value) > 0


Promises = dict[str, tuple[Callable[[Any], bool], str]]
"""Attribute -> whether a value will do, and what will."""

_SHAPE: Promises = {"latent_shape": (_is_shape, "positive whole numbers")}
_PROMISED: dict[str, Promises] = {
    "domain": {"structure": (_is_structure, "a zoo.Structure of positive sizes with low below high")},
    "dataset": {"count": (_is_count, "a positive whole number")},
    "encoder": _SHAPE,
    "generator": _SHAPE,
    "denoiser": {
        "prediction": (lambda value: value in ("noise", "clean", "velocity"), "'noise', 'clean' or 'velocity'"),
        "conditions": (_are_names, "names"),
        "condition_groups": (_are_groups, "groups of names"),
    },
    "schedule": {
        "family": (lambda value: value in ("diffusion", "flow"), "'diffusion' or 'flow'"),
        "steps": (_is_count, "a positive whole number"),
    },
    "sampler": {"families": (_are_families, "'diffusion', 'flow' or both")},
    "model": {"trains": (_are_names, "names"), "conditions": (_are_names, "names")},
}


def broken_promises(kind: str, part: Any) -> Iterator[str]:
    """What is wrong with the attributes of a component."""
    for name, (holds, wanted) in _PROMISED.get(kind, {}).items():
        if not hasattr(part, name):
            yield f"it has no {name} ({wanted})."
        elif not holds(value := getattr(part, name)):
            yield f"its {name} is {str(value)[:60]}, and {wanted} must be there."
