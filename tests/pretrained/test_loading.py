"""`zoo.load`: what a run wrote comes back, draws the same, and can be told to draw otherwise."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import zoo
from zoo.data.store import read_samples
from zoo.errors import ZooWarning
from zoo.recipes import resolve
from zoo.runs.folder import RunFolder
from zoo.runs.run import Options, run
from zoo.system.tensors import weights_hash

MODELS = {
    "voxploer": ("metashell", "generate={count: 20, batch: 16}"),
    "kirigami-vae": ("kirigami-60",),
    "kirigami-gan": ("kirigami-60",),
    "kirigami-ddpm": ("kirigami-60", "schedule.steps=10"),
}


@pytest.fixture(scope="module", params=MODELS)
def finished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    dataset, *overrides = MODELS[request.param]
    runs = tmp_path_factory.mktemp("runs")
    recipe = resolve(request.param, dataset, size="tiny", overrides=overrides, folder=runs)
    return run(recipe, Options(runs=runs, seed=3), ["zoo", "run"])


def test_it_draws_the_samples_of_the_run(finished: RunFolder) -> None:
    pretrained = zoo.load(finished.model)
    expected = read_samples(finished.samples)
    drawn = pretrained.sample(len(expected), seed=3)
    assert drawn.dtype == expected.dtype
    np.testing.assert_array_equal(drawn, expected)
    np.testing.assert_array_equal(pretrained.sample(3, seed=3), expected[:3])
    assert (pretrained.sample(3, seed=4) != expected[:3]).any()


def test_it_knows_what_its_numbers_must_be_quoted_with(finished: RunFolder) -> None:
    pretrained = zoo.load(finished.model)
    assert pretrained.provenance["weights"] == weights_hash(pretrained.model)
    assert pretrained.provenance["seed"] == 3
    assert pretrained.provenance["dataset"].endswith("@zoo")
    assert pretrained.card.edition == "zoo"
    assert not pretrained.model.training
    assert not any(parameter.requires_grad for parameter in pretrained.model.parameters())


def test_loading_leaves_the_random_numbers_of_others_alone(finished: RunFolder) -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    zoo.load(finished.model)
    assert torch.equal(torch.rand(3), expected)


def test_the_weights_are_for_everyone(finished: RunFolder) -> None:
    modes = {path.stat().st_mode & 0o044 for path in finished.model.rglob("*") if path.is_file()}
    assert modes == {0o044}


def test_a_run_is_told_from_its_model(finished: RunFolder) -> None:
    with pytest.raises(zoo.ZooError, match="is a run; its model lies in"):
        zoo.load(finished.path)


def test_another_sampler_draws_other_structures_from_the_same_weights(folder: Path) -> None:
    ours = zoo.load(folder)
    other = zoo.load(folder, overrides=["sampler.use=ddim", "sampler.steps=10"])
    assert weights_hash(ours.model) == weights_hash(other.model)
    assert (ours.sample(4) != other.sample(4)).any()


def test_a_condition_is_the_runs_unless_given(folder: Path) -> None:
    pretrained = zoo.load(folder)
    default = pretrained.sample(4)
    np.testing.assert_array_equal(default, pretrained.sample(4, condition={"volume_fraction": 0.3}))
    assert (default != pretrained.sample(4, condition={"volume_fraction": 0.6})).any()
    assert (default != pretrained.sample(4, condition={})).any()


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("encoder.width=8", "--set encoder.width: weights depend on it; what can be changed is sampler, guidance, gen"),
        ("sampler.use=ddmi", "--set sampler.use: there is no sampler 'ddmi'. Did you mean 'ddpm'"),
        ("sampler={use: ddim, stepps: 3}", "--set sampler.stepps: ddim takes no 'stepps'. Did you mean 'steps'"),
        ("sampler={use: ddim, steps: 7}", "ddim: 7 steps do not divide"),
        ("sampler={use: euler}", "the schedule is a diffusion"),
        ("generate.batch=0", "--set generate.batch: expected a whole number > 0 and <= 65536, got 0"),
        ("generate=3", "--set generate: expected a block of settings, got 3"),
        ("guidance", "--set guidance: expected path=value"),
    ],
)
def test_an_override_that_does_not_fit_is_named(folder: Path, override: str, message: str) -> None:
    with pytest.raises(zoo.ZooError, match=message):
        zoo.load(folder, overrides=[override])


def test_a_sampler_that_needs_latents_or_a_denoiser_does_not_go_without(tmp_path: Path) -> None:
    recipe = resolve("voxploer", "metashell", size="tiny", overrides=["sampler={use: ddpm}"], folder=tmp_path)
    finished = run(recipe, Options(runs=tmp_path), ["zoo", "run"])
    assert not (finished.model / "latents.safetensors").exists()
    with pytest.raises(zoo.ZooError, match="needs the training latents, which this folder does not hold"):
        zoo.load(finished.model, overrides=["sampler={use: srr, base: {use: ddpm}}"])
    for sampler in ("random-latents", "gaussian-latents", "perturbed-latents"):
        changes = [f"sampler={{use: {sampler}}}"]
        undenoised = run(
            resolve("voxploer", "metashell", size="tiny", overrides=changes, folder=tmp_path),
            Options(runs=tmp_path),
            ["zoo"],
        )
        stages = json.loads(undenoised.stages.read_text())["stages"]
        assert [(stage["name"], stage["cached"]) for stage in stages] == [
            ("autoencoder", True),
            ("latents", True),
            ("samples", False),
        ]
        assert len(zoo.load(undenoised.model).sample(2)) == 2
    assert len(zoo.load(undenoised.model, overrides=["sampler.scale=0.3"]).sample(2)) == 2
    with pytest.raises(zoo.ZooError, match="needs the denoiser, and the run that made this folder has trained none"):
        zoo.load(undenoised.model, overrides=["sampler={use: ddpm}"])


def test_each_sample_may_have_a_condition_of_its_own(folder: Path) -> None:
    """As many as fill a batch and a bit more; NaN is not given."""
    pretrained = zoo.load(folder)
    count = pretrained.generate.batch + 2
    values = np.array([0.3, np.nan, 0.6] * count)[:count]
    own = pretrained.sample(count, condition={"volume_fraction": values})
    alone = [
        pretrained.sample(count, condition=condition)
        for condition in ({"volume_fraction": 0.3}, {}, {"volume_fraction": 0.6})
    ]
    for i in range(count):
        np.testing.assert_array_equal(own[i], alone[i % 3][i])
    assert (own != alone[0]).any()
    np.testing.assert_array_equal(own, pretrained.sample(count, condition={"volume_fraction": values.tolist()}))


def test_a_folder_that_names_retired_arguments_is_read_without_them_and_says_so(folder: Path) -> None:
    """The folder is of srr's first revision, whose radius followed from two arguments that it has no more."""
    with pytest.warns(ZooWarning, match="older than srr, which no longer takes radius_quantile and radius_") as caught:
        sampler = zoo.load(folder).model.sampler
    assert len(caught) == 1
    assert (sampler.strength, sampler.coverage) == (0.1, 0.005)
    with pytest.raises(zoo.ZooError, match="--set sampler.radius_scale: srr no longer takes 'radius_scale'. The"):
        zoo.load(folder, overrides=["sampler.radius_scale=2.0"])


def test_retired_arguments_are_left_out_at_any_depth_and_of_configs(
    folder: Path, change: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from zoo_voxploer.components.patch_transformer import PatchTransformer

    monkeypatch.setattr(PatchTransformer, "retired", {"activation": "It is always GELU."})

    def older(index: Any) -> None:
        index["model"]["encoder"]["activation"] = "gelu"
        index["model"]["sampler"] = {
            "use": "universal",
            "base": index["model"]["sampler"],
            "objective": {"use": "volume-fraction"},
            "target": {"volume_fraction": 0.3},
        }
        index["components"]["objective"] = {"volume-fraction": "metamaterial-zoo 0.1.0"}

    change("model_index.json", older)
    change("encoder/config.json", lambda config: config.update(activation="gelu"))
    with pytest.warns(ZooWarning, match="than patch-transformer, .* activation, and than srr, .* and radius_scale:"):
        assert zoo.load(folder).model.sampler.base.coverage == 0.005  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("count", "condition", "message"),
    [
        (0, None, "0 samples; at least one can be drawn"),
        (1, {"volume_fractoin": 0.3}, "no condition 'volume_fractoin'. Did you mean 'volume_fraction'"),
        (1, {"volume_fraction": float("nan")}, "condition volume_fraction: nan is not a number"),
        (3, {"volume_fraction": [0.3, 0.4]}, r"its values are an array \[2\], and 3 samples are asked for"),
        (2, {"volume_fraction": [0.3, float("inf")]}, "condition volume_fraction: inf is not a number"),
    ],
)
def test_samples_that_cannot_be_drawn(folder: Path, count: int, condition: dict, message: str) -> None:
    with pytest.raises(zoo.ZooError, match=message):
        zoo.load(folder).sample(count, condition=condition)
