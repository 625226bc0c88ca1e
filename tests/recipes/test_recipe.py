"""A recipe that says where each value is from."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from recipe_file import line_of, shape
from zoo.recipes import resolve


@pytest.mark.usefixtures("here")
class TestRecipe:
    def test_every_value_knows_where_it_is_from(self) -> None:
        recipe = resolve("third", "rows8", overrides=["guidance=1.0"])
        origins = recipe.origins
        assert origins["encoder.use"] == origins["encoder.gain"] == line_of("third:")
        assert origins["schedule.steps"] == line_of("schedule:")
        assert origins["schedule.end"] == "default of linear"
        assert origins["sampler.steps"] == line_of("sizes: {small: {sampler")
        assert origins["guidance"] == "--set guidance"
        assert origins["train.denoiser.epochs"] == line_of("third:")
        assert origins["train.denoiser.lr"] == "default of train"
        assert origins["dataset.count"] == line_of("count: 20")
        assert origins["evaluators.mean.digits"] == "default of mean"

        def leaves(block: dict[str, Any], path: str = "") -> list[str]:
            found = []
            for key, value in block.items():
                inner = f"{path}{key}"
                found += leaves(value, f"{inner}.") if isinstance(value, dict) and value else [inner]
            return found

        assert set(leaves(recipe.to_dict())) <= set(origins)

    @pytest.mark.parametrize("model", ["first", "second", "third"])
    @pytest.mark.parametrize("size", ["paper", "small"])
    def test_its_dict_as_yaml_gives_it_again(self, model: str, size: str, here: Path) -> None:
        overrides = ["evaluators.mean=null", "evaluators.more={use: mean, digits: 5}", "negative_weight=1e-7"]
        recipe = resolve(model, "rows8", size=size, overrides=overrides)
        (here / "recipe.yaml").write_text(yaml.safe_dump(recipe.to_dict(), sort_keys=False))
        for other in ("paper", "small"):
            assert shape(resolve(model, "rows8", size=other, configs=[here / "recipe.yaml"])) == shape(recipe)

    def test_it_cannot_be_changed(self) -> None:
        recipe = resolve("first", "rows8")
        with pytest.raises(AttributeError):
            recipe.size = "paper"  # type: ignore[misc]
