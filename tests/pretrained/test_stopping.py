"""Ctrl-C in `zoo sample` and `zoo publish`: one message, exit code 130, nothing half-written."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zoo.recipes import resolve
from zoo.runs.run import Options, run

TESTS = Path(__file__).parents[1]
SLOW_FIGURE = '''

class Slow(zoo.Figure):
    """Says that it is being written, and takes its time."""

    def __init__(self) -> None:
        for name, value in (("name", "slow"), ("caption", ""), ("media_type", "image/png")):
            object.__setattr__(self, name, value)

    @property
    def data(self) -> bytes:
        import time
        Path("at work").touch()
        time.sleep(100)
        return b""


Row.figures = lambda self, structures: [Slow()]
'''


def stopped(folder: Path, at_work: str, *command: str) -> tuple[int, str]:
    """Exit code and messages of a command that is stopped as soon as there is a file like `at_work`."""
    environment = os.environ | {"ZOO_HOME": str(folder / "home")}
    # Not `python -m zoo`: where Ctrl-C meets code that runs from a string, CPython ends that by the signal itself.
    program = [Path(sys.executable).with_name("zoo"), *command]
    process = subprocess.Popen(program, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        while not list(folder.glob(at_work)):
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)
    finally:
        process.kill()
    return process.returncode, messages


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_sampling(tmp_path: Path, suffix: str) -> None:
    shutil.copytree(TESTS / "pretrained" / "kirigami-vae", tmp_path / "model")
    command = ("sample", "model", "-n", "10000000", "-o", f"cells{suffix}")
    code, messages = stopped(tmp_path, f".unfinished-cells{suffix}-*", *command)
    assert code == 130
    assert messages.splitlines()[-1] == "Stopped; nothing is written."
    assert "Traceback" not in messages
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


@pytest.mark.usefixtures("toy")
def test_publishing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    recipe = resolve("toy-diffusion", "random-rows", size="paper", folder=tmp_path)
    run(recipe, Options(runs=tmp_path, name="a"), ["zoo", "run"])
    (tmp_path / "toy_plugin.py").write_text((TESTS / "toy_plugin.py").read_text() + SLOW_FIGURE)
    shutil.copy(TESTS / "toy_recipes.yaml", tmp_path)
    before = {path.name for path in tmp_path.iterdir()} | {"at work"}
    command = ("publish", "toy-diffusion.random-rows/a", "published", "--plugin", "toy_plugin.py")
    code, messages = stopped(tmp_path, "at work", *command)
    assert code == 130
    assert messages.splitlines()[-1] == "Stopped; nothing is written."
    assert "Traceback" not in messages
    assert {path.name for path in tmp_path.iterdir()} - {"__pycache__"} == before
