"""Errors for users: every problem at once, in one short message, without a traceback."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

MAX_LENGTH = 1000
"""Upper limit on the characters of one problem."""
MAX_SHOWN = 20
"""How many problems of one sort a message names."""


class ZooError(Exception):
    """A mistake that the user can mend. `problems` holds one line each; all problems are reported together."""

    def __init__(self, *problems: str) -> None:
        self.problems = tuple(map(_line, problems))
        super().__init__("\n".join(self.problems))


class ZooWarning(UserWarning):
    """Something that the user should know while all goes on."""


def did_you_mean(name: str, legal: Iterable[str]) -> str:
    """`" Did you mean 'x'?"` when a legal name is close to `name`, else the legal names, ready to be appended."""
    names = sorted(legal)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {close[0]!r}?"
    return f" Known: {', '.join(names)}." if names else " There are none."


def _line(problem: str) -> str:
    """A problem as one line. It may quote what a file says, and terminals obey some characters."""
    words = " ".join(problem.split())
    text = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in words)
    return text if len(text) <= MAX_LENGTH else f"{text[: MAX_LENGTH - 3]}..."


class Problem(NamedTuple):
    """What is wrong with the value at a dotted path of a recipe."""

    path: str
    message: str


def shorten(value: Any) -> str:
    """A value as a message shows it."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def abridged(lines: Sequence[str]) -> list[str]:
    """The first `MAX_SHOWN` lines, and how many more there are."""
    rest = len(lines) - MAX_SHOWN
    return [*lines[:MAX_SHOWN], f"and {rest:,} more."] if rest > 0 else list(lines)


def shape_words(shape: Iterable[int]) -> str:
    """A shape as a message says it: `12x12x12`."""
    return "x".join(map(str, shape)) or "that of a number"


def join(path: str, key: str) -> str:
    """The dotted path of a key within what lies at a path."""
    return f"{path}.{key}" if path else key
