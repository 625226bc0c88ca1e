"""The leaderboard is what the results make of it."""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from zoo.evals.leaderboard import boards, markdown, page, write_leaderboard
from zoo.evals.plane import points
from zoo.evals.results import Entry, Meaning, Number, ResultFile, read_result, result_path, write_result
from zoo.evals.suites import find_suite, suite_files
from zoo.system.places import evals_folder

SCORES = ("quality", "novelty", "diversity")


def numbers(value: float) -> dict[str, dict[str, Number]]:
    return {"released": {name: Number(value=value, interval=(value - 0.1, value + 0.1)) for name in SCORES}}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Of two seeds of a model, and of one trivial row that beats it."""
    runs = [("VOXPLOER", 0, 0.5), ("VOXPLOER", 1, 0.7), ("solid", 0, 0.9)]
    entries = [
        Entry(
            dataset="metashell@zoo",
            row=row,
            trivial=row == "solid",
            run=f"m.d/{seed}",
            provenance={
                "dataset": "metashell@zoo",
                "dataset_checksum": "abc",
                "seed": seed,
                "weights": f"w{seed}",
                "samples": 800 if row == "solid" else 1000,
                "machine": "an <i>odd</i> one",
                "versions": {"torch": "2"},
            },
            scores=numbers(value),
        )
        for row, seed, value in runs
    ]
    meaning = Meaning(sentence="What it is.", unit="", higher_is_better=True)
    file = ResultFile(
        suite="voxploer-overall",
        version=1,
        size="small",
        meanings={"released": dict.fromkeys(SCORES, meaning)},
        held_out={"abc": numbers(0.4)},
        entries=entries,
    )
    write_result(result_path(tmp_path, "voxploer-overall", "small"), file)
    assert read_result(result_path(tmp_path, "voxploer-overall", "small")) == file
    return tmp_path


def test_what_the_pages_say(results: Path) -> None:
    [board] = boards(results)
    text = markdown([board])
    # Student's t for one degree of freedom, 12.706, times 0.1414 / sqrt 2.
    assert "| VOXPLOER | 0.600 ±0.141 [-0.671, 1.871] |" in text
    assert "| *solid (800 samples)* | 0.900 [0.800, 1.000] |" in text
    assert "- quality (released): A trivial row beats the model: solid (800 samples) (0.9)." in text
    assert "| VOXPLOER | 0.923 | 0.856 | 0.978 | 0.919 | 0.380 | 0.783 |" in text
    assert text.index("measured here") < text.index("Published: ")
    drawn = {point.label: (point.kind, point.x, point.y) for point in points(board.table)}
    assert drawn["solid (800 samples)"] == ("trivial", 0.9, 0.9) and drawn["held-out data"] == ("data", 0.4, 0.4)


class _Reader(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_needs_no_other_file(results: Path) -> None:
    text = page(boards(results))
    tags = _Reader(text).tags
    links = [value or "" for _, attrs in tags for name, value in attrs.items() if name in ("src", "href")]
    assert links and all(link.startswith(("#", "data:")) for link in links)
    assert "an &lt;i&gt;odd&lt;/i&gt; one" in text and not re.search(r"https?://(?!www\.w3\.org)", text)
    values = [attrs["data-value"] for tag, attrs in tags if tag == "td" and "data-value" in attrs]
    assert {"0.6", "0.9", "0.4"} <= {f"{float(value or 0):.3g}" for value in values}


def test_the_leaderboard_in_the_repository_is_that_of_its_results(tmp_path: Path) -> None:
    for path in write_leaderboard(evals_folder() / "results", tmp_path):
        assert _plain(path) == _plain(evals_folder() / path.name), "run `zoo evals leaderboard`"


def test_a_picture_that_several_suites_share_stands_there_once(results: Path) -> None:
    file = read_result(result_path(results, "voxploer-overall", "small"))
    write_result(
        result_path(results, "voxploer-ablation", "small"), file.model_copy(update={"suite": "voxploer-ablation"})
    )
    pictures = [results / "pictures" / f"{suite}.small" for suite in ("voxploer-ablation", "voxploer-overall")]
    for folder in pictures:
        folder.mkdir(parents=True)
        (folder / "metashell-solid.webp").write_bytes(b"the same picture")
    text = page(boards(results))
    assert text.count(base64.b64encode(b"the same picture").decode()) == 1
    assert "solid" in text[text.index("pictured further up") :]


def _plain(path: Path) -> str:
    """Without the style, which is that of all reports."""
    return re.sub(r"<style>.*?</style>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_every_result_in_the_repository_says_what_it_must() -> None:
    files = sorted((evals_folder() / "results").glob("*.json"))
    for path in files:
        file = read_result(path)
        suite = find_suite(file.suite)
        assert path.name == f"{file.suite}.{file.size}.json" and file.suite in suite_files()
        assert file.entries and file.version == suite.head.version
        for entry in file.entries:
            told = entry.provenance
            assert told["dataset"].rpartition("@")[2] and told["dataset_checksum"] in file.held_out
            assert told["size"] == file.size and told["weights"] and told["machine"] and told["versions"]["torch"]
            assert told["samples"] <= suite.head.count and told["seed"] in suite.head.seeds
            for evaluator, group in entry.scores.items():
                assert set(group) <= set(file.meanings[evaluator])
                assert all(file.meanings[evaluator][name].sentence for name in group)
