"""A folder with a catalogue."""

from pathlib import Path

import pytest

from recipe_file import CATALOGUE


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toy: None) -> Path:
    """A working folder with a catalogue in registry.yaml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "registry.yaml").write_text(CATALOGUE)
    return tmp_path
