"""What ships beside the code is found in a checkout and in a wheel."""

from pathlib import Path

import pytest

from zoo import resources

ROOT = Path(__file__).resolve().parents[1]


def test_in_a_checkout_it_lies_at_the_root() -> None:
    assert resources.catalogue_file() == ROOT / "registry.yaml"
    assert resources.evals_folder() == ROOT / "evals"


def test_in_a_wheel_it_lies_in_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_data").mkdir()
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    assert resources.catalogue_file() == tmp_path / "_data" / "registry.yaml"
    assert resources.evals_folder() == tmp_path / "_data" / "evals"
