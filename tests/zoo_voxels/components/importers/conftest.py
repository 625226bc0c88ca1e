"""Real files, where they are at hand; files written by hand beside this one."""

from collections.abc import Callable
from pathlib import Path

import pytest

FILES = Path(__file__).parent / "files"
REAL = Path(__file__).resolve().parents[5] / "shared" / "data"


@pytest.fixture
def files() -> Path:
    return FILES


@pytest.fixture(scope="session")
def real() -> Callable[[str], Path]:
    """A real file by its place; the test is skipped where there is none."""

    def find(name: str) -> Path:
        if not (REAL / name).exists():
            pytest.skip(f"there is no {REAL / name}")
        return REAL / name

    return find
