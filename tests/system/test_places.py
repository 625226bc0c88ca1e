"""What ships beside the code is found in a checkout and in a wheel."""

from pathlib import Path

import pytest

from zoo.system import places

ROOT = Path(__file__).resolve().parents[2]


def test_in_a_checkout_it_lies_at_the_root() -> None:
    assert places.catalogue_file() == ROOT / "registry.yaml"
    assert places.evals_folder() == ROOT / "evals"


def test_in_a_wheel_it_lies_in_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_data").mkdir()
    monkeypatch.setattr(places, "_PACKAGE", tmp_path)
    assert places.catalogue_file() == tmp_path / "_data" / "registry.yaml"
    assert places.evals_folder() == tmp_path / "_data" / "evals"
