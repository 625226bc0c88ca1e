"""Generated configs, stores, published folders and interrupted runs must end well or in a ZooError, never a traceback.

    python tests/soak/fuzz.py [--count 10000] [--seed 0] [--only configs]

What is generated, and what is done with it, lies in tests/fuzzing. A case that takes longer than a minute, or more than
16 GB of address space, counts as a traceback.
"""

import argparse
import contextlib
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import hypothesis

sys.path.insert(0, str(Path(__file__).parents[1]))
from fuzzing import SUBJECTS, attempt

from zoo.discovery import use_file

SECONDS = 60
GIGABYTES = 16
"""Of address space, of which torch alone takes some."""


class TooLongError(BaseException):
    """No `except Exception` shall catch it."""


def too_long(number: int, frame: FrameType | None) -> None:
    raise TooLongError(f"more than {SECONDS} s")


def signature(error: BaseException) -> str:
    """What tells one bug from another: the error and where in zoo or a plugin it was raised."""
    frames = [f"{Path(f.filename).name}:{f.name}" for f in traceback.extract_tb(error.__traceback__)]
    ours = [
        frame
        for frame, f in zip(frames, traceback.extract_tb(error.__traceback__), strict=True)
        if "/zoo" in f.filename
    ]
    return f"{type(error).__name__} in {(ours or frames)[-1]}"


def tried(subject: Callable[[Any], None], case: Any) -> tuple[str, BaseException | None]:
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return attempt(subject, case), None
    except (Exception, TooLongError) as error:
        return signature(error), error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def generated(subject: Any, count: int, seed: int, body: Callable[[Any], None], phases: list[hypothesis.Phase]) -> None:
    """Let hypothesis call `body` with cases of a subject."""

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=phases,
        suppress_health_check=list(hypothesis.HealthCheck),
        print_blob=False,
    )
    @hypothesis.given(case=subject.cases)
    def each(case: Any) -> None:
        body(case)

    each()


def shrunk(subject: Any, count: int, seed: int, wanted: str) -> tuple[Any, BaseException]:
    """The smallest case found with a signature."""
    found: list[tuple[Any, BaseException]] = []

    def body(case: Any) -> None:
        outcome, error = tried(subject, case)
        if outcome == wanted and error is not None:
            found.append((case, error))
            raise AssertionError

    with contextlib.suppress(AssertionError):
        generated(subject, count, seed, body, [hypothesis.Phase.generate, hypothesis.Phase.shrink])
    return found[-1]


def tally(subject: Any, count: int, seed: int) -> tuple[Counter[str], Counter[str]]:
    """How many cases end in what, and how many in a traceback of which signature."""
    outcomes: Counter[str] = Counter()
    bugs: Counter[str] = Counter()

    def body(case: Any) -> None:
        outcome, error = tried(subject, case)
        (outcomes if error is None else bugs).update([outcome])

    generated(subject, count, seed, body, [hypothesis.Phase.generate])
    return outcomes, bugs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="over all subjects")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=SUBJECTS, action="append")
    arguments = parser.parse_args()
    names = arguments.only or list(SUBJECTS)
    count = -(-arguments.count // len(names))
    signal.signal(signal.SIGALRM, too_long)
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30, GIGABYTES << 30))
    warnings.simplefilter("ignore")
    use_file(Path(__file__).parents[1] / "toy_plugin.py")
    failures = 0
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["ZOO_HOME"] = f"{folder}/home"
            subject = SUBJECTS[name](Path(folder))
            started = time.monotonic()
            outcomes, bugs = tally(subject, count, arguments.seed)
            told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
            print(f"{name}: {told}, {bugs.total()} tracebacks; {time.monotonic() - started:.0f} s", flush=True)
            for bug, number in bugs.most_common():
                print(f"\n{number} times {bug}", flush=True)
                case, error = shrunk(subject, count, arguments.seed, bug)
                print(f"{case!r}")
                traceback.print_exception(error, limit=-6)
            failures += bugs.total()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
