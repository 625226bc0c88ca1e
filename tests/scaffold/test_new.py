"""`zoo plugin new` writes a plugin whose tests pass, and it is the one that the docs go through."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo.scaffold.new import TEMPLATE, new_plugin

PAGE = Path(__file__).resolve().parents[2] / "docs" / "writing-a-plugin.md"


def python(*arguments: str | Path, cwd: Path) -> str:
    """What Python prints when it can import from the folder `site` too."""
    environment = os.environ | {"PYTHONPATH": str(cwd / "site"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_plugin_installs_and_its_tests_pass(tmp_path: Path) -> None:
    new_plugin("two-words", tmp_path)
    pip = ("-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--target", "site")
    python(*pip, "./zoo-two-words", cwd=tmp_path)
    [row] = [
        line for line in python("-m", "zoo", "plugins", cwd=tmp_path).splitlines() if line.startswith("two-words ")
    ]
    assert row.split(maxsplit=3)[1:] == ["zoo-two-words", "0.1.0", "regulariser (1), model recipe (1)"]
    assert re.search(r"\d passed", python("-m", "pytest", "-p", "no:cacheprovider", "zoo-two-words", cwd=tmp_path))


def test_the_command_tells_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["plugin", "new", "gaussian"])
    assert done.exit_code == 0
    written, _, advice = done.output.partition("\n\n")
    assert set(written.splitlines()) == {str(path) for path in Path("zoo-gaussian").rglob("*") if path.is_file()}
    assert "pip install --editable zoo-gaussian" in advice


def test_the_page_goes_through_the_template(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in new_plugin("gaussian", tmp_path)}
    shown = re.findall(r"^```\w+ title=(\S+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert dict(shown) == {name: text for name, text in written.items() if not name.endswith("README.md")}


def test_every_file_of_the_template_is_written(tmp_path: Path) -> None:
    files = [path for path in TEMPLATE.rglob("*") if path.is_file()]
    assert len(new_plugin("gaussian", tmp_path)) == len(files)


def test_what_is_written_is_tidy(tmp_path: Path) -> None:
    pytest.importorskip("ruff")
    new_plugin("gaussian", tmp_path)
    for command in (("check", "--select", "E,F,I,UP,B"), ("format", "--check")):
        python("-m", "ruff", "--isolated", *command, "--line-length", "120", cwd=tmp_path / "zoo-gaussian")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Gaussian", "'Gaussian' is not a name for a plugin"),
        ("two_words", "'two_words' is not a name"),
        ("two--words", "is not a name"),
        ("-", "is not a name"),
        ("../above", "is not a name"),
        ("kirigami", "there is a plugin 'kirigami' already, of metamaterial-zoo"),
        ("taken", "zoo-taken is there already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "zoo-taken").mkdir()
    with pytest.raises(ZooError, match=words):
        new_plugin(name, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["zoo-taken"]
