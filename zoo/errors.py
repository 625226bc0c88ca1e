"""What a user sees when something is wrong: every problem at once, in one short message, without a traceback."""

import difflib
from collections.abc import Iterable


class ZooError(Exception):
    """A mistake that the user can mend. `problems` holds one line each; all problems are reported together."""

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


def did_you_mean(name: str, legal: Iterable[str]) -> str:
    """`" Did you mean 'x'?"` when a legal name is close to `name`, else the legal names, ready to be appended."""
    names = sorted(legal)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if close:
        return f" Did you mean {close[0]!r}?"
    return f" Known: {', '.join(names)}." if names else " There are none."
