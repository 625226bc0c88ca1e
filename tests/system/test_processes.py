"""Processes that share a run: the same command line, one writer, and what one process would have made."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from torch.distributed.elastic.utils.distributed import get_free_port

from zoo import Tabulation
from zoo.building.builder import build
from zoo.cli.app import app
from zoo.data.opening import open_data
from zoo.interfaces.model import Model
from zoo.recipes import resolve
from zoo.runs.stages import Workshop, _run_stage, sample_model
from zoo.scores.scoring import evaluate
from zoo.system import processes
from zoo_voxels.components.metashell import MetaShell

InTwo = Callable[[Callable[[], object]], None]
ZOO = [sys.executable, "-m", "zoo"]
TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m", "zoo"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """With a `$ZOO_HOME` of its own in this folder."""
    return os.environ | {"OMP_NUM_THREADS": "1", "ZOO_HOME": str(folder / "home")} | more


def hashes(folder: Path) -> dict[str, str]:
    files = folder.rglob("*.safetensors")
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def share_work(folder: Path) -> None:
    """Dataset, latents, samples and scores of a model with weights that follow from a seed."""
    os.environ["ZOO_HOME"] = str(folder)
    MetaShell.chunk_size = 16
    recipe = resolve(
        "voxploer",
        "metashell",
        size="tiny",
        overrides=["dataset={count: 70, resolution: 8}", "generate={count: 10, batch: 3}", "encoder.patch=2"],
        folder=folder,
    )
    accelerator = Accelerator(cpu=True)
    data = open_data(recipe.dataset_block)
    torch.manual_seed(0)
    model = build(Model, recipe.model_block, structure=data.domain.structure)
    model.requires_grad_(False).eval()
    common = {"dataset": data.checksum}
    workshop = Workshop(root=folder / "stages", accelerator=accelerator, seed=0, common=common)
    stages = model.stages(data)
    latents = next(stages)
    while not isinstance(latents, Tabulation):
        latents = stages.send(None)
    stages.send(_run_stage(latents, recipe.model_block, {}, workshop, lambda count: {}))
    samples = sample_model(model, data.domain, recipe.generate, recipe.model_block, workshop)
    scores = evaluate(recipe.evaluators, [data.train.array()[:20], data.held_out.array()], data)
    if processes.is_main():
        values = [{e: {n: s.value for n, s in g.items()} for e, g in group.items()} for group in scores]
        (folder / "scores.json").write_text(json.dumps(values))
        assert len(samples) == recipe.generate.count


@pytest.mark.usefixtures("one_thread")
def test_what_two_processes_share_is_what_one_would_have_made(
    in_two_processes: InTwo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZOO_HOME", "")
    monkeypatch.setattr(MetaShell, "chunk_size", MetaShell.chunk_size)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    share_work(tmp_path / "one")
    in_two_processes(lambda: share_work(tmp_path / "two"))
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert len(hashes(tmp_path / "one")) == 3
    one, two = (json.loads((tmp_path / name / "scores.json").read_text()) for name in ("one", "two"))
    assert one == two


SETTINGS = [
    "train.autoencoder={epochs: 4, accumulate: 2, ema: 0.9}",
    "train.denoiser={epochs: 2}",
    "generate={count: 12, batch: 3}",
]
COMMAND = ["run", "voxploer-none", "-d", "metashell", "--size", "tiny", "--precision", "bf16", "--name", "run"]
COMMAND += [word for setting in SETTINGS for word in ("--set", setting)]


def zoo(folder: Path, *arguments: str, launcher: Sequence[str] = ZOO) -> subprocess.CompletedProcess:
    command = [*launcher, *COMMAND, *arguments]
    return subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)


def losses(folder: Path, stage: str) -> np.ndarray:
    [file] = folder.glob(f"runs/.stages/{stage}-*/stage.json")
    history = json.loads(file.read_text())["history"]
    return np.array([sum((point.get("terms") or point["held_out"]).values()) for point in history])


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of two processes, with what it said."""
    folder = tmp_path_factory.mktemp("two")
    done = zoo(folder, "--processes", "2")
    assert done.returncode == 0, done.stderr
    (folder / "out.txt").write_text(done.stdout)
    (folder / "err.txt").write_text(done.stderr)
    return folder


def test_two_processes_speak_and_write_once(two: Path) -> None:
    lines = (two / "out.txt").read_text().splitlines()
    told = [line for line in lines if line]
    assert len(told) == len(set(told))
    assert [line.split()[0] for line in lines[-3:]] == ["report", "weights", "unit"]
    assert [line.split()[0] for line in (two / "err.txt").read_text().splitlines() if " left " in line] == [
        "dataset",
        "autoencoder",
        "latents",
        "denoiser",
        "samples",
    ]
    log = [json.loads(line) for line in (two / "runs/voxploer-none.metashell/run/log.jsonl").read_text().splitlines()]
    logged = [(line.get("step"), *sorted(line.keys() - {"time", "step"})) for line in log]
    assert len(logged) == len(set(logged))
    assert not [*two.rglob("part-*"), *two.rglob("checkpoint*"), *two.rglob(".unfinished-*")]


def test_two_processes_learn_what_one_learns(two: Path, tmp_path: Path) -> None:
    """Under another launcher, which starts one. bf16 has eight bits, so losses agree to a hundredth or so, and single
    ones to some hundredths, as processors round differently."""
    launcher = [str(Path(sys.executable).with_name("accelerate-launch")), "--cpu", "-m", "zoo"]
    done = zoo(tmp_path, launcher=launcher)
    assert done.returncode == 0, done.stderr
    for stage in ("autoencoder", "denoiser"):
        gaps = np.abs(np.array(losses(tmp_path, stage)) / np.array(losses(two, stage)) - 1)
        assert np.median(gaps) < 0.01 and gaps.max() < 0.03


def test_ctrl_c_stops_all_at_one_step_and_another_launcher_goes_on_from_there(two: Path, tmp_path: Path) -> None:
    command = [*ZOO, *COMMAND, "--processes", "2", "--checkpoint-every", "0"]
    stopped = subprocess.Popen(command, cwd=tmp_path, env=environment(tmp_path), stderr=subprocess.PIPE, text=True)
    while not list(tmp_path.rglob("checkpoint.safetensors")):
        assert stopped.poll() is None
        time.sleep(0.01)
    stopped.send_signal(signal.SIGINT)
    _, said = stopped.communicate(timeout=120)
    assert stopped.returncode == 130
    assert said.count("Stopped. What was finished is kept; the same command goes on from here.") == 1
    assert "Traceback" not in said and "rror" not in said
    assert list(tmp_path.rglob("checkpoint.safetensors"))
    done = zoo(tmp_path, launcher=TORCHRUN)
    assert done.returncode == 0, done.stderr
    assert hashes(tmp_path / "runs") == hashes(two / "runs")


SUITE = """
suite: 1
version: 1
summary: A try
datasets: [kirigami-60@zoo]
sizes: [tiny]
seeds: [0]
count: 40
evaluators: {crossings: {use: cut-crossings}}
headline: [crossings.novelty]
rows: {VAE: {model: kirigami-vae}}
trivial:
  uniform: {model: kirigami-uniform}
  marginals: {model: kirigami-marginals}
"""


def test_a_suite_in_two_processes_measures_what_one_measures(
    in_two_processes: InTwo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Rows without training to the last digit; the trained one, whose gradients are summed in another order, nearly
    where a score moves smoothly."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    Path("mine.yaml").write_text(SUITE)
    found = []
    for count in ("1", "2"):
        command = ["evals", "run", "mine.yaml", "--size", "tiny", "--processes", count]
        command += ["--runs", f"runs{count}", "--results", f"results{count}"]
        measure = partial(app, command, standalone_mode=False)
        measure() if count == "1" else in_two_processes(measure)
        told = [line.partition(",")[0] for line in capfd.readouterr().out.splitlines() if " of 3: " in line]
        assert told == ["1 of 3: VAE", "2 of 3: uniform", "3 of 3: marginals"]
        file = json.loads(Path(f"results{count}/mine.tiny.json").read_text())
        found.append({entry["row"]: entry["scores"]["crossings"] for entry in file["entries"]})
    one, two = found
    assert {row: one[row] for row in ("uniform", "marginals")} == {row: two[row] for row in ("uniform", "marginals")}
    assert one["VAE"]["novelty"]["value"] == pytest.approx(two["VAE"]["novelty"]["value"], rel=0.02)


FAILING = """
import os
import numpy as np
import zoo

@zoo.hookimpl
def zoo_components():
    return [zoo.Component("dataset", "failing", "failing:Failing", "Fails in one process of two")]

class Failing(zoo.Dataset):
    chunk_size = 4
    count = 8

    def domain(self):
        return {"use": "cut-pattern"}

    def card(self):
        return zoo.Card("failing", "", "zoo", "CC0-1.0")

    def make(self, items):
        if items.start:
            raise zoo.ZooError("the second chunk is bad")
        return zoo.Chunk(np.zeros((4, 6, 6)), {})
"""


def test_a_process_that_fails_says_why_once_and_ends_all(tmp_path: Path) -> None:
    (tmp_path / "failing.py").write_text(FAILING)
    (tmp_path / "registry.yaml").write_text("zoo: 1\ndatasets: {bad: {use: failing}}\n")
    command = ["run", "kirigami-vae", "-d", "bad", "--size", "tiny", "--plugin", "failing.py", "--processes", "2"]
    done = subprocess.run(
        [*ZOO, *command], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if " left " not in line and "warning" not in line] == [
        "error: the second chunk is bad"
    ]


def test_a_mistake_that_all_see_is_told_once(tmp_path: Path) -> None:
    done = zoo(tmp_path, "--set", "encoder.widht=3", "--processes", "2")
    assert done.returncode == 1
    assert done.stderr == "error: --set encoder.widht: patch-transformer takes no 'widht'. Did you mean 'width'?\n"


def test_a_dataset_is_built_together_and_told_once(
    in_two_processes: InTwo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZOO_HOME", str(tmp_path / "home"))
    in_two_processes(lambda: app(["data", "build", "kirigami-60", "--set", "count=600"]))
    assert re.fullmatch(r"kirigami-60  600 structures, edition zoo, \S+\n", capfd.readouterr().out)


def test_a_launcher_that_disagrees_is_told(tmp_path: Path) -> None:
    command = [*ZOO, *COMMAND, "--processes", "2"]
    launched = environment(tmp_path, RANK="0", LOCAL_RANK="0", WORLD_SIZE="3")
    done = subprocess.run(command, cwd=tmp_path, env=launched, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "error: --processes 2: the launcher has started 3.\n")


SRUN = """#!/bin/sh
while case $1 in --*) true;; *) false;; esac; do shift; done
SLURM_NODEID=0 "$@" & first=$!
SLURM_NODEID=1 "$@" && wait $first
"""
SCONTROL = """#!/bin/sh
echo 127.0.0.1
echo another-machine
"""


def test_the_job_script_for_slurm(tmp_path: Path) -> None:
    """As documented, on two machines that are one, each with one process and no GPU."""
    page = (Path(__file__).parents[2] / "docs/cluster.md").read_text()
    [script] = re.findall(r"^```bash title=job.sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    paper_size = "voxploer --dataset metashell --size paper"
    assert script.count(paper_size) == 1
    (tmp_path / "job.sh").write_text(
        script.replace(paper_size, "kirigami-vae --dataset kirigami-60 --size tiny --name run").replace(
            "29500", str(get_free_port())
        )
    )
    for name, text in {"srun": SRUN, "scontrol": SCONTROL}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    slurm = {"SLURM_JOB_NODELIST": "machine[0-1]", "SLURM_NNODES": "2", "SLURM_GPUS_ON_NODE": "1"}
    command = ["bash", "job.sh"]
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=environment(tmp_path, PATH=path, **slurm),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("report      runs/kirigami-vae.kirigami-60/run/report.html") == 1
