"""Every problem at once, with its line and a hint."""

from pathlib import Path

import pytest

from recipe_file import CATALOGUE, line_of, problems
from zoo.recipes import resolve

LAUGHS = f"[&a0 {[0] * 9}, " + ", ".join(f"&a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)) + "]"
"""A billion and more zeros."""


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
        [line] = problems(overrides=["train.denoiser.steps=3", "train.denoiser.epochs=1"])
        assert line.endswith("train.denoiser: give either epochs or steps.")
        train = resolve("first", "rows8", overrides=["train.denoiser.steps=3"]).train["denoiser"]
        assert (train.steps, train.epochs) == (3, None)

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


def test_an_unrelated_file_of_that_name_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "registry.yaml").write_text("- a\n- b\n")
    assert problems()[0] == "registry.yaml:1: expected the keys zoo, datasets and models."
