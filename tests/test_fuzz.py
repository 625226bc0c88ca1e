"""Whatever configs, suites, datasets, published folders and interrupted runs hold, zoo ends well or in a ZooError.

A few of each, always the same ones; tests/soak/fuzz.py does thousands.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parent))
fuzzing = import_module("fuzzing")
del sys.path[0]

EXAMPLES = {"configs": 30, "stores": 50, "imports": 40, "published": 80, "runs": 12, "suites": 30}


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("name", EXAMPLES)
def test_it_ends_well_or_in_a_zoo_error(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    subject = fuzzing.SUBJECTS[name](tmp_path)

    @settings(max_examples=EXAMPLES[name], derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=subject.cases)
    def attempt(case: Any) -> None:
        fuzzing.attempt(subject, case)

    attempt()
