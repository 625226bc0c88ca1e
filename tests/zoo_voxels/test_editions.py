"""Editions of published sets: imported under their names, they are what a run learns from, and every page says so."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo.data.importing import import_data
from zoo.discovery import using
from zoo.publishing.publish import publish
from zoo.recipes import resolve
from zoo.reports.run import write_run_report
from zoo.runs.run import Options, run
from zoo_voxels.components.metatruss import MEASURED

FILES = Path(__file__).parent / "components" / "importers" / "files"
REAL = Path(__file__).resolve().parents[3] / "shared/data/crystal_nets/rcsr_2400_cgd.zip"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    with using():
        yield


def zoo(*arguments: object) -> str:
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_real_nets_as_an_edition_of_metatruss(tmp_path: Path) -> None:
    if not REAL.exists():
        pytest.skip(f"{REAL} is not there")
    with zipfile.ZipFile(REAL) as archive:
        archive.extractall(tmp_path / "nets", sorted(n for n in archive.namelist() if n.endswith(".cgd"))[::40])
    zoo("data", "import", "metatruss@rcsr", tmp_path / "nets", "--set", "resolution=12", "--skip-bad")
    done = run(resolve("trivial-training", "metatruss@rcsr", size="tiny"), Options(), ["zoo"])
    assert json.loads(done.scores.read_text())["provenance"]["dataset"] == "metatruss@rcsr"
    page = write_run_report(done).read_text()
    assert "trivial-training on metatruss@rcsr" in page
    assert "Crystal nets, RCSR edition" in page
    assert "edition: rcsr" in page
    assert "10,000 cells of zoo&#39;s edition" in page  # How the editions compare.
    publish(done.path, tmp_path / "model")
    card = (tmp_path / "model" / "README.md").read_text()
    assert "**metatruss@rcsr**: Crystal nets, RCSR edition" in card
    assert 'This is the edition called "rcsr".' in card
    assert MEASURED in card


@pytest.mark.parametrize(
    ("name", "file", "words"),
    [
        ("metatruss@published", "metatruss.npz", "17.2 % is solid in the mean"),
        ("metatruss@lumpe", "catalogue.txt", "Lumpe & Stankovic"),
        ("metatruss@rcsr", "nets.cgd", "10,000 cells of zoo's edition"),
        ("metashell@yang", "7binary_voxel", "Yang et al."),
    ],
)
def test_published_files_make_their_own_edition_and_no_other(name: str, file: str, words: str) -> None:
    edition = name.partition("@")[2]
    assert f"{name}  " in zoo("data", "import", name, FILES / file)
    [row] = [line for line in zoo("data", "list").splitlines() if line.startswith(name)]
    assert row.split()[1] == edition
    told = zoo("data", "info", name)
    assert f"edition {edition}" in told.splitlines()[0]
    assert words in told
    with pytest.raises(ZooError, match=f"files of this form hold the edition '{edition}', not 'other'"):
        import_data(name.replace(edition, "other"), [FILES / file], quiet=True)


def test_the_plain_name_is_ours() -> None:
    for name in ("metatruss", "metashell"):
        plain, ours = (resolve("trivial-training", told, size="tiny") for told in (name, f"{name}@zoo"))
        assert plain.to_dict() == ours.to_dict()


def test_other_files_are_no_edition_of_a_published_set(tmp_path: Path) -> None:
    np.save(tmp_path / "cells.npy", np.random.default_rng(0).random((3, 4, 4, 4)) < 0.5)
    with pytest.raises(ZooError, match="the edition 'yang' is that of published files, which these are not"):
        import_data("metashell@yang", [tmp_path / "cells.npy"], quiet=True)
