"""A user's own registry.yaml over the catalogue that ships."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from recipe_file import line_of, problems
from zoo.recipes import resolve


class TestOwnRegistry:
    """The user's registry.yaml over the catalogue that ships."""

    def write(self, here: Path, text: str) -> Path:
        folder = here / "mine"
        folder.mkdir()
        (folder / "registry.yaml").write_text(textwrap.dedent(text))
        return folder

    @pytest.fixture
    def shipped(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """The folder's catalogue is now one that a plugin ships."""
        from zoo.discovery import discovery

        plugin = discovery().plugins[-1]
        collect = type(discovery()).collect
        path = here / "registry.yaml"

        def with_catalogue(self: Any, hook: str) -> Any:
            return [(plugin, [path])] if hook == "zoo_recipes" else collect(self, hook)

        monkeypatch.setattr(type(discovery()), "collect", with_catalogue)
        return here

    def test_it_goes_over_a_size_and_under_config(self, shipped: Path) -> None:
        text = """
            zoo: 1
            datasets: {rows8: {count: 40}}
            models:
              first:
                encoder: {width: 20, depth: 20}
                sizes: {small: {encoder: {depth: 21}, generate: {count: 22}}}
        """
        folder = self.write(shipped, text)
        (folder / "c.yaml").write_text("encoder: {width: 30}")
        recipe = resolve("first", "rows8", folder=folder)
        assert recipe.model_block["encoder"] == {"use": "halving", "width": 20, "depth": 21}
        assert recipe.generate.count == 22
        assert recipe.dataset_block["count"] == 40
        assert recipe.origins["dataset.count"] == "mine/registry.yaml:3"
        assert resolve("first", "rows8", size="paper", folder=folder).model_block["encoder"]["depth"] == 20
        changed = resolve("first", "rows8", folder=folder, configs=[folder / "c.yaml"])
        assert changed.model_block["encoder"]["width"] == 30

    def test_its_changes_hold_for_what_is_based_on_the_name(self, shipped: Path) -> None:
        folder = self.write(shipped, "zoo: 1\nmodels: {first: {encoder: {depth: 9}}}")
        assert resolve("second", "rows8", folder=folder).model_block["encoder"]["depth"] == 9

    def test_it_may_add_a_model_and_a_dataset(self, shipped: Path) -> None:
        text = "zoo: 1\nmodels: {mine: {base: second, guidance: 1}}\ndatasets: {own: {base: rows6, count: 4}}"
        recipe = resolve("mine", "own", size="paper", folder=self.write(shipped, text))
        assert recipe.model_block["sampler"]["steps"] == 25
        assert recipe.dataset_block == {"use": "rows", "length": 6, "count": 4}

    def test_a_name_that_is_there_has_its_base_already(self, shipped: Path) -> None:
        folder = self.write(shipped, "zoo: 1\nmodels: {second: {base: third}}")
        assert problems("second", folder=folder) == (
            "mine/registry.yaml:2: model 'second' exists already; only a new name can have a base.",
        )

    def test_the_file_that_ships_is_not_read_twice(self, shipped: Path) -> None:
        """It lies in a checkout too, from which another one may be installed."""
        copy = self.write(shipped, (shipped / "registry.yaml").read_text())
        for folder in (shipped, copy):
            assert resolve("first", "rows8", folder=folder).origins["encoder.width"] == line_of("encoder: {width: 2}")

    def test_an_older_one_that_ships_is_a_file_of_ones_own(self, shipped: Path) -> None:
        older = (shipped / "registry.yaml").read_text().replace("width: 2", "width: 7")
        assert resolve("second", "rows8", folder=self.write(shipped, older)).model_block["encoder"]["width"] == 7
