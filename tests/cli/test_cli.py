"""The commands as a user meets them: short errors, one line per row, plugins anywhere."""

import os
import re
import subprocess
import sys
import textwrap
import tomllib
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
import yaml

from zoo import discovery
from zoo.cli import main
from zoo.cli.app import app, split_plugin_files
from zoo.cli.support.plugin_commands import OURS
from zoo.recipes import resolve

TOY = str(Path(__file__).parents[1] / "toy_plugin.py")
CATALOGUE = """\
zoo: 1
datasets:
  toy-rows: {use: rows, length: 8}
  toy-odd: {summary: Seven numbers, base: toy-rows, length: 7}
models:
  toy:
    summary: A toy
    use: latent-diffusion
    encoder: {use: halving}
    schedule: {use: linear}
    denoiser: {use: scale}
    sampler: {use: ddim}
    train: {autoencoder: {epochs: 2, batch: 4}, denoiser: {epochs: 2, batch: 4}}
    sizes: {small: {encoder: {width: 2}}}
"""
PLUGIN = """
    import zoo

    @zoo.hookimpl
    def zoo_commands():
        yield zoo.Command("greet", "my_greeting:greet", "Say hello")
        yield zoo.Command("run", "my_greeting:greet", "Hijack")
        yield zoo.Command("lost", "nowhere:lost", "Is not there")
        yield "no command"

    def greet(name: str, loud: bool = False, times: int = 1) -> None:
        "Greet NAME."
        if name == "nobody":
            raise zoo.ZooError("nobody is there")
        if name == "bug":
            {}["bug"]
        print(times * ("HELLO" if loud else "hello"), name)
"""


class Done(NamedTuple):
    code: Any
    out: str
    err: str

    @property
    def errors(self) -> list[str]:
        return re.findall(r"^error: (.*)$", self.err, re.MULTILINE)

    @property
    def warnings(self) -> list[str]:
        return re.findall(r"^warning: (.*)$", self.err, re.MULTILINE)


Zoo = Callable[..., Done]


@pytest.fixture
def zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Zoo]:
    """The program, run in a folder of its own that has a catalogue and a plugin file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "registry.yaml").write_text(CATALOGUE)
    (tmp_path / "my_greeting.py").write_text(textwrap.dedent(PLUGIN))
    before = set(sys.modules)

    def call(*arguments: str) -> Done:
        plugins.close()
        plugins.enter_context(discovery.using())
        monkeypatch.setattr(sys, "argv", ["zoo", *arguments])
        with warnings.catch_warnings(), pytest.raises(SystemExit) as end:
            warnings.simplefilter("always", discovery.PluginWarning)
            main()
        return Done(end.value.code or 0, *capsys.readouterr())

    with ExitStack() as plugins:
        yield call
    for name in {"my_greeting", "toy_plugin"} & (set(sys.modules) - before):
        del sys.modules[name]


def test_help_names_every_command(zoo: Zoo) -> None:
    done = zoo("--help")
    assert done.code == 0
    assert done.err == ""
    named = re.findall(r"^  ([\w-]+)  +\S", done.out.partition("Commands:")[2], re.MULTILINE)
    assert named[: len(OURS)] == list(OURS)
    assert {"mechanics", "mesh", "kirigami-sheet"} < set(named[len(OURS) :])
    assert "..." not in done.out.partition("Commands:")[2]


def test_version_is_that_of_the_project(zoo: Zoo) -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert zoo("--version") == Done(0, f"zoo {project['version']}\n", "")


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "zoo", "list"]
    done = subprocess.run(command, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_ours_are_the_commands_there_are() -> None:
    assert set(typer.main.get_command(app).commands) == set(OURS)


@pytest.mark.parametrize("command", ["run", "sample", "kirigami-path", "kirigami-chances", "kirigami-likelihood"])
def test_a_negative_seed_is_refused_before_any_work(zoo: Zoo, command: str) -> None:
    done = zoo(command, "--seed", "-1", "something")
    assert done.code == 2 and "--seed" in done.err


class TestPlugins:
    @pytest.mark.parametrize(
        "arguments",
        [
            ("--plugin", "my_greeting.py", "greet", "--loud", "Ann"),
            ("greet", "Ann", "--plugin", "my_greeting.py", "--loud"),
            ("greet", "--loud", "--plugin=./my_greeting.py", "Ann"),
        ],
    )
    def test_a_file_may_be_named_anywhere(self, zoo: Zoo, arguments: tuple[str, ...]) -> None:
        done = zoo(*arguments)
        assert (done.code, done.out) == (0, "HELLO Ann\n")

    def test_after_two_dashes_it_is_no_option(self) -> None:
        assert split_plugin_files(["a", "--plugin", "b", "--", "--plugin", "c"]) == (
            ["a", "--", "--plugin", "c"],
            [Path("b")],
        )
        assert split_plugin_files(["--plugin"]) == (["--plugin"], [])

    def test_a_command_is_in_the_help_and_has_its_own(self, zoo: Zoo) -> None:
        assert re.search(r"^  greet +Say hello$", zoo("--plugin", "my_greeting.py", "--help").out, re.MULTILINE)
        own = zoo("greet", "--help", "--plugin", "my_greeting.py").out
        assert own.startswith("Usage: zoo greet [OPTIONS]")
        assert "--times" in own

    def test_its_errors_are_as_short_as_ours(self, zoo: Zoo) -> None:
        done = zoo("greet", "nobody", "--plugin", "my_greeting.py")
        assert (done.code, done.errors) == (1, ["nobody is there"])
        failed = zoo("greet", "bug", "--plugin", "my_greeting.py")
        where = re.escape(str(Path("my_greeting.py").resolve()))
        told = rf"it happened in plugin 'my_greeting' of my_greeting\.py, {where}, line 16: KeyError: 'bug'"
        assert failed.code == 1 and re.fullmatch(told, *failed.errors)
        assert "Traceback" in failed.err
        wrong = zoo("greet", "Ann", "--tmies", "2", "--plugin", "my_greeting.py")
        assert wrong.code == 2
        assert "No such option: --tmies" in wrong.err

    def test_one_that_cannot_be_imported(self, zoo: Zoo) -> None:
        done = zoo("lost", "--plugin", "my_greeting.py")
        assert done.code == 1
        assert done.errors == [
            "command 'lost' of my_greeting.py cannot be imported: ModuleNotFoundError: No module named 'nowhere'"
        ]

    def test_a_taken_name_and_what_is_no_command_are_warnings(self, zoo: Zoo) -> None:
        done = zoo("plugins", "--plugin", "my_greeting.py")
        assert done.code == 0
        assert re.search(r"^my_greeting +my_greeting.py +zoo greet, zoo lost$", done.out, re.MULTILINE)
        assert re.findall(r"^warning: .*my_greeting.py: (.*)", done.out, re.MULTILINE) == [
            "its command 'run' is left out: there is one of that name.",
            "zoo_commands returned 'no command', which is not a zoo.Command.",
        ]

    def test_a_warning_is_one_line(self, zoo: Zoo) -> None:
        done = zoo("--plugin", TOY, "list", "encoders")
        assert done.code == 0
        assert all(line.startswith("warning: plugin 'toy_plugin' of ") for line in done.err.splitlines())
        assert "halving" in done.out

    def test_a_broken_one_leaves_all_commands_alone(self, zoo: Zoo, tmp_path: Path) -> None:
        (tmp_path / "broken.py").write_text("1 / 0")
        for command in ("--help", "list", "plugins"):
            done = zoo(command, "--plugin", "broken.py")
            assert done.code == 0
            [line] = done.warnings or re.findall(r"^warning: (.*)$", done.out, re.MULTILINE)
            assert line.startswith("plugin 'broken' of broken.py: it cannot be imported: ZeroDivisionError")

    def test_a_missing_file_is_an_error(self, zoo: Zoo) -> None:
        done = zoo("list", "--plugin", "no.py")
        assert (done.code, done.errors) == (1, ["--plugin no.py: no such file."])


class TestList:
    def test_a_row_is_a_line(self, zoo: Zoo) -> None:
        done = zoo("list", "models")
        [row] = [line for line in done.out.splitlines() if line.startswith("toy ")]
        assert re.split("  +", row) == ["toy", "small, paper", "A toy", "your registry.yaml"]
        assert not re.search(r" $", done.out, re.MULTILINE)

    def test_a_dataset_without_a_summary_has_its_components(self, zoo: Zoo) -> None:
        out = zoo("list", "datasets", "--plugin", TOY).out
        rows = {name: re.split("  +", line) for line in out.splitlines() if (name := line.partition(" ")[0])}
        assert rows["toy-rows"][1:3] == ["rows", "Rows of random numbers"]
        assert rows["toy-odd"][1:3] == ["rows", "Seven numbers"]

    @pytest.mark.parametrize("kind", ["sampler", "samplers"])
    def test_one_kind(self, zoo: Zoo, kind: str) -> None:
        lines = zoo("list", kind).out.splitlines()
        assert {"ddpm", "ddim", "srr"} <= {line.split()[1] for line in lines[1:]}
        assert {line.split()[0] for line in lines[1:]} == {"sampler"}

    def test_an_unknown_kind(self, zoo: Zoo) -> None:
        done = zoo("list", "samplesr")
        assert (done.code, done.errors) == (1, ["there is no kind 'samplesr'. Did you mean 'sampler'?"])

    def test_one_bad_entry_is_one_bad_row(self, zoo: Zoo, tmp_path: Path) -> None:
        (tmp_path / "registry.yaml").write_text(CATALOGUE.replace("base: toy-rows", "base: toy-rosw"))
        out = zoo("list", "datasets").out
        assert "registry.yaml:4: base: there is no dataset 'toy-rosw'. Did you mean 'toy-rows'?" in out
        assert "toy-rows" in out


class TestShow:
    def test_a_recipe_with_the_origin_of_each_value(self, zoo: Zoo) -> None:
        overrides = ("--set", "encoder.depth=3", "--set", "negative_weight=1e-7")
        done = zoo("show", "toy", "--dataset", "toy-rows", "--size", "small", *overrides, "--plugin", TOY)
        lines = [re.sub("  +#", " #", line) for line in done.out.splitlines()]
        assert "  width: 2 # registry.yaml:14" in lines
        assert "  depth: 3 # --set encoder.depth" in lines
        assert "  eta: 0.0 # default of ddim" in lines
        assert len({line.index("#") for line in done.out.splitlines() if "#" in line}) == 1
        recipe = resolve("toy", "toy-rows", overrides=["encoder.depth=3", "negative_weight=1e-7"])
        # YAML 1.1 reads 1e-07 as text; recipes do not.
        assert yaml.safe_load(done.out) == yaml.safe_load(yaml.safe_dump(recipe.to_dict()))

    def test_the_size_that_auto_comes_to_is_said(self, zoo: Zoo) -> None:
        err = zoo("show", "toy", "--plugin", TOY).err
        assert re.search(r"^size (small, since there is no GPU|paper, since there is a GPU)$", err, re.MULTILINE)

    def test_a_model_without_a_dataset(self, zoo: Zoo) -> None:
        done = zoo("show", "toy", "--size", "paper", "--plugin", TOY)
        assert yaml.safe_load(done.out)["encoder"]["width"] == 4
        assert "dataset" not in yaml.safe_load(done.out)

    def test_a_dataset(self, zoo: Zoo) -> None:
        done = zoo("show", "toy-odd", "--set", "dataset.count=3", "--plugin", TOY)
        assert yaml.safe_load(done.out)["dataset"] == {"use": "rows", "length": 7, "count": 3}

    def test_all_problems_and_no_traceback(self, zoo: Zoo) -> None:
        done = zoo("show", "toy", "-d", "toy-odd", "--size", "paper", "--set", "encoder.widht=3", "--plugin", TOY)
        assert done.code == 1
        assert done.errors == [
            "--set encoder.widht: halving takes no 'widht'. Did you mean 'width'?",
            "registry.yaml:9: encoder: halving: length 7 is odd",
        ]
        assert "Traceback" not in done.err
        assert done.out == ""

    def test_a_component(self, zoo: Zoo) -> None:
        out = zoo("show", "everything", "--plugin", TOY).out
        assert out.startswith("objective everything: Every type of argument\ntoy_plugin:Everything, ")
        rows = [re.split("  +", line) for line in out.splitlines()]
        assert ["must", "a whole number", "(required)"] in rows
        assert ["share", "a number", "0.5"] in rows
        assert ["choice", "'red' or 'green'", "red"] in rows
        assert ["base", "a sampler, {use: name, …} or null", "null"] in rows
        assert zoo("show", "dataset/rows", "--plugin", TOY).out.endswith("\n\nRows of `length` numbers.\n")
        assert "\nVOXPLOER's latent regulation: " in zoo("show", "ras").out, "the source stands in the file's docstring"

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("tyo", "there is nothing named 'tyo'. Did you mean 'toy'?"),
            ("smapler/ddpm", "there is no kind 'smapler'. Did you mean 'sampler'?"),
            ("sampler/dppm", "there is no sampler 'dppm'. Did you mean 'ddpm'?"),
        ],
    )
    def test_an_unknown_name(self, zoo: Zoo, name: str, words: str) -> None:
        assert zoo("show", name).errors == [words]

    def test_a_name_of_two_kinds(self, zoo: Zoo, tmp_path: Path) -> None:
        (tmp_path / "two.py").write_text(
            "import zoo\n@zoo.hookimpl\ndef zoo_components():\n"
            "    return [zoo.Component(kind, 'both', 'a:b', 's') for kind in ('encoder', 'critic')]\n"
        )
        assert zoo("show", "both", "--plugin", "two.py").errors == ["'both' is encoder/both or critic/both; say which."]


class TestCheck:
    """With the core and the toy only: ours are checked in a test of their own."""

    @pytest.fixture(autouse=True)
    def _core_only(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ZOO_PLUGINS", "")
        monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))  # Other tests import datasets into that of the session.
        (tmp_path / "empty.yaml").write_text("zoo: 1")
        monkeypatch.setattr("zoo.components.catalogue_file", lambda: tmp_path / "empty.yaml")

    def test_what_fits_and_what_does_not(self, zoo: Zoo) -> None:
        done = zoo("check", "--plugin", TOY)
        assert (done.code, done.errors) == (0, [])
        assert re.search(r"^toy +small, paper +random-rows, toy-rows$", done.out, re.MULTILINE)

    def test_a_size_that_fails_where_another_fits(self, zoo: Zoo, tmp_path: Path) -> None:
        small = "{small: {dataset: {length: 5}, encoder: {widht: 2}}}"
        (tmp_path / "registry.yaml").write_text(CATALOGUE.replace("{small: {encoder: {width: 2}}}", small))
        done = zoo("check", "--plugin", TOY)
        assert done.code == 1
        assert done.errors == [
            "registry.yaml:14: encoder.widht: halving takes no 'widht'. Did you mean 'width'?",
            "toy on random-rows, size small: registry.yaml:9: encoder: halving: length 5 is odd",
            "toy on toy-rows, size small: registry.yaml:9: encoder: halving: length 5 is odd",
        ]

    def test_a_model_that_fits_nothing(self, zoo: Zoo, tmp_path: Path) -> None:
        (tmp_path / "registry.yaml").write_text(
            CATALOGUE.replace("length: 8", "length: 9").replace("models:", "  random-rows: {length: 9}\nmodels:", 1)
        )
        done = zoo("check", "--plugin", TOY)
        assert done.code == 1
        assert "toy on random-rows, size paper: registry.yaml:10: encoder: halving: length 9 is odd" in done.errors


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lst"], "No such command 'lst'"),
        (["list", "--bad"], "No such option: --bad"),
        (["run", "voxploer"], "Missing option '--dataset'"),
    ],
)
def test_wrong_usage_is_2(zoo: Zoo, arguments: list[str], words: str) -> None:
    done = zoo(*arguments)
    assert done.code == 2
    assert words in done.err


def test_a_module_is_a_program_and_a_broken_distribution_leaves_it_whole(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("raise RuntimeError('no luck')")
    metadata = tmp_path / "bad_dist-9.9.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: bad-dist\nVersion: 9.9\n")
    (metadata / "entry_points.txt").write_text("[zoo.plugins]\nbad = bad\n")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "zoo", "list", "models"]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert re.search("^voxploer +tiny, small, paper", done.stdout, re.MULTILINE)
    expected = "plugin 'bad' of bad-dist 9.9: it cannot be imported: RuntimeError: no luck. It is left out."
    assert done.stderr == f"warning: {expected}\n"


def test_our_recipes_all_resolve(zoo: Zoo, tmp_path: Path) -> None:
    (tmp_path / "registry.yaml").unlink()
    done = zoo("check")
    assert (done.code, done.errors) == (0, [])
