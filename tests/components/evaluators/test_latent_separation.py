"""The area under a linear probe's ROC curve: a closed form, chance, and more dimensions than structures."""

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from zoo.components.evaluators.latent_separation import _error_without_pairs, placements, probe
from zoo.publishing.publish import publish
from zoo.recipes import resolve
from zoo.reports.run import finish_run
from zoo.runs.results import read_results
from zoo.runs.run import Options, run


def gaussians(count: int, dimensions: int, distance: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two sets of standard normal rows, whose means lie `distance` apart along no axis."""
    rng = np.random.default_rng(seed)
    direction = rng.standard_normal(dimensions)
    shift = distance * direction / np.linalg.norm(direction)
    return rng.standard_normal((count, dimensions)) + shift, rng.standard_normal((count, dimensions))


@pytest.mark.parametrize("distance", [0.5, 1.0, 2.0, 3.0])
@pytest.mark.parametrize("scale", [1.0, np.geomspace(1e-3, 1e3, 8)])
def test_two_gaussians_have_the_area_of_the_closed_form(distance: float, scale: np.ndarray | float) -> None:
    """Phi(d / sqrt 2), for the difference of two draws along the line of means is N(d, 2). Units do not matter."""
    values = placements(*(rows * scale for rows in gaussians(4000, 8, distance)))
    error = values.std() / len(values) ** 0.5
    assert values.mean() == pytest.approx(norm.cdf(distance / 2**0.5), abs=4 * error)


def test_the_area_is_that_of_all_pairs_with_ties_half() -> None:
    rng = np.random.default_rng(3)
    positive, negative = rng.integers(0, 4, (40, 1)) + 1.0, rng.integers(0, 4, (40, 1)) + 0.0
    areas = []
    for half, other in ((slice(0, None, 2), slice(1, None, 2)), (slice(1, None, 2), slice(0, None, 2))):
        direction = probe(positive[half], negative[half])
        difference = (positive[other] @ direction)[:, None] - (negative[other] @ direction)[None]
        areas.append(((difference > 0) + 0.5 * (difference == 0)).mean())
    assert placements(positive, negative).mean() == pytest.approx(np.mean(areas), abs=1e-12)


@pytest.mark.parametrize(("count", "dimensions"), [(200, 10), (60, 500), (24, 16)])
def test_labels_that_mean_nothing_give_a_half(count: int, dimensions: int) -> None:
    """Also where a plane through so many dimensions would part any rows."""
    rng = np.random.default_rng(1)
    areas = []
    for _ in range(30):
        base = rng.standard_normal((count, dimensions)) * np.geomspace(1, 30, dimensions)
        pair = np.stack([base, base + 0.1 * rng.standard_normal(base.shape)])
        swapped = rng.integers(2, size=count)
        areas.append(placements(pair[swapped, range(count)], pair[1 - swapped, range(count)]).mean())
    assert np.mean(areas) == pytest.approx(0.5, abs=4 * np.std(areas) / 30**0.5)


def test_a_separation_within_pairs_is_seen_through_what_they_share() -> None:
    """Negatives are made of their positives: what both have in common is much larger than what tells them apart."""
    rng = np.random.default_rng(2)
    shared = 10 * rng.standard_normal((400, 1)) + 0.3 * rng.standard_normal((400, 4))
    shift = np.array([2.0, -2.0, 0.0, 0.0])
    values = placements(shared + shift / 2, shared - shift / 2)
    # Along (1, -1, 0, 0), where what is shared cancels: d = 2 sqrt 2 over a deviation of .3.
    assert values.mean() > 0.999


def test_the_penalty_is_that_of_least_error_without_a_pair() -> None:
    """Against a fit for every pair left out."""
    rng = np.random.default_rng(4)
    rows, count, penalty = rng.standard_normal((20, 6)), 10, 3.0
    wanted = np.repeat([1.0, -1.0], count)
    left, singular, _ = np.linalg.svd(rows - rows.mean(0), full_matrices=False)
    found = _error_without_pairs(left, singular**2 / (singular**2 + penalty), wanted)
    errors = []
    for i in range(count):
        out = [i, count + i]
        x, y = np.delete(rows, out, 0), np.delete(wanted, out)
        with_one = np.c_[x - rows.mean(0), np.ones(len(x))]
        ridge = np.diag([penalty] * 6 + [0.0])
        solved = np.linalg.solve(with_one.T @ with_one + ridge, with_one.T @ y)
        errors.append((np.c_[rows[out] - rows.mean(0), np.ones(2)] @ solved - wanted[out]) ** 2)
    assert found == pytest.approx(np.sum(errors) / count, rel=1e-9)


def test_a_collapsed_space_has_a_half() -> None:
    assert placements(np.ones((12, 5)), np.ones((12, 5))).mean() == 0.5


ALONE = ["evaluators.latents={use: latent-separation}"]
QUICK = [f"evaluators.{name}=null" for name in ("released", "new", "distribution")]
CASES = {
    "voxploer": ("metashell", QUICK[1], True),
    # Its recipe has no negatives; those of the domain are taken.
    "kirigami-latent": ("kirigami-60", "denoiser.depth=1", True),
    "kirigami-vae": ("kirigami-60", "encoder.width=8", True),
    # Where no cuts can meet there are no invalid patterns.
    "kirigami-vae at 20": ("kirigami-20", "encoder.width=8", False),
    # Its latents are the patterns themselves.
    "kirigami-ddpm": ("kirigami-60", "schedule.steps=10", False),
    "kirigami-gan": ("kirigami-60", "generator.latent_dim=8", False),
}


@pytest.mark.parametrize("name", CASES)
def test_every_model_with_a_latent_space_has_it_and_no_other(name: str, tmp_path: Path) -> None:
    dataset, override, expected = CASES[name]
    overrides = [override, "generate.count=4", *ALONE]
    recipe = resolve(name.split()[0], dataset, size="tiny", overrides=overrides, folder=tmp_path)
    finished = run(recipe, Options(runs=tmp_path), ["zoo", "run"])
    results = read_results(finished.path)
    assert ("latents" in results.scores) == expected
    assert "latents" not in results.held_out
    if expected:
        score = results.scores["latents"]["separation"]
        assert score.interval is not None
        assert 0 <= score.interval[0] <= score.value <= score.interval[1] <= 1
    finish_run(finished)
    assert ("linear probe" in finished.report.read_text()) == expected
    publish(finished.path, tmp_path / "published")
    assert ("linear probe" in (tmp_path / "published/README.md").read_text()) == expected


def test_it_is_the_same_for_every_sampler_and_another_for_another_seed(tmp_path: Path) -> None:
    def separation(seed: int, *overrides: str) -> float:
        overrides = ("generate.count=2", *ALONE, *QUICK, *overrides)
        recipe = resolve("voxploer", "metashell", size="tiny", overrides=overrides, folder=tmp_path)
        finished = run(recipe, Options(runs=tmp_path, seed=seed), ["zoo", "run"])
        return read_results(finished.path).scores["latents"]["separation"].value

    first = separation(0)
    assert separation(0, "sampler={use: perturbed-latents}") == first
    assert separation(1, "sampler={use: perturbed-latents}") != first
