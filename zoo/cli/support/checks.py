"""Checks of what users give to a command."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.errors import ZooError

if TYPE_CHECKING:
    from zoo.data.structures import Structures


def pick(structures: "Structures", numbers: Sequence[int], option: str = "--cell") -> "Structures":
    """The structures of these numbers, counted from 0. ZooError, with the option that gave them, for others."""
    count = len(structures)
    problems = [
        f"{option} {number}: {structures.source} holds {count:,} cells, counted from 0."
        for number in numbers
        if not 0 <= number < count
    ]
    if problems:
        raise ZooError(*problems)
    return structures.take(numbers)


def check_suffix(option: str, path: Path, known: Sequence[str]) -> None:
    """ZooError unless the suffix of an option's path is one of the known."""
    if path.suffix not in known:
        raise ZooError(f"{option} {path}: unknown format {path.suffix!r}; known: {', '.join(known)}.")


def named_values(
    option: str, texts: Iterable[str], example: str, objection: Callable[[str, float], str] | None = None
) -> dict[str, float]:
    """The numbers of an option that is given as NAME=VALUE, as `example` is. ZooError for what is none, for a name that
    is there twice, and for what `objection(name, value)` has a sentence against."""
    values: dict[str, float] = {}
    problems = []
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        try:
            number = float(value if name else "")
        except ValueError:
            problems.append(f"{option} {text}: expected NAME=VALUE, such as {example}.")
            continue
        if name in values:
            problems.append(f"{option} {text}: {name} is there twice.")
        elif objection and (sentence := objection(name, number)):
            problems.append(f"{option} {text}: {sentence}")
        values[name] = number
    if problems:
        raise ZooError(*problems)
    return values


def check_all(checks: Iterable[Callable[[], object]], problems: Iterable[str] = ()) -> None:
    """Do all checks, and raise one ZooError of all their problems and of those given."""
    collected: list[str] = []
    for check in checks:
        try:
            check()
        except ZooError as error:
            collected += error.problems
    if collected := [*collected, *problems]:
        raise ZooError(*collected)
