"""Reading a model folder, strictly: everything that is wrong with it is said at once, and nothing in it can run code.

A folder names components, and the registry finds their classes; no import path is read from it, no pickle, and no file
but those whose names the classes imply.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from zoo.building import build, check, shorten
from zoo.errors import ZooError
from zoo.interfaces.models import Model
from zoo.publishing.hashes import hash_of
from zoo.publishing.index import INDEX, Index, on_paper, read_index
from zoo.publishing.layout import CONFIG, OWN_WEIGHTS, SCHEDULER, networks, table_file, weight_files
from zoo.publishing.pretrained import Pretrained
from zoo.publishing.strict_configs import check_network, check_scheduler
from zoo.publishing.strict_listing import check_listing
from zoo.publishing.strict_weights import read_weights
from zoo.recipes.checking import check_settings
from zoo.recipes.drafts import read_override
from zoo.recipes.layers import merge
from zoo.recipes.yaml_lines import Marked
from zoo.registry import registry
from zoo.training.settings import Generate

Tensors = dict[str, Tensor]


def load(folder: Path | str, *, overrides: Iterable[str] = (), device: torch.device | str | None = None) -> Pretrained:
    """The model in a folder that a run or `zoo publish` has written.

    `overrides` change how it draws, as in `sampler.use=ddim` or `generate.batch=50`; nothing that weights depend on can
    be changed. `device` is the accelerator by default, else the CPU. ZooError lists everything that is wrong with the
    folder: weights, configs and keys that are missing, left over or do not fit, or what must be installed.
    """
    folder = Path(folder)
    index = read_index(folder)
    domain = on_paper("domain", index.domain)
    if domain.structure != index.structure:
        found, wanted = shorten(tuple(index.structure)), shorten(tuple(domain.structure))
        raise ZooError(f"{INDEX}: structure is {found}, and by the domain it is {wanted}.")
    block, generate = _changed(index, overrides)
    sketch = on_paper("model", index.model, structure=domain.structure)
    state, tables = _read(folder, index, sketch)
    with torch.random.fork_rng(devices=[]):
        model = build("model", block, structure=domain.structure)
    assert isinstance(model, Model)
    model.scheduler()  # One that does not fit the schedule is refused now, not at the first sample.
    model.load_state_dict(state)
    model.to(device or torch.accelerator.current_accelerator() or "cpu").eval().requires_grad_(False)
    missing = model.tables().keys() - tables
    if missing:
        raise ZooError(f"the sampler needs the training {' and '.join(missing)}, which this folder does not hold.")
    model.set_tables(tables)
    return Pretrained(model, domain, index.card, index.provenance, generate)


def _changed(index: Index, overrides: Iterable[str]) -> tuple[Mapping[str, Any], Generate]:
    """The index's model block and settings of sampling, with overrides."""
    component = registry().load("model", index.model["use"])
    legal = (*component.sampling, "generate")  # type: ignore[attr-defined]
    whole = _marked(index.model | {"generate": index.generate.model_dump(mode="json")})
    for override in overrides:
        layer = read_override(override)
        problems = [
            f"{item.origin}: weights depend on it; what can be changed is {', '.join(legal)}."
            for name, item in layer.value.items()
            if name not in legal
        ]
        if problems:
            raise ZooError(*problems)
        whole = merge(whole, layer)
    block = whole.without("generate").plain()
    settings, problems_of_settings = check_settings(Generate, whole.value["generate"].plain(), "generate")
    found = [*check("model", block).problems, *problems_of_settings]
    if found or settings is None:
        raise ZooError(*(f"--set {problem.path}: {problem.message}" for problem in found))
    return block, settings


def _marked(value: Any) -> Marked:
    return Marked({key: _marked(item) for key, item in value.items()} if isinstance(value, dict) else value, "")


def _read(folder: Path, index: Index, sketch: Model) -> tuple[Tensors, Tensors]:
    """The state and the tables of a model folder."""
    state, tables = Tensors(), Tensors()
    problems: list[str] = []
    files = {INDEX}
    for role, network in networks(sketch).items():
        files.add(f"{role}/{CONFIG}")
        problems += check_network(folder, f"{role}/{CONFIG}", network, index.model[role])
    for name, wanted in weight_files(sketch).items():
        files.add(name)
        tensors, wrong = read_weights(folder, name, wanted)
        prefix = "" if name == OWN_WEIGHTS else f"{name.split('/')[0]}."
        state |= {f"{prefix}{key}": tensor for key, tensor in tensors.items()}
        problems += wrong
    for name, table in sketch.tables().items():
        files.add(table_file(name))
        rows, wrong = read_weights(folder, table_file(name), {name: table}, rows=True)
        tables |= rows
        problems += wrong
    scheduler = sketch.scheduler()
    if scheduler is not None:
        files.add(SCHEDULER)
        problems += check_scheduler(folder, SCHEDULER, scheduler)
    problems += check_listing(folder, files)
    problems = problems or _wrong_hashes(index, state, tables)
    if problems:
        raise ZooError(*problems)
    return state, tables


def _wrong_hashes(index: Index, state: Tensors, tables: Tensors) -> list[str]:
    problems = []
    if (found := hash_of(state)) != index.provenance["weights"]:
        problems.append(f"the weights are not those of {INDEX}: their hash is {found}.")
    problems += [f"{INDEX}: tables: the model has no {shorten(name)}." for name in index.tables.keys() - tables.keys()]
    for name, table in tables.items():
        if hash_of({name: table}) != index.tables.get(name):
            problems.append(f"{table_file(name)}: it is not the one that {INDEX} names.")
    return problems
