"""A plugin that lives elsewhere: `third_party` is a distribution of its own, installed for these tests only."""

import ast
import io
import json
import os
import shutil
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType

import pytest

import zoo
from zoo import discovery
from zoo.cli.app import main
from zoo.recipes import resolve
from zoo.registry import KINDS

SOURCE = Path(__file__).parent / "third_party"
OUTPUTS = {"model", "report.html", "samples.safetensors", "scores.json"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of installed packages with zoo-laminates in it."""
    folder = tmp_path_factory.mktemp("site-packages")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", folder, SOURCE], check=True)
    return folder


def execute(*arguments: str | Path, cwd: Path, site: Path | None, code: int = 0) -> tuple[str, str]:
    """What Python prints to stdout and stderr when it can import from `site` too."""
    environment = os.environ | {"PYTHONPATH": str(site or ""), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout, done.stderr


@contextmanager
def importable(site: Path) -> Iterator[None]:
    """As in a process that can import from `site` too, without waiting for one to import torch."""

    def take_away() -> dict[str, ModuleType]:
        theirs = [name for name in sys.modules if name.partition(".")[0] == "zoo_laminates"]
        return {name: sys.modules.pop(name) for name in theirs}

    before = take_away()
    with pytest.MonkeyPatch.context() as patch, discovery.using():
        patch.syspath_prepend(site)
        yield
        take_away()
    sys.modules.update(before)


def zoo_says(*arguments: str | Path, cwd: Path, site: Path, code: int = 0) -> tuple[str, str]:
    """What `zoo` prints to stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with importable(site), chdir(cwd), warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["zoo", *map(str, arguments)])
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
            main()
    assert (end.value.code or 0) == code, out.getvalue() + err.getvalue()
    return out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def finished(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that uses a part of almost every kind."""
    folder = tmp_path_factory.mktemp("work")
    command = ("run", "laminate-diffusion", "--dataset", "laminates", "--size", "tiny", "--name", "first")
    zoo_says(*command, cwd=folder, site=site)
    return folder / "runs" / "laminate-diffusion.laminates" / "first"


def test_it_has_one_of_every_kind_and_is_listed(site: Path, tmp_path: Path) -> None:
    listed, _ = execute("-m", "zoo", "list", cwd=tmp_path, site=site)
    theirs = [line.split()[0] for line in listed.splitlines() if line.endswith("zoo-laminates 0.3.0")]
    models, datasets, components = theirs[:3], theirs[3:4], theirs[4:]
    assert models == ["laminate-diffusion", "laminate-gan", "laminate-chain"]
    assert datasets == ["laminates"]
    assert components == list(KINDS)
    table, _ = execute("-m", "zoo", "plugins", cwd=tmp_path, site=site)
    [row] = [line for line in table.splitlines() if line.startswith("laminates ")]
    assert "zoo-laminates 0.3.0" in row
    assert "model recipe (3), dataset recipe (1), zoo laminate-moduli" in row


def test_its_command_runs(site: Path, tmp_path: Path) -> None:
    printed, _ = zoo_says("laminate-moduli", "01", "--contrast", "3", cwd=tmp_path, site=site)
    assert printed.split() == ["along", "2", "across", "1.5"]
    _, error = zoo_says("laminate-moduli", "012", cwd=tmp_path, site=site, code=1)
    assert error == "error: '012' is not a stack: write 0 for soft and 1 for stiff layers\n"


def test_its_parts_do_a_whole_run(finished: Path) -> None:
    assert {path.name for path in finished.iterdir()} >= OUTPUTS
    assert "Share of stacks whose layers all lie in runs" in (finished / "report.html").read_text(encoding="utf-8")
    scores = json.loads((finished / "scores.json").read_text(encoding="utf-8"))
    assert scores["provenance"]["dataset"] == "laminates@zoo-laminates"
    assert scores["scores"]["layers"].keys() == {"makeable", "new"}


def test_its_listener_hears_of_everything(finished: Path) -> None:
    events = [line.split()[0] for line in (finished / "laminates.log").read_text(encoding="utf-8").splitlines()]
    assert [event for event in events if event != "checkpoint"] == [*["stage"] * 4, "samples", "scores", "finish"]


def test_a_model_without_networks_runs_too(site: Path, tmp_path: Path) -> None:
    command = ("run", "laminate-chain", "--dataset", "laminates", "--size", "paper", "--name", "first")
    zoo_says(*command, cwd=tmp_path, site=site)
    scores = json.loads((tmp_path / "runs/laminate-chain.laminates/first/scores.json").read_text(encoding="utf-8"))
    random_stacks = 100 * 2206 / 2**16  # So many periodic words of 16 letters have no run below 2.
    assert scores["scores"]["layers"]["makeable"]["value"] > 15 * random_stacks


def test_without_it_everything_else_is_there(tmp_path: Path) -> None:
    listed, error = execute("-m", "zoo", "list", cwd=tmp_path, site=None)
    assert "laminate" not in listed
    assert "metashell" in listed
    assert error == ""
    _, error = execute("-m", "zoo", "show", "laminate-gan", cwd=tmp_path, site=None, code=1)
    assert "there is nothing named 'laminate-gan'" in error


def test_without_it_a_recipe_says_what_is_missing(tmp_path: Path) -> None:
    recipe = "zoo: 1\nmodels:\n  left: {base: voxploer, regulariser: {use: decorrelation}}\n"
    (tmp_path / "registry.yaml").write_text(recipe, encoding="utf-8")
    with pytest.raises(zoo.ZooError, match="registry.yaml:3: regulariser.use: there is no regulariser 'decorrelation'"):
        resolve("left", "metashell", folder=tmp_path)


def test_its_checkpoint_draws_and_without_it_says_what_is_missing(finished: Path, site: Path, tmp_path: Path) -> None:
    zoo_says("sample", finished / "model", "-n", "3", "-o", "stacks.npz", cwd=tmp_path, site=site)
    assert (tmp_path / "stacks.npz").exists()
    with pytest.raises(zoo.ZooError) as caught:
        zoo.load(finished / "model")
    missing = (
        "encoder 'layer-autoencoder' is not installed. It comes from zoo-laminates 0.3.0: pip install zoo-laminates"
    )
    assert missing in caught.value.problems


def test_its_own_tests_pass(site: Path, tmp_path: Path) -> None:
    shutil.copytree(SOURCE / "tests", tmp_path / "tests")
    execute("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", cwd=tmp_path, site=site)


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.name)
def test_it_uses_the_public_api_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom) and node.module == "zoo":
            assert set(names) <= set(zoo.__all__)
        elif isinstance(node, ast.ImportFrom):
            assert node.module == "zoo.testing" or not str(node.module).startswith("zoo.")


REGISTERS = """
import zoo

@zoo.hookimpl
def zoo_components():
    return [zoo.Component({record})]
"""
BROKEN = {
    "raises": ("raise RuntimeError('out of luck')", "it cannot be imported: RuntimeError: out of luck."),
    "slow": ("import torch" + REGISTERS.format(record="'schedule', 'slow', 'x:Y', 's'"), "importing it imports numpy"),
    "clash": (REGISTERS.format(record="'sampler', 'ddpm', 'x:Y', 's'"), "sampler 'ddpm' is brought by"),
    "misspelt": (REGISTERS.format(record="").replace("components", "componets"), "Did you mean 'zoo_components'?"),
    "kindless": (REGISTERS.format(record="'smapler', 'x', 'x:Y', 's'"), "unknown kind 'smapler'. Did you mean"),
    "needy": ("import nosuchpackage", "it cannot be imported: ModuleNotFoundError: No module named 'nosuchpackage'."),
}


@pytest.fixture(scope="module")
def broken_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every broken plugin, installed at once."""
    folder = tmp_path_factory.mktemp("broken-packages")
    for name, (code, _) in BROKEN.items():
        (folder / f"zoo_{name}.py").write_text(textwrap.dedent(code), encoding="utf-8")
        information = folder / f"zoo_{name}-1.2.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: zoo-{name}\nVersion: 1.2\n")
        (information / "entry_points.txt").write_text(f"[zoo.plugins]\n{name} = zoo_{name}\n")
    return folder


def test_each_broken_plugin_is_one_warning_and_the_rest_works(broken_site: Path, tmp_path: Path) -> None:
    told, error = execute("-m", "zoo", "plugins", cwd=tmp_path, site=broken_site)
    assert error == ""
    warned = [line for line in told.splitlines() if line.startswith("warning: ")]
    assert len(warned) == len(BROKEN)
    for name, (_, words) in BROKEN.items():
        [line] = [line for line in warned if f" zoo-{name} 1.2" in line]
        assert words in line
    command = ("run", "kirigami-vae", "--dataset", "kirigami-60", "--size", "tiny", "--dry-run")
    _, error = execute("-m", "zoo", *command, cwd=tmp_path, site=broken_site)
    assert sorted(error.splitlines()) == sorted(warned)
