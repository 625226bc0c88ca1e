"""Published numbers are those of the papers."""

import json

import pytest

from zoo.scores.papers import published
from zoo.system.places import evals_folder

RELEASED = {"use": "voxel-scores", "protocol": "released"}
SCORES = ["symmetry", "periodicity", "connectivity", "quality", "novelty", "diversity"]


def row(dataset: str, table: str, name: str) -> list[str]:
    tables = {found.table: found for found in published(dataset, RELEASED)}
    rows = {found.name: found for found in tables[table].rows}
    return [rows[name].scores[score] for score in SCORES]


def test_rows_of_the_voxploer_paper() -> None:
    assert row("metashell", "Table 1", "VOXPLOER") == ["0.923", "0.856", "0.978", "0.919", "0.380", "0.783"]
    assert row("metashell", "Table 1", "3D-CDM") == ["0.668", "0.529", "0.999", "0.732", "0.390", "0.113"]
    assert row("metashell", "Table 5", "RAS, DDPM") == ["0.935", "0.884", "0.930", "0.916", "0.305", "0.625"]
    assert row("metashell", "Table 6", "original setting") == row("metashell", "Table 1", "VOXPLOER")
    assert row("metatruss", "Table 1", "Trellis") == ["0.081", "0.063", "0.133", "0.092", "0.000", "0.001"]
    assert row("metatruss", "Table 3", "no regulariser, SRR") == ["0.873", "0.801", "0.295", "0.656", "0.014", "0.011"]


@pytest.mark.parametrize("dataset", ["metashell", "metatruss"])
def test_quality_is_the_mean_that_the_paper_says_it_is(dataset: str) -> None:
    for table in published(dataset, RELEASED):
        for found in table.rows if table.table.startswith("Table") else ():
            three = [float(found.scores[score]) for score in SCORES[:3]]
            assert sum(three) / 3 == pytest.approx(float(found.scores["quality"]), abs=1.1e-3)


def test_the_headline_is_the_gain_over_yang_et_al_alone() -> None:
    """The percentages of the introduction are the means of the two gains in Table 1."""
    for score, printed in (("quality", "8.9%"), ("novelty", "46.4%"), ("diversity", "128.6%")):
        column = SCORES.index(score)
        ratios = [
            float(row(dataset, "Table 1", "VOXPLOER")[column]) / float(row(dataset, "Table 1", "Yang et al.")[column])
            for dataset in ("metashell", "metatruss")
        ]
        assert 100 * (sum(ratios) / 2 - 1) == pytest.approx(float(printed[:-1]), abs=0.1)
        [table] = [table for table in published("metatruss", RELEASED) if table.table == "Introduction"]
        assert table.rows[0].scores[score].endswith(printed)


def test_the_kirigami_paper_is_quoted() -> None:
    [table] = published("kirigami-60", {"use": "cut-crossings"})
    assert table.rows[0].scores["mean_intersections"] == "1.5 on average"
    assert table.rows[0].scores["admissible_share"].startswith("approximately one in every four; more than 50-fold")
    assert table.rows[1].name == "all models"


def test_yang_et_al_are_quoted() -> None:
    figures = {table.table: table for table in published("metashell-optimised", {"use": "stiffness", "count": 8})}
    assert figures["Figure 5"].rows[0].scores == {"target_error": "an average error of 3.08%"}
    assert figures["Figure 7"].rows[0].scores == {"poisson": "-0.629"}


def test_the_voxploer_paper_stands_beside_the_protocol_that_made_its_numbers() -> None:
    """Its zeros, such as a diversity of .001 among 1,000 samples, follow from the gate of the released code alone."""
    assert published("metashell", RELEASED) and published("metashell", RELEASED | {"protocol": "paper"}) == []


def test_nothing_is_known_of_other_data() -> None:
    assert published("metashell", {"use": "cut-crossings"}) == []
    assert published("nowhere", RELEASED) == []


def test_every_file_says_whose_numbers_these_are() -> None:
    for path in (evals_folder() / "papers").glob("*.json"):
        paper = json.loads(path.read_text(encoding="utf-8"))
        assert paper["citation"] and paper["note"] and all(table["data"] for table in paper["tables"])
