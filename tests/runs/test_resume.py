"""Whatever ends a run early, the same command goes on from there and ends in the same bytes."""

import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from zoo import ZooError
from zoo.recipes import resolve
from zoo.reports.run import finish_run
from zoo.runs.folder import RunFolder
from zoo.runs.run import Options, run
from zoo.system.locks import locked


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled by the first test."""
    return tmp_path_factory.mktemp("undisturbed")


@pytest.fixture
def plugin(toy: None, undisturbed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The toy plugin, with a home and an undisturbed run in `whole`."""
    if not list(undisturbed.iterdir()):
        monkeypatch.setenv("ZOO_HOME", str(undisturbed / "home"))
        finish(undisturbed, "whole")
    shutil.copytree(undisturbed, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    return sys.modules["toy_plugin"]


def finish(folder: Path, runs: str) -> RunFolder:
    recipe = resolve("toy-diffusion", "random-rows", size="paper", folder=folder, overrides=["dataset.count=400"])
    finished = run(recipe, Options(runs=folder / runs, checkpoint_every=0), ["zoo", "run", "toy-diffusion"])
    finish_run(finished)
    return finished


def outcome(folder: Path) -> dict[str, str]:
    """Hashes of everything that a run leaves and that has no times in it."""
    files = [*folder.rglob("*.safetensors"), *folder.rglob("scores.json")]
    found = {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    for file in folder.rglob("stage.json"):
        found[str(file.relative_to(folder))] = json.loads(file.read_text()).get("state", "")
    return found


def stage(folder: Path, name: str) -> Path:
    [found] = (folder / ".stages").glob(f"{name}-*")
    return found


def killed(folder: Path, seconds: float) -> bool:
    """Whether a process that makes the run `disturbed` is still at it after some time, when it is killed."""
    child = os.fork()
    if child == 0:
        try:
            torch.set_num_threads(1)  # What a fork leaves of a pool of threads does not work.
            finish(folder, "disturbed")
            os._exit(0)
        finally:
            os._exit(1)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            assert status == 0
            return False
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def test_kills_change_nothing(plugin: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handful; tests/soak/kills.py does a hundred."""
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "another home"))
    started = time.monotonic()
    finish(tmp_path, "timed")
    shutil.rmtree(tmp_path / "another home")
    seconds = time.monotonic() - started
    rng = np.random.default_rng(0)
    kills = sum(killed(tmp_path, rng.uniform(0, seconds)) for _ in range(8))
    assert kills
    finish(tmp_path, "disturbed")
    assert outcome(tmp_path / "disturbed") == outcome(tmp_path / "whole")
    assert outcome(tmp_path / "another home") == outcome(tmp_path / "home")
    assert not list(tmp_path.rglob(".unfinished-*"))


MOMENTS = {
    "dataset": ("Rows", "make", "another home/datasets/*/part-*"),
    "autoencoder": ("Halving", "encode", "stopped/.stages/autoencoder-*/checkpoint*"),
    "latents": ("Halving", "encode", "stopped/.stages/latents-*/part-*"),
    "denoiser": ("Scale", "forward", "stopped/.stages/denoiser-*/checkpoint*"),
    "samples": ("Halving", "decode", "stopped/.stages/samples-*/part-*"),
    "evaluation": ("Mean", "scores", "stopped/toy-diffusion.random-rows/*/samples.safetensors"),
}
"""Moment -> the method called then, and what is there by then and must be kept."""


@contextmanager
def before(plugin: ModuleType, owner: str, method: str, act: Callable[[], None]) -> Iterator[None]:
    """Do something before each call of a method."""
    original = getattr(getattr(plugin, owner), method)

    def wrapped(*arguments: object) -> object:
        act()
        return original(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(getattr(plugin, owner), method, wrapped)
        yield


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_at_any_moment(moment: str, plugin: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "another home"))
    owner, method, kept = MOMENTS[moment]

    def interrupt() -> None:
        if list(tmp_path.glob(kept)):
            signal.raise_signal(signal.SIGINT)

    with before(plugin, owner, method, interrupt), pytest.raises(KeyboardInterrupt):
        finish(tmp_path, "stopped")
    assert list(tmp_path.glob(kept))
    finish(tmp_path, "stopped")
    assert outcome(tmp_path / "stopped") == outcome(tmp_path / "whole")
    assert outcome(tmp_path / "another home") == outcome(tmp_path / "home")


def test_the_second_ctrl_c_stops_at_once(plugin: ModuleType, tmp_path: Path) -> None:
    passed = []

    def interrupt_twice() -> None:
        signal.raise_signal(signal.SIGINT)
        passed.append("the first")
        signal.raise_signal(signal.SIGINT)
        passed.append("the second")

    with before(plugin, "Halving", "encode", interrupt_twice), pytest.raises(KeyboardInterrupt):
        finish(tmp_path, "stopped")
    assert passed == ["the first"]
    finish(tmp_path, "stopped")
    assert outcome(tmp_path / "stopped") == outcome(tmp_path / "whole")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """As on a full disk, writing fails: beyond `size` bytes of a file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_at_any_moment(plugin: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "another home"))
    files = [file.stat().st_size for file in tmp_path.rglob("*.safetensors")]
    for size in [100, *np.quantile(files, [0.1, 0.3, 0.5, 0.7, 0.9, 1], method="nearest")]:
        with largest_file(int(size) - 1), pytest.raises(ZooError, match="^cannot write .*File too large") as caught:
            finish(tmp_path, "stopped")
        assert len(caught.value.problems) == 1 and "\n" not in str(caught.value)
        assert not list(tmp_path.rglob(".unfinished-*"))
    finish(tmp_path, "stopped")
    assert outcome(tmp_path / "stopped") == outcome(tmp_path / "whole")


def test_a_place_that_cannot_be_written_is_named(
    plugin: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(ZooError, match=r"cannot write .*file/runs.*: Not a directory"):
        finish(tmp_path, "file/runs")
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "file"))
    with pytest.raises(ZooError, match=r"cannot write .*file/datasets/rows-.*: Not a directory"):
        finish(tmp_path, "elsewhere")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission_is_named(plugin: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(ZooError, match=r"cannot write .*closed/.*: Permission denied"):
        finish(tmp_path, "closed")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [Path.unlink, cut_short])
@pytest.mark.parametrize("name", ["autoencoder", "latents", "denoiser", "samples"])
def test_a_stage_that_lost_its_output_is_run_again(
    name: str, harm: Callable[[Path], None], plugin: ModuleType, tmp_path: Path
) -> None:
    before = outcome(tmp_path / "whole")
    harm(stage(tmp_path / "whole", name) / "output.safetensors")
    finished = finish(tmp_path, "whole")
    entries = json.loads(finished.stages.read_text())["stages"]
    assert [entry["name"] for entry in entries if not entry["cached"]] == [name]
    assert outcome(tmp_path / "whole") == before


@pytest.mark.parametrize("harm", [Path.unlink, cut_short])
def test_a_dataset_that_lost_its_store_is_built_again(
    harm: Callable[[Path], None], plugin: ModuleType, tmp_path: Path
) -> None:
    before = outcome(tmp_path / "home")
    harm(next(tmp_path.glob("home/datasets/*/structures.safetensors")))
    finish(tmp_path, "whole")
    assert outcome(tmp_path / "home") == before


def test_what_a_killed_run_was_writing_is_cleared_away(plugin: ModuleType, tmp_path: Path) -> None:
    unfinished = stage(tmp_path / "whole", "denoiser")
    (unfinished / "stage.json").unlink()
    run_folder = next(tmp_path.glob("whole/toy-diffusion.random-rows/*"))
    (unfinished / ".unfinished-output.safetensors-a1b2.safetensors").write_bytes(b"half")
    (run_folder / ".unfinished-model-a1b2").mkdir()
    (run_folder / ".unfinished-model-a1b2/config.json").write_text("{")
    finish(tmp_path, "whole")
    assert not list(tmp_path.rglob(".unfinished-*"))


WORK = """
import sys, time
from pathlib import Path
from zoo.system.locks import unless
folder = Path(sys.argv[1])
with unless((folder / "done").exists, folder) as needed:
    if needed:
        with (folder / "log").open("a") as log:
            print("at work", file=log, flush=True)
            time.sleep(float(sys.argv[2]))
            print("done", file=log, flush=True)
        (folder / "done").touch()
"""


def test_of_runs_that_want_the_same_one_works_and_the_others_wait(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORK, str(tmp_path), "1"]
    runs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    messages = [run.communicate(timeout=60)[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4
    assert (tmp_path / "log").read_text() == "at work\ndone\n"
    waited = [message for message in messages if "waiting for another run, which is at work in" in message]
    assert all(message == "" for message in messages if message not in waited)


def test_a_killed_run_makes_nobody_wait(tmp_path: Path) -> None:
    killed = subprocess.Popen([sys.executable, "-c", WORK, str(tmp_path), "1000"])
    while not (tmp_path / "log").exists():
        assert killed.poll() is None
    killed.kill()
    killed.wait()
    with locked(tmp_path):
        pass
