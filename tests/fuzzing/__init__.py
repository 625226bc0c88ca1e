"""Generated configs, suites, stores, imports, published folders and interrupted runs: zoo ends well, or in a ZooError.

A subject is made with a folder to work in. `cases` are what it generates; `subject(case)` does with one what zoo does.
`tests/test_fuzz.py` tries some hundreds, `tests/soak/fuzz.py` as many as it is asked for.
"""

from collections.abc import Callable
from typing import Any

from fuzzing.configs import Configs
from fuzzing.imports import Imports
from fuzzing.published import Published
from fuzzing.runs import Runs
from fuzzing.stores import Stores
from fuzzing.suites import Suites
from zoo import ZooError

SUBJECTS = {
    "configs": Configs,
    "stores": Stores,
    "imports": Imports,
    "published": Published,
    "runs": Runs,
    "suites": Suites,
}


def attempt(subject: Callable[[Any], str], case: Any) -> str:
    """How a case ends: in what the subject says, or in a ZooError, whose problems must be lines that can be shown."""
    try:
        return subject(case)
    except ZooError as error:
        problems = error.problems
    assert problems
    for problem in problems:
        assert 0 < len(problem) <= 1000, problem
        assert problem.isprintable(), problem
    return "ZooError"
