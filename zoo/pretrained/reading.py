"""The files of a model folder, held against a sketch of the model: one without weights, on torch's meta device."""

from pathlib import Path

from torch import Tensor

from zoo.errors import ZooError, shorten
from zoo.interfaces.model import Model
from zoo.pretrained.index import INDEX, Index
from zoo.pretrained.layout import CONFIG, SCHEDULER, files, networks, prefix, table_file, weight_files
from zoo.pretrained.strict_configs import check_network, check_scheduler
from zoo.pretrained.strict_listing import check_listing
from zoo.pretrained.strict_weights import read_weights
from zoo.system.tensors import hash_of

Tensors = dict[str, Tensor]


def read_model(folder: Path, index: Index, sketch: Model) -> tuple[Tensors, Tensors]:
    """The state and the tables of the model in a folder; ZooError lists all that is wrong with any file."""
    state, problems_of_state = _read_state(folder, sketch)
    tables, problems_of_tables = _read_tables(folder, sketch)
    problems = [
        *_config_problems(folder, index, sketch),
        *problems_of_state,
        *problems_of_tables,
        *check_listing(folder, files(sketch)),
    ]
    if problems := problems or _wrong_hashes(index, state, tables):
        raise ZooError(*problems)
    return state, tables


def _config_problems(folder: Path, index: Index, sketch: Model) -> list[str]:
    problems = []
    for role, network in networks(sketch).items():
        problems += check_network(folder, f"{role}/{CONFIG}", network, index.model[role])
    scheduler = sketch.scheduler()
    if scheduler is not None:
        problems += check_scheduler(folder, SCHEDULER, scheduler)
    return problems


def _read_state(folder: Path, sketch: Model) -> tuple[Tensors, list[str]]:
    state = Tensors()
    problems = []
    for name, wanted in weight_files(sketch).items():
        tensors, wrong = read_weights(folder, name, wanted)
        state |= {f"{prefix(name)}{key}": tensor for key, tensor in tensors.items()}
        problems += wrong
    return state, problems


def _read_tables(folder: Path, sketch: Model) -> tuple[Tensors, list[str]]:
    tables = Tensors()
    problems = []
    for name, wanted in sketch.tables().items():
        rows, wrong = read_weights(folder, table_file(name), {name: wanted}, rows=True)
        tables |= rows
        problems += wrong
    return tables, problems


def _wrong_hashes(index: Index, state: Tensors, tables: Tensors) -> list[str]:
    problems = []
    if (weights := hash_of(state)) != index.provenance["weights"]:
        problems.append(f"the weights are not those of {INDEX}: their hash is {weights}.")
    problems += [f"{INDEX}: tables: the model has no {shorten(name)}." for name in index.tables.keys() - tables.keys()]
    for name, table in tables.items():
        if hash_of({name: table}) != index.tables.get(name):
            problems.append(f"{table_file(name)}: it is not the one that {INDEX} names.")
    return problems
