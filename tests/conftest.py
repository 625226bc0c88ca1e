"""Every test session has its own `$ZOO_HOME`, so that nothing a user has built is read or changed."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def zoo_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("zoo-home")
    os.environ["ZOO_HOME"] = str(folder)
    yield folder
    del os.environ["ZOO_HOME"]
