"""A run: open the data, train each stage, sample, evaluate."""

import hashlib
import json
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from accelerate import Accelerator
from accelerate.tracking import get_available_trackers
from accelerate.utils import InitProcessGroupKwargs, LoggerType

from zoo.building.builder import build
from zoo.building.schema import complete
from zoo.data.opening import Data, check_split, open_data
from zoo.data.store import write_structures
from zoo.discovery import emit
from zoo.errors import ZooError, did_you_mean
from zoo.interfaces.conditions import misplaced, property_place
from zoo.interfaces.dataset import Dataset
from zoo.interfaces.domain import Domain
from zoo.interfaces.model import Model
from zoo.pretrained.index import describe
from zoo.pretrained.layout import networks, save_model
from zoo.pretrained.sampling import check_previews, check_refinements
from zoo.recipes import Recipe
from zoo.recipes.catalogue import name_problem
from zoo.runs.folder import RunFolder
from zoo.runs.launcher import refuse_hidden_settings
from zoo.runs.projection import project_latents, write_projection
from zoo.runs.stages import Workshop, sample_model, train_model
from zoo.runs.trackers import JsonLines
from zoo.scores.latents import held_out_latents
from zoo.scores.scoring import needs_latents, score_beside, score_file
from zoo.system import processes
from zoo.system.files import write_json, write_text
from zoo.system.locks import locked
from zoo.system.machine import environment, has_accelerators, machine_kind
from zoo.system.tensors import weights_hash
from zoo.training.batches import derive_seed
from zoo.training.loop import Point

LOGGED = {"terms": "train", "held_out": "held_out", "samples": "samples"}
"""What the numbers of a training's points are called in the log."""


@dataclass(frozen=True)
class Options:
    """How to run, as opposed to what: none of it stands in the recipe."""

    seed: int = 0
    precision: str = "no"
    """"no" (float32), "bf16" or "fp16"."""
    trackers: tuple[str, ...] = ()
    """Accelerate's trackers to use beside the JSON lines."""
    runs: Path = Path("runs")
    name: str | None = None
    """The run's folder; by default made of size, seed and a hash of the recipe."""
    checkpoint_every: float = 60.0
    """Seconds between the checkpoints of a training: what is lost at most when it is killed."""


def run_folder(recipe: Recipe, options: Options) -> RunFolder:
    """Where a run of this recipe lies: `runs/<model>.<dataset>/<name>`, and by default another place when the recipe,
    or the revision of a component, is another."""
    if options.name and (problem := name_problem(options.name)):
        raise ZooError(f"--name: {problem}")
    name = options.name or f"{recipe.size}-seed{options.seed}-{_fingerprint(recipe, options)[:6]}"
    return RunFolder(options.runs / f"{recipe.model}.{recipe.dataset}" / name)


def _fingerprint(recipe: Recipe, options: Options) -> str:
    """A hash of all that a recipe says, with the revisions of its components."""
    identity = {
        "model": complete("model", recipe.model_block),
        "dataset": complete("dataset", recipe.dataset_block),
        "evaluators": {name: complete("evaluator", block) for name, block in recipe.evaluators.items()},
        "train": {stage: settings.model_dump(mode="json") for stage, settings in recipe.train.items()},
        "generate": recipe.generate.model_dump(mode="json"),
        "precision": options.precision,
    }
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def plan(recipe: Recipe, options: Options) -> list[str]:
    """What `run` would do, a line each: data, networks, stages, samples, folder."""
    dataset = _dataset(recipe)
    domain = build(Domain, dataset.domain())
    check_refinements(recipe.generate, domain)
    with torch.device("meta"):
        model = build(Model, recipe.model_block, structure=domain.structure)
    check_previews(model, recipe.train)
    lines = [f"data        {dataset.count:,} structures of {'x'.join(map(str, domain.structure.shape))}"]
    for role, network in networks(model).items():
        lines.append(f"network     {role}: {sum(p.numel() for p in network.parameters()):,} parameters")
    for name in model.trains:
        train = recipe.train[name]
        length = f"{train.steps} steps" if train.steps else f"{train.epochs:g} epochs"
        lines.append(f"stage       {name}: {length}, batch {train.batch}")
    lines.append(f"samples     {recipe.generate.count:,}")
    lines.append(f"folder      {run_folder(recipe, options).path}")
    return lines


def run(recipe: Recipe, options: Options, command: Sequence[str]) -> RunFolder:
    """Do everything a recipe says but the page. What an earlier run has finished is taken from the stage cache.

    `command` is how the user asked for it, for the page.
    """
    refuse_hidden_settings(options.precision)
    _dataset(recipe)
    folder = run_folder(recipe, options)
    with locked(folder.path):
        accelerator = _accelerator(folder, options)
        _run(recipe, options, command, folder, accelerator)
        # Not `end_training`, which also parts the processes: they may have more runs to do.
        for tracker in accelerator.trackers:
            tracker.finish()
    return folder


def _dataset(recipe: Recipe) -> Dataset:
    dataset = build(Dataset, recipe.dataset_block)
    check_split(dataset, recipe.dataset)
    return dataset


def _run(recipe: Recipe, options: Options, command: Sequence[str], folder: RunFolder, accelerator: Accelerator) -> None:
    accelerator.init_trackers(f"{recipe.model}.{recipe.dataset}", config={"recipe": json.dumps(recipe.to_dict())})
    if processes.is_main():
        write_text(folder.recipe, yaml.safe_dump(recipe.to_dict(), sort_keys=False))
        write_json(folder.environment, environment() | {"command": shlex.join(command)})
    data = open_data(recipe.dataset_block)
    if processes.is_main():
        data.check()
    model = _model(recipe, options, data).to(accelerator.device)
    block = complete("model", recipe.model_block)
    workshop = _workshop(options, model, data, accelerator, folder)
    train_model(model, data, block, recipe.train, workshop)
    structures = sample_model(model, data.domain, recipe.generate, block, workshop)
    provenance = _provenance(recipe, options, data, model)
    if processes.is_main():
        binary = data.domain.binary
        write_structures(folder.samples, structures, binary=binary, properties={}, metadata=provenance)
        save_model(model, describe(recipe, data.card, model, provenance), folder.model)
        write_projection(folder.latents, project_latents(model, data, options.seed))
        emit("samples", folder.path, {"count": len(structures)})
    judged = any(needs_latents(block) for block in recipe.evaluators.values())
    latents = held_out_latents(model, data, options.seed) if judged else None
    wanted = {name: np.full(len(structures), value) for name, value in recipe.generate.condition.items()}
    scored = score_beside(structures, data, recipe.evaluators, options.runs / ".scores", latents, wanted)
    if processes.is_main():
        stages = [asdict(record) | {"folder": record.folder.name} for record in workshop.records]
        write_json(folder.stages, {"stages": stages, "scoring": scored.cost._asdict()})
        write_json(folder.scores, score_file(provenance, scored))
        values = {name: {n: s.value for n, s in group.items()} for name, group in scored.scores.items()}
        emit("scores", folder.path, values)


def _model(recipe: Recipe, options: Options, data: Data) -> Model:
    """The untrained model, checked."""
    torch.manual_seed(derive_seed(options.seed, "weights"))
    model = build(Model, recipe.model_block, structure=data.domain.structure)
    _check_conditions(model, recipe, data)
    check_refinements(recipe.generate, data.domain)
    check_previews(model, recipe.train)
    return model


def _accelerator(folder: RunFolder, options: Options) -> Accelerator:
    known = {str(name) for name in LoggerType if name != LoggerType.ALL}
    installed = {str(name) for name in get_available_trackers()}
    problems = [
        f"there is no tracker {name!r}.{did_you_mean(name, known)}" for name in options.trackers if name not in known
    ]
    problems += [
        f"tracker {name!r} needs more: pip install {name}" for name in options.trackers if name in known - installed
    ]
    if problems:
        raise ZooError(*problems)
    trackers = [JsonLines(folder.log), *options.trackers]
    # A process may long wait for another at work; one that has failed is found and ended by the launcher.
    patience = InitProcessGroupKwargs(timeout=timedelta(days=7))
    accelerator = Accelerator(
        # Asked for nothing, Accelerate would leave several processes without GPUs to themselves.
        cpu=processes.count() > 1 and not has_accelerators(),
        mixed_precision=options.precision,
        log_with=trackers,
        project_dir=folder.path,
        kwargs_handlers=[patience],
    )
    if accelerator.num_processes != processes.count():
        raise ZooError(f"{processes.count()} processes were started, and Accelerate can let none work together here.")
    return accelerator


def _workshop(options: Options, model: Model, data: Data, accelerator: Accelerator, folder: RunFolder) -> Workshop:
    def log(point: Point) -> None:
        kind = next(kind for kind in LOGGED if kind in point)
        prefix = "/".join([point["stage"], *([point["player"]] if "player" in point else []), LOGGED[kind]])
        accelerator.log({f"{prefix}/{name}": value for name, value in point[kind].items()}, step=point["step"])

    def notify(event: str, payload: Mapping[str, Any]) -> None:
        if processes.is_main():
            emit(event, folder.path, payload)

    # Labels that turn with their structures are not what they were before zoo turned them, and a checksum does not tell
    # how they turn.
    kinds = data.directions.kinds if data.domain.orientations > 1 else {}
    wholes = {name: property_place(name)[0] for name in model.conditions}
    directional = {name: kinds[whole] for name, whole in wholes.items() if whole in kinds}
    turned = {"turned": directional} if directional else {}
    # Nor does it tell that of the copies of a structure those that differ are shown in turn.
    copies = {"copies": len(data.train)} if data.domain.orientations > 1 else {}
    common = {
        "dataset": data.checksum,
        "seed": options.seed,
        "precision": options.precision,
        "processes": processes.count(),
        "device": accelerator.device.type,
        **turned,
        **copies,
    }
    return Workshop(
        root=options.runs / ".stages",
        accelerator=accelerator,
        seed=options.seed,
        common=common,
        checkpoint_every=options.checkpoint_every,
        notify=notify,
        log=log,
    )


def _check_conditions(model: Model, recipe: Recipe, data: Data) -> None:
    known = data.store.properties
    problems = []
    for name in model.conditions:
        whole, _ = property_place(name)
        if whole not in known:
            hint = did_you_mean(whole, known)
            problems.append(f"the model is conditioned on {name!r}, and {recipe.dataset} has no such property.{hint}")
        elif misfit := misplaced(name, known[whole].shape[1:]):
            problems.append(misfit)
        elif obstacle := data.directions.obstacle(whole):
            problems.append(
                f"condition {name!r} depends on direction, and {obstacle}: turned copies of a structure would have no "
                f"value. Leave it out, or import the data with --property-kind {whole}=scalar if it does not turn."
            )
    if problems:
        raise ZooError(*problems)


def _provenance(recipe: Recipe, options: Options, data: Data, model: Model) -> dict[str, Any]:
    """What a number of this run must be quoted with."""
    refined = {"refined": ", ".join(recipe.generate.refine)} if recipe.generate.refine else {}
    return {
        "model": recipe.model,
        "size": recipe.size,
        "dataset": f"{recipe.dataset.partition('@')[0]}@{data.card.edition}",
        "dataset_items": len(data.store),
        "dataset_checksum": data.checksum[:16],
        "seed": options.seed,
        "precision": options.precision,
        "weights": weights_hash(model),
        "parameters": sum(p.numel() for p in model.parameters()),
        "machine": machine_kind(),
        **refined,
    }
