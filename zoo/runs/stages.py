"""Stages of a run: their keys, made of all that determines an output, and where outputs are kept.

A stage's output lies under `runs/.stages/<name>-<key>/`. The key is a hash of everything that determines it: its slice
of the recipe with the defaults filled in and the revisions of its components, the dataset's checksum, the seed, the
precision, the number of processes and the keys of the stages before it. A folder with `stage.json` and a whole output
is finished; in any other, what lies there is where an interrupted stage goes on.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from pydantic import TypeAdapter, ValidationError
from torch import Tensor

from zoo.data.store import Store, write_structures
from zoo.errors import ZooError
from zoo.interfaces.data import Data
from zoo.interfaces.domain import Domain
from zoo.interfaces.model import Fitting, Model, Stage, Table, Tabulation, Training
from zoo.pretrained.sampling import described, draw
from zoo.recipes.settings import Generate, Train
from zoo.system import processes
from zoo.system.chunks import clear_parts, make_parts
from zoo.system.files import read_json, write_json
from zoo.system.locks import unless
from zoo.system.machine import PeakMemory
from zoo.system.tensors import is_readable, kept_at, read_kept, write_kept
from zoo.training.checkpoint import load_module, module_tensors
from zoo.training.loop import Loop, Point, parameters, round_items

ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Record:
    """What is known of a finished stage."""

    name: str
    key: str
    folder: Path
    cached: bool
    seconds: float
    peak_mib: Mapping[str, int]
    parameters: int = 0
    moves: Mapping[str, int] = field(default_factory=dict)
    """Of a training: optimiser steps by player. Of stages of an older zoo none are known."""
    seen: int = 0
    """Of a training: how many structures it was shown, each as often as it came."""
    state: str = ""
    """Hash of weights, averages and optimiser state at the end of a training. Interruptions do not change it."""
    history: tuple[Point, ...] = ()
    pushed: float | None = None
    """Of samples whose sampler steers: the share of steps in which a sample was moved."""
    push_length: float | None = None
    """Over those steps, the mean length of the move, as a share of the noise's."""


@dataclass
class Workshop:
    """Where stages are run and kept."""

    root: Path
    accelerator: Accelerator
    seed: int
    common: Mapping[str, Any]
    """Enters every key: the dataset's checksum, the seed, the precision, the number of processes."""
    checkpoint_every: float = 60.0
    """Seconds between the checkpoints of a training."""
    notify: Callable[[str, Mapping[str, Any]], None] = lambda event, payload: None
    log: Callable[[Point], None] = lambda point: None
    records: list[Record] = field(default_factory=list)

    def key(self, parts: Mapping[str, Any]) -> str:
        """The key of the next stage: `parts`, what is common to all, and the keys of the stages so far."""
        before = [record.key for record in self.records]
        text = json.dumps([parts, dict(self.common), before], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @contextmanager
    def stage(self, name: str, key: str) -> Iterator["Workplace"]:
        """A folder to work in, unless the stage is finished already; records the stage when the block ends."""
        place = Workplace(name, key, self.root / f"{name}-{key}")
        memory = PeakMemory()
        memory.reset()
        started = time.monotonic()
        with unless(lambda: place.finished, place.folder) as needed:
            place.needed = needed
            yield place
            processes.wait_for_all()
            if processes.is_main():
                if needed:
                    spent = place.earlier_seconds + time.monotonic() - started
                    facts = {"name": name, "key": key, "seconds": round(spent, 1), "peak_mib": memory.mebibytes()}
                    write_json(place.folder / "stage.json", facts | place.facts)
                place.clear()
        self.records.append(_read_record(place.folder, cached=not needed))
        self.notify("stage", {"name": name, "key": key, "cached": not needed})


def _read_record(folder: Path, *, cached: bool) -> Record:
    facts = read_json(folder / "stage.json") | {"folder": folder, "cached": cached}
    try:
        return TypeAdapter(Record).validate_python(facts)
    except ValidationError as error:
        wrong = ", ".join(sorted({str(details["loc"][0]) for details in error.errors()}))
        raise ZooError(
            f"{folder / 'stage.json'}: {wrong}: not as a stage has them; remove {folder}, and the stage is run again."
        ) from error


@dataclass
class Workplace:
    """The folder of one stage."""

    name: str
    key: str
    folder: Path
    needed: bool = True
    """Whether the stage is still to be run."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the stage adds to its `stage.json`."""
    earlier_seconds: float = 0.0
    """Time spent by attempts that were interrupted, up to their last checkpoint."""

    @property
    def finished(self) -> bool:
        return (self.folder / "stage.json").exists() and is_readable(self.output)

    @property
    def output(self) -> Path:
        return self.folder / "output.safetensors"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.safetensors"

    def clear(self) -> None:
        """Remove what a finished stage needs no more. Only now: who is killed earlier finds it and goes on from it."""
        self.checkpoint.unlink(missing_ok=True)
        clear_parts(self.folder)


def train_model(
    model: Model,
    data: Data,
    block: Mapping[str, Any],
    train: Mapping[str, Train],
    workshop: Workshop,
) -> None:
    """Run, or load, every stage of a model. `block` is its recipe block, defaults and revisions filled in."""
    stages = model.stages(data)
    table: Table | None = None

    def preview(count: int) -> Mapping[str, float]:
        return described(model, data.domain, count, workshop.seed)

    try:
        while True:
            table = _run_stage(stages.send(table), block, train, workshop, preview)
    except StopIteration:
        return


def _run_stage(
    stage: Stage,
    block: Mapping[str, Any],
    train: Mapping[str, Train],
    workshop: Workshop,
    preview: Callable[[int], Mapping[str, float]],
) -> Table | None:
    parts: dict[str, Any] = {"stage": stage.name, "recipe": {role: block.get(role) for role in stage.roles}}
    if isinstance(stage, Fitting):
        with workshop.stage(stage.name, workshop.key(parts)) as place:
            if place.needed:
                _fit(stage, place)
        load_module(stage.name, stage.module, read_kept(place.output)[0])
        return None
    if isinstance(stage, Tabulation):
        with workshop.stage(stage.name, workshop.key(parts)) as place:
            if place.needed:
                _tabulate(stage, place, workshop)
        return _read_table(place.output)
    settings = train[stage.name]
    # Curves that nobody asked for change no key.
    parts["train"] = settings.model_dump(mode="json", exclude=None if settings.preview else {"preview"})
    with workshop.stage(stage.name, workshop.key(parts)) as place:
        if place.needed:
            _train(stage, settings, place, workshop, preview)
    _load(stage, place.output, workshop)
    return None


def _train(
    stage: Training,
    settings: Train,
    place: Workplace,
    workshop: Workshop,
    preview: Callable[[int], Mapping[str, float]],
) -> None:
    place.facts["parameters"] = parameters(stage.players)
    loop = Loop(
        stage,
        settings,
        seed=workshop.seed,
        accelerator=workshop.accelerator,
        log=workshop.log,
        preview=(lambda: preview(settings.preview)) if settings.preview else None,
    )
    place.facts["history"] = loop.run(
        place.checkpoint,
        workshop.checkpoint_every,
        lambda: workshop.notify("checkpoint", {"stage": stage.name, "step": loop.step, "steps": loop.steps}),
    )
    place.facts["moves"] = {player.name: loop.steps * player.moves for player in stage.players}
    place.facts["seen"] = loop.steps * round_items(stage, settings)
    place.facts["state"] = loop.state
    place.earlier_seconds = loop.earlier_seconds
    if processes.is_main():
        tensors: dict[str, Tensor] = {}
        for player in stage.players:
            tensors |= module_tensors(player.name, player.module)
        write_kept(place.output, tensors, {})


def _load(stage: Training, path: Path, workshop: Workshop) -> None:
    tensors, _ = read_kept(path)
    for player in stage.players:
        load_module(player.name, player.module, tensors)
        player.module.requires_grad_(False)
        player.module.to(workshop.accelerator.device).eval()


@torch.no_grad()
def _fit(stage: Fitting, place: Workplace) -> None:
    if processes.is_main():
        stage.function()
        write_kept(place.output, module_tensors(stage.name, stage.module), {})


@torch.no_grad()
def _tabulate(stage: Tabulation, place: Workplace, workshop: Workshop) -> None:
    def make(items: range, path: Path) -> None:
        batch = stage.source.batch(np.arange(items.start, items.stop), workshop.accelerator.device)
        write_kept(path, {name: column.cpu() for name, column in stage.function(batch).items()}, {})

    parts = make_parts(stage.name, place.folder, len(stage.source), ROWS_AT_ONCE, make)
    if processes.is_main():
        chunks = [read_kept(path)[0] for path in parts]
        write_kept(place.output, {name: torch.cat([chunk[name] for chunk in chunks]) for name in chunks[0]}, {})


def _read_table(path: Path) -> Table:
    columns, _ = read_kept(path)
    return Table(
        columns,
        mean={name: column.double().mean(0).to(column.dtype) for name, column in columns.items()},
        std={name: column.double().std(0).to(column.dtype) for name, column in columns.items()},
    )


def sample_model(
    model: Model,
    domain: Domain,
    generate: Generate,
    block: Mapping[str, Any],
    workshop: Workshop,
) -> np.ndarray:
    """Hard structures `[n, *S]` from a trained model. Whole batches go to processes; each is kept once drawn.

    `block` is the model's whole recipe block: what determines no weights, as the sampler does, determines samples.
    """
    parts = {"stage": "samples", "generate": generate.model_dump(mode="json"), "recipe": block}
    with workshop.stage("samples", workshop.key(parts)) as place:
        if place.needed:
            _draw(model, domain, generate, place, workshop)
    return _structures(place.output)


def _draw(model: Model, domain: Domain, generate: Generate, place: Workplace, workshop: Workshop) -> None:
    def make(items: range, path: Path) -> None:
        lengths: list[Tensor] = []
        model.record = lengths.append
        drawn = draw(model, domain, items, generate, seed=workshop.seed, condition=generate.condition)
        model.record = None
        metadata = kept_at(path) | {"pushes": _pushes(lengths, len(items))}
        write_structures(path, drawn, binary=domain.binary, properties={}, metadata=metadata)

    parts = make_parts("samples", place.folder, generate.count, generate.batch, make)
    if processes.is_main():
        structures = np.concatenate([_structures(path) for path in parts])
        metadata = kept_at(place.output)
        write_structures(place.output, structures, binary=domain.binary, properties={}, metadata=metadata)
        steps, pushed, length = (sum(column) for column in zip(*(_kept_pushes(path) for path in parts), strict=True))
        if steps:
            place.facts |= {"pushed": pushed / steps, "push_length": length / max(pushed, 1)}


def _pushes(lengths: list[Tensor], rows: int) -> tuple[int, int, float]:
    """Steps of the first `rows` samples, those in which they were moved, and the sum of the lengths."""
    if not lengths:
        return 0, 0, 0.0
    steps = torch.stack(lengths)[:, :rows].double()
    return steps.numel(), int((steps > 0).sum()), float(steps.sum())


def _kept_pushes(path: Path) -> tuple[int, int, float]:
    steps, pushed, length = Store(path).metadata.get("pushes", (0, 0, 0.0))
    return steps, pushed, length


def _structures(path: Path) -> np.ndarray:
    read_kept(path)
    return Store(path).array()
