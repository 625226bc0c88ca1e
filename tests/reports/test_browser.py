"""The pages of real runs, tiny ones, in a browser: they load whole and alone, fit the window, and cells turn."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zoo.recipes import resolve
from zoo.reports.comparison import write_comparison
from zoo.reports.run import write_run_report
from zoo.runs.folder import RunFolder
from zoo.runs.run import Options, run

sys.path.insert(0, str(Path(__file__).parents[1]))
Browser = import_module("browser").Browser
del sys.path[0]

SMALLER = ("dataset.count=40", "train.autoencoder.epochs=1", "train.denoiser.epochs=1", "generate.count=8")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    browser = Browser(tmp_path_factory.mktemp("browser"))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def runs(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> list[RunFolder]:
    """Two that differ in the sampler. Not made where there is no browser to show them."""
    folder = tmp_path_factory.mktemp("runs")
    finished = []
    for sampler in ("ddim", "ddpm"):
        recipe = resolve("voxploer", "metashell", size="tiny", overrides=[*SMALLER, f"sampler.use={sampler}"])
        finished.append(run(recipe, Options(runs=folder, name=sampler), ["zoo", "run", "voxploer"]))
    return finished


@pytest.fixture(scope="module")
def report(browser: Any, runs: list[RunFolder]) -> Path:
    page = write_run_report(runs[0])
    browser.open(page)
    return page


def fits(browser: Any, width: int) -> bool:
    """Whether nothing sticks out to the right, where a page would have to be pushed to be read."""
    browser.resize(width)
    return bool(browser.script("document.documentElement.scrollWidth <= innerWidth"))


def cells(browser: Any, place: dict[str, float]) -> np.ndarray:
    """A picture of the cells, once they are drawn in full."""
    drawn = "document.body.dataset.azimuth === azimuth.toFixed(4) && canvases.every(canvas => canvas.width === FINE)"
    browser.until(drawn, frame=True)
    browser.rest()
    return browser.look(place)


def changed(one: np.ndarray, other: np.ndarray) -> float:
    """The share of pixels that differ to the eye."""
    return float((abs(one.astype(int) - other).max(2) > 30).mean())


def test_a_report_asks_for_nothing_and_complains_of_nothing(browser: Any, report: Path) -> None:
    assert browser.requests == [] and browser.complaints == []
    headings = browser.script("[...document.querySelectorAll('h2')].map(heading => heading.textContent)")
    assert headings == ["Scores", "Samples", "Latent space", "Data", "Training", "How to reproduce"]
    sizes = browser.script("[...document.images].map(image => image.naturalWidth)")
    assert len(sizes) == 2 and min(sizes) > 100


def test_it_fits_wide_and_narrow_windows(browser: Any, report: Path) -> None:
    assert all(fits(browser, width) for width in (380, 700, 1200))


def test_cells_turn_with_the_mouse_and_back(browser: Any, report: Path) -> None:
    place = browser.place("iframe")
    x, y = place["x"] + place["width"] * 0.3, place["y"] + 150
    before = cells(browser, place)
    browser.drag((x, y), 90, 20)
    turned = cells(browser, place)
    browser.drag((x + 90, y + 20), -90, -20)
    back = cells(browser, place)
    half = before.shape[1] // 2
    assert changed(before[:, :half], turned[:, :half]) > 0.05 < changed(before[:, half:], turned[:, half:])
    assert changed(before, back) < 0.002
    assert browser.complaints == []


def test_another_cell_is_shown_when_clicked(browser: Any, report: Path) -> None:
    place = browser.place("iframe")
    before = cells(browser, place)
    browser.drag((place["x"] + place["width"] / 2 + 30, place["y"] + place["height"] - 55), 0, 0)
    assert changed(before, cells(browser, place)) > 0.05


def test_at_night_it_is_dark(browser: Any, report: Path) -> None:
    shades = {}
    for scheme in ("dark", "light"):
        browser.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.rest()
        shades[scheme] = np.median(browser.look())
    assert shades["dark"] < 60 < 190 < shades["light"]


def test_runs_side_by_side(browser: Any, runs: list[RunFolder], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    write_comparison(page, [finished.path for finished in runs])
    browser.open(page)
    assert browser.requests == [] and browser.complaints == []
    assert all(fits(browser, width) for width in (380, 1200))
    assert browser.script("document.querySelectorAll('.panels svg polyline').length") == 2 * 6
