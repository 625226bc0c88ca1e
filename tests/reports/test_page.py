"""A report is one file that says everything and runs nothing."""

import base64
import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from zoo import Card, Figure, Score
from zoo.reports.page import Page, ScoreTable, write_report
from zoo.runs.projection import Projection, project
from zoo.runs.stages import Record
from zoo.scores.papers import PublishedRow, PublishedTable
from zoo.scores.scoring import Cost, Spread
from zoo.scores.words import duration, number, size

PNG = b"\x89PNG\r\n\x1a\n and the rest"
PAPER = PublishedTable(
    "Table 1",
    "section 5",
    "A. Author. A paper.",
    "their 10 things",
    "Of 5 samples.",
    (PublishedRow("Theirs", {"beauty": "0.920"}),),
)


class Reader(HTMLParser):
    """Collects tags, the texts of table rows by the table's class, and every attribute that could load something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.rows: dict[str, list[str]] = {}
        self._table = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "data", "action"}]
        if tag == "table":
            self._table = dict(attrs).get("class") or ""
        if tag == "tr":
            self.rows.setdefault(self._table, []).append("")

    def handle_data(self, data: str) -> None:
        if self._table and self.rows.get(self._table):
            self.rows[self._table][-1] += data + " "

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._table = ""


@pytest.fixture
def page() -> Page:
    beauty = Score(0.5, "How much it pleases.", np.array([0.25, 0.75]), interval=(0.375, 0.625))
    size = Score(12.0, "How small it is.", unit="mm", higher_is_better=False)
    history = (
        {"stage": "net", "step": 0, "player": "net", "terms": {"fit": 2.0, "kl": 1.0}, "lr": 1e-3},
        {"stage": "net", "step": 5, "player": "net", "terms": {"fit": 1.0, "kl": 0.5}, "lr": 1e-3},
        {"stage": "net", "step": 6, "player": "net", "held_out": {"fit": 1.2, "kl": 0.4}},
        {"stage": "net", "step": 0, "samples": {"weight": 9.0}},
        {"stage": "net", "step": 6, "samples": {"weight": 4.0}},
    )
    return Page(
        title="model on data",
        summary="A <model>.",
        provenance={"dataset": "data@zoo", "weights": "0123abcd"},
        environment={"torch": "2.13.0"},
        card=Card("Some things", "Ours, not theirs.", "zoo", "CC0-1.0", "B. Author. Data."),
        scores=[
            ScoreTable(
                "looks",
                {"use": "looker", "protocol": "strict"},
                {"beauty": beauty, "size": size},
                {"beauty": replace(beauty, value=0.875)},
                [PAPER],
            )
        ],
        samples=2,
        held_out=1,
        figures=[
            Figure("gallery", "Some & others.", "image/png", PNG),
            Figure("turn", "One to turn.", "text/html", b'<p id="x">turn me</p><script>"&"</script>', height=321),
        ],
        spreads=[Spread("weight", np.array([1.0, 3.0]), np.array([5.0, 5.0]))],
        projection=Projection({"positive": np.eye(2), "negative": np.zeros((3, 2))}, 0.875),
        stages=[
            Record("net", "cafe0123", Path("net-cafe0123"), False, 125.0, {"host": 2048}, 1234567, history=history),
            Record("rows", "beef4567", Path("rows-beef4567"), True, 1.5, {"host": 300}),
        ],
        levels={"weight": {"held-out data": 5.0, "independent values": 7.5}},
        scoring=Cost(2.5, {"host": 400}),
        command="zoo run model --dataset data",
        recipe="model:\n  use: it\n",
    )


@pytest.fixture
def text(page: Page, tmp_path: Path) -> str:
    write_report(tmp_path / "report.html", page)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    return (tmp_path / "report.html").read_text(encoding="utf-8")


def test_it_needs_no_other_file_and_runs_scripts_in_frames_that_are_shut_off(text: str) -> None:
    frame = re.search(r"<iframe .*?</iframe>", text, re.DOTALL)
    assert frame and ' sandbox="allow-scripts" ' in frame[0] and "height: 321px" in frame[0]
    assert html.unescape(frame[0].split('srcdoc="')[1]).startswith('<p id="x">turn me</p><script>"&"</script>"')
    reader = Reader(text.replace(frame[0], ""))
    assert not {"script", "link", "iframe", "object"} & set(reader.tags)
    assert reader.links == ["data:image/png;base64," + base64.b64encode(PNG).decode()]
    assert "@import" not in text and "url(" not in text


def test_scores_stand_with_their_spread_and_their_interval(text: str) -> None:
    (row,) = (row for row in Reader(text).rows["scores ours"] if "0.500" in row)
    assert "0.500 ± 0.250 0.375 to 0.625" in " ".join(row.split())


def test_the_page_about_reports_tells_of_all_of_it(text: str) -> None:
    told = (Path(__file__).resolve().parents[2] / "docs/report.md").read_text(encoding="utf-8")
    parts = re.findall(r"<h2>(.+?)</h2>", text)
    assert parts == re.findall(r"^## (.+)$", told, re.MULTILINE)[1:-2]
    for words in re.findall(r"^\| \*\*(.+?)\*\*", told, re.MULTILINE):
        assert re.search(rf"<th>{words}", text), words


def test_samples_on_the_way_stand_beside_the_data(text: str) -> None:
    (title,) = re.findall(r"<title>(weight: training.*?)</title>", text)
    assert title == "weight: training from 9 to 4, held-out data 5, independent values 7.5"
    assert text.count('class="level"') == 2 and text.count("Samples drawn on the way") == 1


def test_what_comes_from_outside_is_escaped(text: str) -> None:
    assert "A &lt;model&gt;." in text and "<model>" not in text
    assert 'alt="Some &amp; others."' in text


def test_published_numbers_stand_apart_and_verbatim(text: str) -> None:
    rows = Reader(text).rows
    ours, theirs = " ".join(rows["scores ours"]), " ".join(rows["scores published"])
    assert "0.500" in ours and "0.920" not in ours
    assert "Theirs" in theirs and "0.920" in theirs and "0.500" not in theirs
    assert "the paper's numbers on the paper's data" in text
    for said in (PAPER.citation, PAPER.data, PAPER.note):
        assert said in text


def test_a_score_has_its_sentence_spread_direction_unit_and_the_data_beside_it(text: str) -> None:
    head, run, data = Reader(text).rows["scores ours"]
    assert "beauty ↑" in head and "size ↓" in head and "[mm]" in head
    assert "0.500" in run and "± 0.250" in run and "protocol: strict" in run and "12.000" in run
    assert "0.875" in data
    assert "How much it pleases. Higher is better." in text and "How small it is. Lower is better." in text


def test_sets_of_other_sizes_are_said_to_be_so(text: str, page: Page, tmp_path: Path) -> None:
    assert "There are 1 held-out structures and 2 samples" in text
    write_report(tmp_path / "r.html", replace(page, held_out=2))
    assert "held-out structures and" not in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_many_scores_stand_in_rows_and_published_ones_keep_to_their_own_columns(page: Page, tmp_path: Path) -> None:
    (table,) = page.scores
    many = {f"score_{i}": table.scores["size"] for i in range(9)}
    write_report(tmp_path / "r.html", replace(page, scores=[replace(table, scores={**table.scores, **many})]))
    rows = Reader((tmp_path / "r.html").read_text(encoding="utf-8")).rows
    assert "scores ours" not in rows and len(rows["meaning alone"]) == 1 + 11
    head, theirs = rows["scores published"]
    assert "beauty" in head and "size" not in head and "0.920" in theirs


def test_scores_that_no_paper_has_stand_in_rows(page: Page, tmp_path: Path) -> None:
    write_report(tmp_path / "r.html", replace(page, scores=[replace(page.scores[0], published=[])]))
    rows = Reader((tmp_path / "r.html").read_text(encoding="utf-8")).rows["meaning alone"]
    assert "1 structures" in rows[0] and "2 samples" in rows[0]
    assert re.match(r"beauty ↑ +0\.500 ± 0\.250 +0\.375 to 0\.625 +0\.875 .*How much it pleases", rows[1])


def test_stages_and_curves(text: str) -> None:
    _, net, rows, scoring = Reader(text).rows["stages"]
    assert "2 min 05 s" in net and "2.00 GiB" in net and "1,234,567" in net and "made in this run" in net
    assert "1.5 s" in rows and "300 MiB" in rows and "from the cache" in rows
    assert "2.5 s" in scoring and "400 MiB" in scoring
    assert text.count('<polyline class="train"') == 3  # Of two terms, and of the samples.
    assert "net, fit: training from 2 to 1, held out from 1.2 to 1.2" in text


def test_how_samples_spread_beside_data(text: str) -> None:
    assert "weight: 2.000 ± 1.000, data 5.000 ± 0.000" in text


def test_how_latents_lie(text: str) -> None:
    assert text.count('<circle class="kind0"') == 2 and text.count('<circle class="kind1"') == 3
    assert "positive (2)" in text and "negative (3)" in text and "hold 88 % of the variance" in text


def test_the_plane_of_latents_is_that_of_their_principal_components() -> None:
    """Latents in a plane that lies askew in four dimensions: all distances are kept, and all of the variance."""
    rng = np.random.default_rng(0)
    plane = np.linalg.qr(rng.normal(size=(4, 4)))[0][:2]
    flat = rng.normal(size=(30, 2)) * [3, 1]
    found = project({"positive": flat[:10] @ plane + 5, "negative": flat[10:] @ plane + 5})
    assert found is not None and found.share == pytest.approx(1)
    points = np.concatenate([found.points["positive"], found.points["negative"]])
    for one, other in ((points, flat), (points[:, :1], (flat - flat.mean(0)) @ _leading(flat))):
        np.testing.assert_allclose(_distances(one), _distances(other), atol=1e-9)
    assert project({"positive": np.ones((5, 3))}) is None and project({}) is None


def _leading(points: np.ndarray) -> np.ndarray:
    """The eigenvector of the covariance with the largest eigenvalue, as a column."""
    return np.linalg.eigh(np.cov(points.T))[1][:, -1:]


def _distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


def test_scores_to_look_at_first_stand_first_and_once(page: Page, tmp_path: Path) -> None:
    [table] = page.scores
    shown = replace(table, published=(), headline=["size", "unheard"], trivial={"size": {"solid": 1.0}})
    write_report(tmp_path / "r.html", replace(page, scores=[shown]))
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    first, rest = text.split("<h3>looker")
    assert "Look at these first" in first and "How small it is." in first and "solid" in first
    assert "How much it pleases." not in first and "How much it pleases." in rest and "How small it is." not in rest


def test_whose_data_they_are(text: str) -> None:
    for said in ("Some things", "Ours, not theirs.", "edition: zoo", "licence: CC0-1.0", "B. Author. Data."):
        assert said in text


def test_how_to_reproduce(text: str) -> None:
    assert "zoo run model --dataset data" in text and "use: it" in text and "2.13.0" in text and "0123abcd" in text


def test_a_page_of_nothing_but_a_title(page: Page, tmp_path: Path) -> None:
    write_report(tmp_path / "r.html", replace(page, scores=[], figures=[], spreads=[], projection=None, stages=[]))
    assert "model on data" in (tmp_path / "r.html").read_text()


def test_numbers() -> None:
    assert [number(x) for x in (0.0, 0.92, -1.5, 3e-6, 12345.678, float("nan"))] == [
        "0.000",
        "0.920",
        "-1.500",
        "3e-06",
        "1.23e+04",
        "none",
    ]
    assert [duration(x) for x in (0.25, 59.4, 59.96, 3725)] == ["0.2 s", "59.4 s", "1 min 00 s", "62 min 05 s"]
    assert [size(x) for x in (12, 1536)] == ["12 MiB", "1.50 GiB"]
