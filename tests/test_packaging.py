"""An install from the built wheel works outside of the checkout: `make wheel` builds it and runs this."""

import os
import subprocess
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.wheel

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("zoo", *sorted(path.parent.name for path in (ROOT / "plugins").glob("*/__init__.py")))


@pytest.fixture(scope="module")
def wheel() -> Path:
    [path] = (ROOT / "dist").glob("metamaterial_zoo-*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a new environment that has the wheel, and what it depends on from this one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    [packages] = folder.glob("lib/python*/site-packages")
    # A path that a .pth file adds is searched last and its own .pth files are not read, the editable install's least.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = folder / "bin" / "python"
    pip = [sysconfig.get_path("scripts") + "/python", "-m", "pip", "--python", str(python)]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    return folder / "bin"


def run(*command: str | Path, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_the_wheel_holds(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    evals = {
        f"zoo/_data/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "evals").rglob("*.*") if path.is_file()
    }
    assert {"zoo/_data/evals/papers/voxploer.json", "zoo/_data/evals/suites/voxploer-overall.yaml"} <= evals
    assert evals | {"zoo/_data/registry.yaml", "zoo/py.typed", "zoo/reports/templates/page.html"} <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == set(PACKAGES)
    for package in PACKAGES:
        folder = ROOT / package if package == "zoo" else ROOT / "plugins" / package
        files = [*folder.rglob("*.py"), *folder.rglob("*.jinja")]
        assert {f"{package}/{path.relative_to(folder).as_posix()}" for path in files} <= names


def test_nothing_comes_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    code = f"import {', '.join(PACKAGES)}, sys; print(*[m.__file__ for m in ({', '.join(PACKAGES)})], *sys.path[1:])"
    files_and_paths = [Path(word) for word in run(installed / "python", "-c", code, cwd=tmp_path).split()]
    assert all(path.is_relative_to(installed.parent) for path in files_and_paths[: len(PACKAGES)])
    dependencies = Path(sysconfig.get_path("purelib"))
    assert not [path for path in files_and_paths if path.is_relative_to(ROOT) and path != dependencies]


@pytest.mark.parametrize("within_checkout", [False, True])
def test_the_catalogue_travels(installed: Path, tmp_path: Path, within_checkout: bool) -> None:
    listing = run(installed / "zoo", "list", cwd=ROOT if within_checkout else tmp_path)
    assert "cannot be used" not in listing
    for name in ("voxploer", "metashell", "kirigami-ddpm", "kirigami-60"):
        assert name in listing
    assert "patch-transformer" in run(installed / "zoo", "show", "voxploer", cwd=tmp_path)
    plugins = run(installed / "zoo", "plugins", cwd=tmp_path)
    for name in ("voxels", "voxploer", "kirigami", "mechanics"):
        assert name in plugins


@pytest.mark.parametrize(("model", "dataset"), [("voxploer", "metashell"), ("kirigami-vae", "kirigami-60")])
def test_a_run(installed: Path, tmp_path: Path, model: str, dataset: str) -> None:
    run(installed / "zoo", "run", model, "--dataset", dataset, "--size", "tiny", cwd=tmp_path)
    [report] = tmp_path.glob(f"runs/{model}.{dataset}/*/report.html")
    assert f"{model} on {dataset}" in report.read_text(encoding="utf-8")
