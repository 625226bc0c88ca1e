"""What the accelerator of this machine does with zoo, in minutes and without a network: one JSON file in a folder.

    python benchmarks/gpu.py FOLDER [--size paper] [--minutes 8]        (or: make gpu OUT=FOLDER)

Each part is a process of its own that is ended when its share of the time is over, so that one which fails or is slow
costs the others nothing; the file is written anew after each, and says of every part what it measured or why not.

- `conformance`: every component of ours, once more on the device beside the CPU;
- `homogenisation`: seconds for the stiffness of one shell of 48^3 and one of 128^3 voxels;
- `neighbours`: seconds for the nearest of 20,000 cells to each of 2,000, all bits compared;
- `sampling`: for each voxel model of the catalogue, untrained, seconds for 1,000 cells by its own sampler, scaled up
  from a batch or two, and the ratio to what the authors of VOXPLOER publish for it (on a GPU that they do not name);
- `training`, `training-bf16`: `zoo run voxploer` for as long as it is given: stages finished, steps, seconds;
- `two-processes`: a tiny run in two processes on the one device.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PUBLISHED = {"dit-3d": 326, "guided-diffusion": 28, "xcube": 94, "trellis": 5, "3d-cdm": 813, "voxploer": 31}
"""Seconds for 1,000 samples, from the timing table of a later manuscript of VOXPLOER's authors ("REGDIFF")."""
SHARES = {
    "conformance": 0.15,
    "homogenisation": 0.1,
    "neighbours": 0.05,
    "sampling": 0.3,
    "training": 0.2,
    "training-bf16": 0.1,
    "two-processes": 0.1,
}
"""Of the time that there is, what each part may have; what one leaves goes to the next."""
BATCH = {"tiny": 4, "small": 32, "paper": 100}
"""Cells drawn at once."""
SEARCH = {"tiny": (20, 200), "small": (200, 2_000), "paper": (2_000, 20_000)}
RESOLUTIONS = {"tiny": (12,), "small": (24, 48), "paper": (48, 128)}
ENDING = 15
"""Seconds that a part has to end in, once it is told to."""


def conformance(size: str, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_conformance.py"]
    chosen = ["-k", "schedule-linear"] if size == "tiny" else []
    ended = subprocess.run([*command, *chosen], cwd=ROOT, capture_output=True, text=True, timeout=seconds)
    return {"exit": ended.returncode, "summary": ended.stdout.strip().splitlines()[-12:]}


def homogenisation(size: str, seconds: float) -> dict[str, Any]:
    import numpy as np
    import torch

    from zoo_mechanics.homogenisation.solve import homogenise

    times = {}
    for resolution in RESOLUTIONS[size]:
        x, y, z = np.meshgrid(*[np.arange(resolution) * 2 * np.pi / resolution] * 3, indexing="ij")
        gyroid = np.sin(x) * np.cos(y) + np.sin(y) * np.cos(z) + np.sin(z) * np.cos(x)
        cell = torch.from_numpy(np.abs(gyroid) < 0.4)[None].to(_device())
        homogenise(cell.float())
        times[f"{resolution}^3"] = _timed(lambda cell=cell: homogenise(cell.float()))
    return {"seconds": times}


def neighbours(size: str, seconds: float) -> dict[str, Any]:
    import numpy as np

    from zoo_voxels.likeness.neighbours import nearest

    queries, rows = SEARCH[size]
    bits = np.random.default_rng(0).integers(0, 256, (queries + rows, 48**3 // 8), np.uint8)
    return {"queries": queries, "rows": rows, "seconds": _timed(lambda: nearest(bits[:queries], bits[queries:]))}


def sampling(size: str, seconds: float) -> dict[str, Any]:
    """Models for which no time is left are left out."""
    import torch

    from zoo.discovery import discovery
    from zoo.recipes.catalogue import read_catalogue

    ended = time.monotonic() + seconds
    measured: dict[str, Any] = {}
    known = read_catalogue(discovery(), ROOT).names("models")
    for name, published in ((name, PUBLISHED[name]) for name in PUBLISHED if name in known):
        if time.monotonic() > ended - ENDING:
            measured[name] = {"left_out": "no time was left"}
            continue
        try:
            model, parameters = _untrained(name, size)
            batch = BATCH[size]
            with torch.no_grad():
                spent = _timed(lambda model=model, batch=batch: model.sample(range(batch), 0, {}, batch))
        except Exception as error:  # one model that fails is a finding about it
            measured[name] = {"failed": f"{type(error).__name__}: {error}"}
            continue
        for_1000 = spent * 1000 / batch
        measured[name] = {
            "parameters": parameters,
            "cells": batch,
            "seconds": spent,
            "seconds_for_1000": for_1000,
            "published_seconds_for_1000": published,
            "ratio": for_1000 / published,
        }
        print(json.dumps(measured), flush=True)
    return measured


def training(size: str, seconds: float, *options: str) -> dict[str, Any]:
    """`zoo run`, stopped as Ctrl-C stops it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "zoo", "run", "voxploer", "--dataset", "metashell", "--size", size, *options]
        started = time.monotonic()
        child = subprocess.Popen(
            [*command, "--runs", folder], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            output, _ = child.communicate(timeout=max(1.0, seconds - ENDING))
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGINT)
            output, _ = child.communicate(timeout=ENDING)
        spent = time.monotonic() - started
        stages = [json.loads(path.read_text()) for path in Path(folder).glob(".stages/*/stage.json")]
        logs = [line for path in Path(folder).glob("*/*/log.jsonl") for line in path.read_text().splitlines()]
    return {
        "exit": child.returncode,
        "seconds": spent,
        "stages": {stage["name"]: stage["seconds"] for stage in stages},
        "last": json.loads(logs[-1]) if logs else None,
        "says": output.strip().splitlines()[-5:],
    }


def training_bf16(size: str, seconds: float) -> dict[str, Any]:
    return training(size, seconds, "--precision", "bf16")


def two_processes(size: str, seconds: float) -> dict[str, Any]:
    return training("tiny", seconds, "--processes", "2")


PARTS: dict[str, Callable[[str, float], dict[str, Any]]] = {
    "conformance": conformance,
    "homogenisation": homogenisation,
    "neighbours": neighbours,
    "sampling": sampling,
    "training": training,
    "training-bf16": training_bf16,
    "two-processes": two_processes,
}


def _device() -> Any:
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _timed(work: Callable[[], object]) -> float:
    """Seconds on the clock, the second time: the first has kernels to find and memory to ask for."""
    import torch

    work()
    started = time.monotonic()
    work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.monotonic() - started


def _untrained(name: str, size: str) -> tuple[Any, int]:
    """A model of the catalogue with random weights, on the device, and its number of parameters."""
    import torch

    from zoo.building.builder import build
    from zoo.interfaces.dataset import Dataset
    from zoo.interfaces.domain import Domain
    from zoo.interfaces.model import Model
    from zoo.recipes.recipe import resolve

    recipe = resolve(name, "metashell", size=size)
    structure = build(Domain, build(Dataset, recipe.dataset_block).domain()).structure
    model = build(Model, recipe.model_block, structure=structure).to(_device()).eval()
    tables = {key: torch.randn(1000, *table.shape[1:]) for key, table in model.tables().items()}
    model.set_tables(tables)
    return model, sum(p.numel() for p in model.parameters())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", choices=list(BATCH), default="paper")
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--parts", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.alone:
        print(json.dumps(PARTS[arguments.parts[0]](arguments.size, arguments.minutes * 60)))
    else:
        _all(arguments)


def _all(arguments: argparse.Namespace) -> None:
    from zoo.system.files import write_json
    from zoo.system.machine import environment

    arguments.folder.mkdir(parents=True, exist_ok=True)
    target = arguments.folder / "gpu.json"
    report: dict[str, Any] = {"size": arguments.size, "environment": environment(), "parts": {}}
    end = time.monotonic() + 60 * arguments.minutes
    left = sum(SHARES[name] for name in arguments.parts)
    for name in arguments.parts:
        seconds = (end - time.monotonic()) * SHARES[name] / left
        left -= SHARES[name]
        started = time.monotonic()
        report["parts"][name] = _part(name, arguments.size, seconds)
        write_json(target, report)
        print(f"{name:15} {time.monotonic() - started:6.1f} s  {json.dumps(report['parts'][name])[:200]}", flush=True)
    print(target)


def _part(name: str, size: str, seconds: float) -> dict[str, Any]:
    """What the part says in its last line, whole or as far as it came."""
    command = [sys.executable, __file__, "-", "--alone", "--parts", name, "--size", size]
    try:
        ended = subprocess.run(
            [*command, "--minutes", str(seconds / 60)], capture_output=True, text=True, timeout=seconds + 2 * ENDING
        )
    except subprocess.TimeoutExpired as late:
        printed = (late.stdout or b"").decode().strip().splitlines()
        return {"ended": f"after {seconds + 2 * ENDING:.0f} s"} | (json.loads(printed[-1]) if printed else {})
    if ended.returncode:
        return {"failed": ended.stderr.strip().splitlines()[-3:]}
    measured: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
    return measured


if __name__ == "__main__":
    main()
