"""Layers in their order."""

from pathlib import Path

import pytest

from recipe_file import CATALOGUE, shape
from zoo.recipes import resolve


@pytest.mark.usefixtures("here")
class TestOrder:
    def test_paper_is_the_recipe_itself(self) -> None:
        recipe = resolve("first", "rows8", size="paper")
        assert recipe.model_block["encoder"] == {"use": "halving", "width": 4, "depth": 1}
        assert recipe.train["autoencoder"].epochs == 2
        assert recipe.dataset_block == {"use": "rows", "length": 8, "count": 10}
        assert recipe.summary == "The first"

    def test_a_size_goes_over_the_recipe_and_its_dataset(self) -> None:
        recipe = resolve("first", "rows8")
        assert recipe.model_block["encoder"]["width"] == 2
        assert recipe.model_block["sampler"]["base"]["steps"] == 7
        assert recipe.dataset_block["count"] == 20
        assert recipe.train["autoencoder"].epochs == 1
        assert recipe.train["autoencoder"].betas == (0.5, 0.9)

    def test_what_a_size_says_of_datasets_of_another_kind_is_left_out(self) -> None:
        assert "resolution" not in resolve("first", "rows8").dataset_block

    def test_a_base_lends_what_is_not_said(self) -> None:
        recipe = resolve("second", "rows6", size="paper")
        assert recipe.model_block["encoder"]["width"] == 4
        assert recipe.model_block["sampler"] == {"use": "ddim", "steps": 25, "eta": 0.0}
        assert recipe.dataset_block["length"] == 6
        assert set(recipe.evaluators) == {"mean"}
        assert recipe.summary == ""

    def test_a_size_holds_only_for_the_component_that_it_was_written_for(self) -> None:
        second = resolve("second", "rows8").model_block
        assert second["sampler"] == {"use": "ddim", "steps": 5, "eta": 0.0}
        assert second["encoder"]["width"] == 2
        third = resolve("third", "rows8")
        assert third.model_block["encoder"] == {"use": "plain", "gain": 2.0}
        assert third.model_block["sampler"]["steps"] == 5
        assert (third.train["autoencoder"].epochs, third.train["denoiser"].epochs) == (1, 8)

    def test_a_size_may_change_a_component_unless_the_recipe_has_another_already(self) -> None:
        assert resolve("first", "rows8", size="swapped").model_block["sampler"]["steps"] == 10
        assert resolve("second", "rows8", size="swapped").model_block["sampler"]["steps"] == 25

    def test_a_recipe_s_own_values_beat_the_sizes_of_its_base_and_its_own_sizes_beat_both(self, here: Path) -> None:
        own = """
  wide: {base: first, encoder: {width: 77}, train: {autoencoder: {epochs: 9}}}
  wider: {base: wide, encoder: {depth: 3}, sizes: {small: {encoder: {width: 78}}}}
  plainer: {base: first, encoder: {use: plain, gain: 3.0}}
"""
        (here / "registry.yaml").write_text(CATALOGUE + own)
        wide = resolve("wide", "rows8")
        assert wide.model_block["encoder"]["width"] == 77
        assert wide.train["autoencoder"].epochs == 9
        assert wide.model_block["sampler"]["base"]["steps"] == 7
        assert resolve("wider", "rows8").model_block["encoder"] == {"use": "halving", "width": 78, "depth": 3}
        assert resolve("wider", "rows8", size="paper").model_block["encoder"]["width"] == 77
        assert resolve("plainer", "rows8").model_block["encoder"] == {"use": "plain", "gain": 3.0}

    def test_config_goes_over_all_and_set_over_config(self, here: Path) -> None:
        (here / "changes.yaml").write_text("encoder: {width: 6, depth: 6}\ndataset: {count: 30}\n")
        (here / "more.yaml").write_text("encoder: {depth: 7}\nevaluators: {mean: {digits: 1}, again: {use: mean}}\n")
        configs = [Path("changes.yaml"), Path("more.yaml")]
        recipe = resolve("first", "rows8", configs=configs, overrides=["encoder.width=8", "evaluators.again.digits=2"])
        assert recipe.model_block["encoder"] == {"use": "halving", "width": 8, "depth": 7}
        assert recipe.dataset_block["count"] == 30
        assert {name: block["digits"] for name, block in recipe.evaluators.items()} == {"mean": 1, "again": 2}

    def test_another_use_replaces_the_block(self) -> None:
        recipe = resolve("first", "rows8", overrides=["sampler.use=dpm-solver"])
        assert recipe.model_block["sampler"] == {"use": "dpm-solver", "steps": 20}

    def test_the_same_use_replaces_nothing(self) -> None:
        recipe = resolve("first", "rows8", overrides=["sampler.use=srr"])
        assert recipe.model_block["sampler"]["strength"] == 0.1

    def test_the_order_of_overrides_means_nothing(self) -> None:
        overrides = ["sampler.use=ddim", "sampler.steps=4"]
        there, back = (resolve("first", "rows8", overrides=o) for o in (overrides, overrides[::-1]))
        assert there.model_block["sampler"] == back.model_block["sampler"] == {"use": "ddim", "steps": 4, "eta": 0.0}

    def test_null_takes_a_part_away(self) -> None:
        recipe = resolve("first", "rows8", overrides=["evaluators.mean=null", "regulariser=null"])
        assert recipe.evaluators == {}
        assert recipe.model_block["regulariser"] is None

    def test_an_override_is_yaml(self) -> None:
        overrides = ["train.denoiser.betas=[0.1, 0.2]", "schedule={use: cosine, steps: 30}", "schedule.offset=1e-3"]
        recipe = resolve("first", "rows8", overrides=overrides)
        assert recipe.train["denoiser"].betas == (0.1, 0.2)
        assert recipe.model_block["schedule"]["steps"] == 30
        assert recipe.model_block["schedule"]["offset"] == 1e-3

    def test_an_edition_is_part_of_the_name_and_ours_is_the_plain_one(self) -> None:
        assert shape(resolve("first", "rows8@zoo")) == shape(resolve("first", "rows8"))
        assert resolve("first@zoo", "rows8@zoo").dataset == "rows8"
        other = resolve("first", "rows8@other", size="paper")
        assert (other.dataset, other.dataset_block["count"]) == ("rows8@other", 3)

    def test_a_plain_number_of_another_type_is_the_same_recipe(self) -> None:
        texts = [["schedule.end=0.5"], ["schedule.end='0.5'"], ["schedule.end=5e-1"], ["schedule.end=5.0e-1"]]
        assert len({str(resolve("first", "rows8", overrides=o).to_dict()) for o in texts}) == 1
