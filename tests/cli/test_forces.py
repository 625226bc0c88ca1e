"""What each force of a regulariser does to particles in a plane, as the VOXPLOER paper says of its figure 4."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo.reports.forces import PARTICLES, drift


def gap_and_spread(block: dict, steps: int = 400) -> tuple[float, float]:
    valid, invalid = drift(block, steps, seed=0)
    return float((valid.mean(0) - invalid.mean(0)).norm()), float(valid.std(0).norm())


def test_the_three_forces() -> None:
    """Section 4.2: the first drives the classes apart, the second spreads each, the sink draws all to the origin."""
    start = gap_and_spread({"use": "none"}, 0)
    off = {"use": "ras", "inter": 0.0, "intra": 0.0, "sink": 0.0}
    apart = gap_and_spread(off | {"inter": 1.0})
    wide = gap_and_spread(off | {"intra": 1.0})
    drawn = gap_and_spread(off | {"sink": 1.0})
    assert apart[0] > 5 * start[0]
    assert wide[1] > 3 * start[1] and wide[0] < 2 * start[0]
    assert max(drawn) < 0.05


def test_an_intra_class_force_as_strong_as_the_other_simplifies_no_boundary() -> None:
    """Section 4.2: "a latent sample will experience strong repulsion from both"."""
    weak, strong = gap_and_spread({"use": "ras"}), gap_and_spread({"use": "ras", "intra": 4.0})
    assert weak[0] / weak[1] > 2 * strong[0] / strong[1]


def test_the_command_draws_a_panel_for_each(tmp_path: Path) -> None:
    path = tmp_path / "forces.svg"
    words = ["forces", "--regulariser", "ras", "--regulariser", "{use: contrastive}", "--steps", "3", "-o", str(path)]
    assert CliRunner().invoke(app, words, catch_exceptions=False).output == f"figure  {path}\n"
    text = path.read_text()
    assert text.count("<circle") == 3 * 2 * PARTICLES
    assert [title for title in ("at first", "ras", "{use: contrastive}") if title in text] and "nan" not in text
    assert len(re.findall("<rect", text)) == 3


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("rass", "Did you mean 'ras'"),
        ("{inter: 3}", "expected {use: name"),
        ("{use: ras, intre: 3}", "takes no 'intre'"),
    ],
)
def test_mistakes_are_named(block: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ZooError, match=re.escape(message)):
        words = ["forces", "--regulariser", block, "-o", str(tmp_path / "a.svg")]
        CliRunner().invoke(app, words, catch_exceptions=False)
