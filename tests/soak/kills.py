"""Runs that are killed at random moments and started again must end in the same bytes as runs that are not.

    python tests/soak/kills.py [--kills 100] [--seed 0]

A run of tiny size, from the building of its dataset to its report, is killed (SIGKILL) and started again until it ends
undisturbed. Compared are the dataset, the output of every stage, the hash of weights, averages and optimiser state at
the end of every training, samples, published weights and scores. The moments are uniform over the processor time of an
undisturbed run without its imports, which a fork server does once for all runs.
"""

import argparse
import hashlib
import json
import math
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import psutil

RECIPES = {
    ("voxploer", "metashell"): [
        "dataset.count=300",
        "encoder.dropout=0.1",
        "train.autoencoder={epochs: 0.5, ema: 0.9, clip: 1.0, lr_schedule: cosine, warmup: 5, accumulate: 2}",
        "train.denoiser={epochs: 1, ema: 0.9, optimiser: adamw, weight_decay: 0.01}",
        "generate={count: 64, batch: 8}",
    ],
    ("kirigami-wgan", "kirigami-60"): [
        "train.adversarial={epochs: 10, optimiser: rmsprop, lr_schedule: linear}",
        "generate={count: 64, batch: 8}",
    ],
}
PRELOADED = (
    "zoo.runs.run",
    "zoo.reports.run",
    *(f"zoo_voxels.components.{name}" for name in ("metashell", "voxels", "voxel_scores")),
    *(f"zoo_voxploer.components.{name}" for name in ("patch_transformer", "residual_mlp", "block_replacement")),
    *(
        f"zoo_kirigami.components.{name}"
        for name in ("kirigami", "cut_pattern", "cut_crossings", "circular_generator", "circular_critic")
    ),
)
STAGES = ("autoencoder", "latents", "denoiser", "adversarial", "samples")


def work(recipe: tuple[str, str], folder: Path) -> None:
    """One run in `folder`, as `zoo run` does it. A checkpoint after every step leaves most to be got wrong."""
    os.environ["ZOO_HOME"] = str(folder / "home")
    with (folder / "messages.txt").open("a") as messages:
        os.dup2(messages.fileno(), sys.stderr.fileno())

    import torch

    from zoo.recipes import resolve
    from zoo.reports.run import finish_run
    from zoo.runs.run import Options, run

    torch.set_num_threads(1)
    resolved = resolve(*recipe, size="tiny", overrides=RECIPES[recipe], folder=folder)
    finish_run(run(resolved, Options(runs=folder / "runs", name="run", checkpoint_every=0), ["zoo", "run", *recipe]))


def start(recipe: tuple[str, str], folder: Path) -> ForkServerProcess:
    process = multiprocessing.get_context("forkserver").Process(target=work, args=(recipe, folder))
    process.start()
    return process


def outcome(folder: Path) -> dict[str, str]:
    """What must not depend on interruptions: hashes of files, and of the states in which trainings ended."""
    files = [*folder.glob("home/datasets/*/structures.*"), *folder.glob("runs/.stages/*/output.*")]
    files += [*folder.glob("runs/*/run/**/*.safetensors"), *folder.glob("runs/*/run/scores.json")]
    found = {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    for file in folder.glob("runs/.stages/*/stage.json"):
        found[str(file.relative_to(folder))] = json.loads(file.read_text()).get("state", "")
    return found


def at_work_on(folder: Path) -> str:
    """What a run that has just been killed was doing."""
    if not list(folder.glob("home/datasets/*")):
        return "starting"
    if not list(folder.glob("home/datasets/*/card.json")):
        return "dataset"
    for name in STAGES:
        for stage in folder.glob(f"runs/.stages/{name}-*"):
            if not (stage / "stage.json").exists():
                return name
    return "writing" if list(folder.glob("runs/.stages/samples-*")) else "between"


def run_for(process: ForkServerProcess, seconds: float) -> float:
    """Let a process have `seconds` of processor time, or less if it ends. Returns what it had."""
    had = 0.0
    try:
        watched = psutil.Process(process.pid)
        while had < seconds and process.exitcode is None:
            process.join(0.002)
            had = sum(watched.cpu_times()[:2])
    except psutil.NoSuchProcess:
        process.join()
    return had


def disturbed(recipe: tuple[str, str], folder: Path, moments: Iterable[float]) -> tuple[list[str], float]:
    """A run killed at these moments, then left to end. What it was doing each time, and the seconds of its last try."""
    kills: list[str] = []
    moments = iter(moments)
    while True:
        process = start(recipe, folder)
        seconds = run_for(process, next(moments, math.inf))
        if process.exitcode is not None:
            break
        process.kill()
        process.join()
        kills.append(at_work_on(folder))
    if process.exitcode:
        raise SystemExit(f"{recipe[0]} failed after {kills}:\n{(folder / 'messages.txt').read_text()}")
    return kills, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    multiprocessing.get_context("forkserver").set_forkserver_preload(list(PRELOADED))
    moments: Counter[str] = Counter()
    runs = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        references = {recipe: reference(recipe, folder / recipe[0]) for recipe in RECIPES}
        while moments.total() < arguments.kills:
            recipe = list(RECIPES)[runs % len(RECIPES)]
            expected, seconds = references[recipe]
            (place := folder / "disturbed").mkdir()
            left = arguments.kills - moments.total()
            kills, _ = disturbed(recipe, place, rng.uniform(0, seconds, left))
            moments.update(kills)
            found = outcome(place)
            if found != expected:
                differing = {name for name in found | expected if found.get(name) != expected.get(name)}
                raise SystemExit(f"{recipe[0]}: interruptions changed {', '.join(sorted(differing))}")
            if leftovers := [*place.rglob(".unfinished-*"), *place.rglob("part-*"), *place.rglob("checkpoint*")]:
                raise SystemExit(f"{recipe[0]}: interruptions left {', '.join(map(str, leftovers))}")
            shutil.rmtree(place)
            runs += 1
            print(f"{runs} runs, {moments.total()} kills", flush=True)
    print(f"{runs} runs survived {moments.total()} kills and ended in the same bytes as undisturbed ones. Killed while")
    for moment, number in moments.most_common():
        print(f"{number:6}  {moment}")


def reference(recipe: tuple[str, str], folder: Path) -> tuple[dict[str, str], float]:
    """The outcome of an undisturbed run and its seconds of processor time. A first one compiles what needs it once."""
    for attempt in ("first", "second"):
        (place := folder / attempt).mkdir(parents=True)
        _, seconds = disturbed(recipe, place, [])
    found = outcome(place)
    assert found and found == outcome(folder / "first"), "two undisturbed runs differ"
    return found, seconds


if __name__ == "__main__":
    main()
