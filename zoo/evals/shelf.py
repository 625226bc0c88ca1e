"""Where results are found: in the user's folder, else those that ship with zoo."""

from collections.abc import Iterator
from pathlib import Path

from zoo.system.places import evals_folder


def found_results(folder: Path, suite: str) -> list[Path]:
    """The result files of a suite, a size each: those in `folder`, or, if there are none, those that ship with zoo."""
    for place in (folder, evals_folder() / "results"):
        if paths := list(_of_suite(place, suite)):
            return paths
    return []


def _of_suite(folder: Path, suite: str) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*.json")) if path.name.rsplit(".", 2)[0] == suite)
