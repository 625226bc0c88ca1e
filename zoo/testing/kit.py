"""The entry point of the kit."""

import importlib
import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from zoo.errors import ZooError, did_you_mean
from zoo.registry import KINDS, load_contract, registry
from zoo.testing import every
from zoo.testing.subject import Subject

Promise = Callable[[Subject], None]
"""A function that asserts what the first line of its docstring says."""


def check(
    kind: str,
    block: Mapping[str, Any],
    *,
    dataset: Mapping[str, Any] | None = None,
    latent_shape: tuple[int, ...] = (8,),
    target: Mapping[str, float] | None = None,
    file: Path | None = None,
) -> None:
    """Check a component against the contract of its kind.

    - `block` is what a recipe would say, `{"use": name, argument: value, …}`; choose small numbers.
    - `dataset` is the block of a small dataset, a few dozen structures, for those who work on structures.
    - `latent_shape` is Z, for denoisers and samplers.
    - `target` is what an objective is asked for.
    - `file` is one that an importer reads, without a bad entry.

    AssertionError names every promise that is broken, and how. ZooError if the component cannot be loaded at all. Where
    there is a GPU, it is used too.
    """
    __tracebackhide__ = True
    promised = _promises(kind)
    subject = Subject(kind, block, dataset, latent_shape, target or {}, file)
    broken = list(_broken(subject, promised))
    if broken:
        component = registry().find(kind, block["use"])
        whose = f"{kind} {component.name!r} of {registry().plugin(component).origin}"
        lines = [f"{whose} breaks its contract, zoo.{load_contract(kind).__name__}.", *(line for line, _ in broken)]
        unexpected = [error for _, error in broken if not isinstance(error, AssertionError | ZooError)]
        raise AssertionError("\n- ".join(lines)) from (unexpected[0] if unexpected else None)


def promises(kind: str) -> list[str]:
    """What `check` holds a component of this kind to, a sentence each. ZooError if there is no such kind."""
    return [_sentence(promise) for promise in _promises(kind)]


def _promises(kind: str) -> Sequence[Promise]:
    if kind not in KINDS:
        raise ZooError(f"there is no kind {kind!r}.{did_you_mean(kind, KINDS)}")
    own: Sequence[Promise] = importlib.import_module(f"zoo.testing.{kind}").PROMISES
    return (*every.PROMISES, *own)


def _broken(subject: Subject, promised: Iterable[Promise]) -> Iterator[tuple[str, Exception]]:
    for promise in promised:
        try:
            promise(subject)
        except Exception as error:
            reason = str(error) if isinstance(error, AssertionError | ZooError) else _told(error)
            yield f"{_sentence(promise)} {reason}", error
            if promise in every.FIRST:
                return  # What cannot be built cannot be checked.


def _sentence(promise: Promise) -> str:
    return (inspect.getdoc(promise) or "").splitlines()[0]


def _told(error: Exception) -> str:
    """An error that nobody expected, and the line it comes from."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({frame.filename}, line {frame.lineno})"
