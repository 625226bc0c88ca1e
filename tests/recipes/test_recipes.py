"""Layers in their order, every problem at once with its line, and a recipe that says where each value is from."""

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, strategies as st

from zoo import ZooError
from zoo.recipes import Recipe, resolve
from zoo.recipes.layers import merge
from zoo.recipes.yaml_lines import Marked, parse_yaml

CATALOGUE = """\
zoo: 1
datasets:
  rows8: {use: rows, evaluators: {mean: {use: mean}}}
  rows6: {base: rows8, length: 6}
  rows8@other: {use: rows, count: 3}
models:
  first:
    summary: The first
    use: latent-diffusion
    encoder: {use: halving, width: 4}
    schedule: {use: linear, steps: 100, start: 1e-4}
    denoiser: {use: scale}
    sampler: {use: srr, base: {use: ddpm}, strength: 0.3}
    train:
      autoencoder: {epochs: 2, batch: 4, betas: [0.5, 0.9]}
      denoiser: {epochs: 3, batch: 4}
    generate: {count: 5}
    sizes:
      small:
        dataset: {count: 20, resolution: 12}
        encoder: {width: 2}
        sampler: {strength: 0.1, base: {steps: 7}}
        train: {autoencoder: {epochs: 1}}
      swapped: {sampler: {use: ddim, steps: 10}}
  second:
    base: first
    sampler: {use: ddim, steps: 25}
    sizes: {small: {sampler: {steps: 5}}}
  third: {base: second, encoder: {use: plain, gain: 2.0}, train: {denoiser: {epochs: 8}}}
"""

LAUGHS = f"[&a0 {[0] * 9}, " + ", ".join(f"&a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)) + "]"
"""A billion and more zeros."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, toy: None) -> Path:
    """A working folder with a catalogue in registry.yaml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "registry.yaml").write_text(CATALOGUE)
    return tmp_path


def line_of(text: str) -> str:
    """`registry.yaml:line` of the first line of the catalogue that holds a text."""
    lines = CATALOGUE.splitlines()
    return f"registry.yaml:{next(i for i, line in enumerate(lines, 1) if text in line)}"


def problems(model: str = "first", dataset: str = "rows8", **options: Any) -> Sequence[str]:
    with pytest.raises(ZooError) as caught:
        resolve(model, dataset, **options)
    return caught.value.problems


def shape(recipe: Recipe) -> tuple[Any, ...]:
    return recipe.model_block, recipe.dataset_block, recipe.evaluators, recipe.train, recipe.generate


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


@pytest.mark.usefixtures("here")
class TestProblems:
    def test_all_at_once_each_with_its_place_and_a_hint(self, here: Path) -> None:
        (here / "c.yaml").write_text("sampler:\n  strenght: 2\ntrian: {}\nschedule: {steps: many}\n")
        found = problems(
            configs=[Path("c.yaml")],
            overrides=[
                "encoder.widht=3",
                "denoiser.use=scael",
                "train.denoisr.epochs=3",
                "train.denoiser.batch=true",
                "train.autoencoder.lr=fast",
                "generate.cuont=3",
                "dataset.length=7",
                "dataset.coutn=7",
                "evaluators.mean.digits=-1",
            ],
        )
        assert sorted(found) == sorted(
            [
                "c.yaml:2: sampler.strenght: srr takes no 'strenght'. Did you mean 'strength'?",
                "c.yaml:3: trian: latent-diffusion takes no 'trian'. Did you mean 'train'?",
                "c.yaml:4: schedule.steps: expected a whole number, got 'many'.",
                "--set encoder.widht: halving takes no 'widht'. Did you mean 'width'?",
                "--set denoiser.use: there is no denoiser 'scael'. Did you mean 'scale'?",
                "--set train.denoisr.epochs: train.denoisr: latent-diffusion has no stage 'denoisr'. "
                "Did you mean 'denoiser'?",
                "--set train.denoiser.batch: expected a whole number > 0, got True.",
                "--set train.autoencoder.lr: expected a number or a mapping, each value a number, got 'fast'.",
                "--set generate.cuont: unknown key 'cuont'. Did you mean 'count'?",
                "--set dataset.coutn: rows takes no 'coutn'. Did you mean 'count'?",
                f"{line_of('encoder: {use: halving')}: encoder: halving: length 7 is odd",
                f"{line_of('rows8:')}: evaluators.mean: mean: digits -1 is negative",
            ]
        )

    def test_a_pair_that_does_not_fit_is_told_together_with_the_rest(self) -> None:
        whole = problems(overrides=["sampler={use: euler}", "encoder.widht=1"])
        assert len(whole) == 2
        assert "widht" in whole[0]
        assert "flow" in whole[1]
        broken = problems(overrides=["sampler={use: euler}", "denoiser.use=nothing"])
        assert len(broken) == 2
        assert "--set sampler" in broken[1]
        assert "it walks flow schedules; the schedule is a diffusion." in broken[1]

    def test_a_bug_of_a_sampler_is_told_with_the_rest(self) -> None:
        found = problems(overrides=["sampler={use: stumbles}", "encoder.widht=1"])
        assert len(found) == 2
        assert found[1] == "--set sampler: its scheduler failed: KeyError: 'timesteps'"

    def test_unknown_names_of_model_dataset_and_file_together(self) -> None:
        found = problems("frist", "rows9", configs=[Path("no.yaml")], overrides=["encoder"])
        assert found == (
            "there is no model 'frist'. Did you mean 'first'?",
            "there is no dataset 'rows9'. Did you mean 'rows8'?",
            "cannot read no.yaml: No such file or directory.",
            "--set encoder: expected path=value, such as encoder.width=64.",
        )

    def test_what_is_known_is_checked_though_a_name_is_not(self) -> None:
        found = problems("first", "rows9", overrides=["encoder.widht=3", "sampler={use: euler}"])
        assert [line.split(":")[0] for line in found] == [
            "there is no dataset 'rows9'. Did you mean 'rows8'?",
            "--set encoder.widht",
            "--set sampler",
        ]

    def test_an_unknown_size(self) -> None:
        assert problems(size="smal") == ("model 'first' has no size 'smal'. Did you mean 'small'?",)
        assert problems(size="huge") == ("model 'first' has no size 'huge'. Known: paper, small, swapped.",)

    def test_what_the_size_hides_is_checked_all_the_same(self, here: Path) -> None:
        wrong = """
  wrong:
    base: first
    encoder: {width: many}
    sampler: {use: srr, base: {use: ddpm}, strenght: 1}
    train: {autoencoder: {batch: 0.5}}
    sizes: {small: {encoder: {width: 2}, sampler: {use: ddim}, train: {autoencoder: {batch: 1}}}}
"""
        (here / "registry.yaml").write_text(CATALOGUE + wrong)
        hidden = problems("wrong")
        assert sorted(line.partition(": ")[2] for line in hidden) == [
            "encoder.width: expected a whole number, got 'many'.",
            "sampler.strenght: srr takes no 'strenght'. Did you mean 'strength'?",
            "train.autoencoder.batch: expected a whole number > 0, got 0.5.",
        ]
        assert set(hidden) == set(problems("wrong", size="paper"))
        # What a user puts another value over is the user's to judge.
        overrides = ["encoder.width=3", "sampler={use: dpm-solver}", "train.autoencoder.batch=2"]
        resolve("wrong", "rows8", overrides=overrides)

    def test_what_only_a_size_gives_may_be_missing_without_it(self, here: Path) -> None:
        lacking = """
  lacking:
    base: first
    sampler: {use: universal}
    sizes: {small: {sampler: {use: ddim}}}
"""
        (here / "registry.yaml").write_text(CATALOGUE + lacking)
        resolve("lacking", "rows8")
        assert "universal needs 'base'" in problems("lacking", size="paper")[0]

    def test_a_size_with_a_dataset_key_that_no_dataset_takes(self, here: Path) -> None:
        (here / "registry.yaml").write_text(CATALOGUE.replace("count: 20", "cuont: 20"))
        assert problems() == (f"{line_of('count: 20')}: dataset.cuont: no dataset takes it. Did you mean 'count'?",)

    def test_settings(self) -> None:
        denoiser = "train.denoiser={batch: 0, ema: 1.5, x: 1}"
        assert sorted(problems(overrides=[denoiser, "generate=3", "train.autoencoder={batch: null}"])) == [
            "--set generate: expected a block of settings, got 3.",
            "--set train.autoencoder: train.autoencoder.batch: expected a whole number > 0, got None.",
            "--set train.denoiser: train.denoiser.batch: expected a whole number > 0, got 0.",
            "--set train.denoiser: train.denoiser.ema: expected a number >= 0 and < 1, got 1.5.",
            "--set train.denoiser: train.denoiser.x: unknown key 'x'. Known: accumulate, batch, betas, clip, ema, "
            "epochs, lr, lr_schedule, optimiser, preview, steps, warmup, weight_decay.",
        ]

    def test_either_epochs_or_steps(self) -> None:
        [line] = problems(overrides=["train.denoiser.steps=3"])
        assert line.endswith("train.denoiser: give either epochs or steps.")
        resolve("first", "rows8", overrides=["train.denoiser.steps=3", "train.denoiser.epochs=null"])

    def test_a_stage_without_settings(self) -> None:
        [line] = problems(overrides=["train.denoiser=null"])
        assert "the stage 'denoiser' has no settings" in line
        resolve("first", "rows8", overrides=["train.autoencoder=null", "encoder={use: identity}"])

    def test_a_condition_that_the_model_does_not_have(self) -> None:
        [line] = problems(overrides=["generate.condition.volume=1", "denoiser.conditions=[volumes]"])
        assert line == "--set generate.condition.volume: the model has no condition 'volume'. Did you mean 'volumes'?"

    def test_what_belongs_to_entries_is_refused_elsewhere(self, here: Path) -> None:
        (here / "c.yaml").write_text("base: first\nsizes: {}\n")
        assert problems(configs=[Path("c.yaml")], overrides=["summary=x"]) == (
            "c.yaml:1: base: only an entry of a registry.yaml can have it.",
            "c.yaml:2: sizes: only an entry of a registry.yaml can have it.",
            "--set summary: summary: only an entry of a registry.yaml can have it.",
        )

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("zoo: 1\n", "", "registry.yaml:1: expected 'zoo: 1'"),
            ("zoo: 1", "zoo: 2", "registry.yaml:1: expected 'zoo: 1'"),
            ("models:", "modles:", "registry.yaml:6: unknown key 'modles'. Did you mean 'models'?"),
            ("{base: second", "{bsae: second", "registry.yaml:29: model 'third' needs 'use' or 'base'; it has bsae, e"),
            ("base: second", "base: secnod", "base: there is no model 'secnod'. Did you mean 'second'?"),
            ("base: second", "base: third", "model 'third' is based on itself"),
            ("summary: The first", "summary: [1]", "first.summary: expected text, got [1]"),
            ("sizes: {small: {sampler: {steps: 5}}}", "sizes: [small]", "second.sizes: expected sizes"),
            ("{base: rows8, length: 6}", "3", "rows6: expected a block"),
            ("{base: rows8, length: 6}", "{use: rows, sizes: {}}", "rows6.sizes: a dataset has no sizes"),
            ("steps: 100, ", "steps: 100, steps: 200, ", "the key 'steps' is there already, at registry.yaml:11"),
            ("generate: {count: 5}", "generate: {1: 5}", "the key '1' must be a word in quotes"),
            ("generate: {count: 5}", "generate: !!python/object/apply:os.getcwd []", "not allowed"),
            ("generate: {count: 5}", "generate: !!python/name:os.getcwd", "a python/name:os.getcwd is not allowed"),
            ("generate: {count: 5}", "generate: {count: 5", "registry.yaml:1"),
            ("generate: {count: 5}", "generate: &me {me: *me}", "it contains itself"),
            ("generate: {count: 5}", "generate: {count: 2020-13-45}", "a timestamp is not allowed here; if it is text"),
            ("generate: {count: 5}", "generate: {count: !!int five}", "'five' cannot be read"),
            ("generate: {count: 5}", "generate: {count: " + "9" * 5000 + "}", "cannot be read"),
            ("generate: {count: 5}", 'generate: {count: "\\ud800"}', "cannot be read"),
            ("generate: {count: 5}", "generate: " + "[" * 40 + "]" * 40, "it is too deep"),
            ("generate: {count: 5}", "generate: " + "[" * 4000 + "]" * 4000, "it is too deep"),
            ("generate: {count: 5}", "generate: " + LAUGHS, "there are too many values"),
            ("  third:", "  ../third:", "models: the name '../third' is not made of letters, digits and"),
            ("{mean: {use: mean}}", "{../../mean: {use: mean}}", "evaluators: the name '../../mean' is not made of"),
        ],
    )
    def test_a_file_that_is_not_in_form(self, here: Path, old: str, new: str, words: str) -> None:
        (here / "registry.yaml").write_text(CATALOGUE.replace(old, new))
        assert old in CATALOGUE
        assert words in "\n".join(problems("third", "rows6"))

    def test_a_walk_that_the_schedule_does_not_allow_is_told_before_the_training(self) -> None:
        [line] = problems(overrides=["sampler={use: ddim, steps: 3}"])
        assert line.startswith("--set sampler: ddim: 3 steps do not divide the schedule's 100")

    def test_what_is_quoted_is_one_line_that_terminals_do_not_obey(self) -> None:
        [line] = problems(overrides=["guid\x1b]0;\x07\nance"])
        assert line == r"--set guid\x1b]0;\x07 ance: expected path=value, such as encoder.width=64."

    def test_no_name_is_a_name_that_is_not_there(self) -> None:
        assert problems("", "rows8")[0].startswith("there is no model ''.")

    def test_anchors_are_welcome(self, here: Path) -> None:
        text = CATALOGUE.replace("encoder: {use: halving, width: 4}", "encoder: &e {use: halving, width: 4}")
        (here / "registry.yaml").write_text(text.replace("encoder: {use: plain, gain: 2.0}", "encoder: *e"))
        assert resolve("third", "rows8", size="paper").model_block["encoder"]["width"] == 4


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


def test_an_unrelated_file_of_that_name_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "registry.yaml").write_text("- a\n- b\n")
    assert problems()[0] == "registry.yaml:1: expected the keys zoo, datasets and models."


names = st.sampled_from(["a", "b", "use"])
trees = st.recursive(
    st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2),
    lambda inner: st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


def marked(value: Any) -> Marked:
    return parse_yaml(yaml.safe_dump(value), lambda line: str(line))


def merged(lower: Any, upper: Any) -> Any:
    """The rule of merging, on plain data."""
    if not (isinstance(lower, dict) and isinstance(upper, dict)):
        return upper
    if lower.get("use") is not None and upper.get("use") is not None and lower["use"] != upper["use"]:
        return upper
    both = {key: merged(lower[key], upper[key]) for key in lower.keys() & upper.keys()}
    return lower | upper | both


@given(trees, trees)
def test_merging_is_the_rule(lower: Any, upper: Any) -> None:
    assert merge(marked(lower), marked(upper)).plain() == merged(lower, upper)


@given(trees)
def test_yaml_survives_its_marks(tree: Any) -> None:
    assert marked(tree).plain() == tree


def test_a_line_for_every_key() -> None:
    tree = parse_yaml("a: 1\nb:\n  c: [1,\n   2]\n  d: {e: 3}\n", lambda line: f"f:{line}")
    assert dict(tree.origins()) == {"a": "f:1", "b": "f:2", "b.c": "f:3", "b.d": "f:5", "b.d.e": "f:5"}
    assert re.fullmatch(r"f:\d", tree.origin)
