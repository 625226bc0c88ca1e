"""A plugin-based zoo of generative models for mechanical metamaterials.

Everything public is exported here and loaded on first use, so that `import zoo` stays instant.
"""

import importlib
from typing import TYPE_CHECKING, Any

from zoo.errors import ZooError
from zoo.hookspecs import Command, Component, hookimpl
from zoo.system import compat

if TYPE_CHECKING:
    from diffusers.configuration_utils import register_to_config

    from zoo.cli.tables import print_table
    from zoo.data import open_data
    from zoo.interfaces.diffusion import Objective, Regulariser, Sampler, Schedule, Walk
    from zoo.interfaces.importer import Entry, Importer
    from zoo.interfaces.models import Model, Player, Table, Tabulation, Training
    from zoo.interfaces.networks import (
        Condition,
        Critic,
        Denoiser,
        Encoder,
        Generator,
        Level,
        Network,
        Posterior,
    )
    from zoo.interfaces.noise import Noise
    from zoo.interfaces.scores import Evaluator, Facts, Items, Reference, Score, bootstrap, jackknife
    from zoo.interfaces.structures import (
        Card,
        Chunk,
        Dataset,
        Domain,
        Figure,
        Negatives,
        Property,
        Structure,
    )
    from zoo.publishing.loading import load
    from zoo.publishing.pretrained import Pretrained
    from zoo.publishing.results import Results, read_results
    from zoo.regularisers.gather import gather
    from zoo.store import read_samples
    from zoo.system.arrays import array_errors, read_array
    from zoo.system.files import whole_file
    from zoo.system.locks import locked
    from zoo.system.machine import require_memory
    from zoo.system.processes import shared
    from zoo.system.progress import bar

_LAZY = {
    "zoo.system.arrays": ("array_errors", "read_array"),
    "diffusers.configuration_utils": ("register_to_config",),
    "zoo.cli.tables": ("print_table",),
    "zoo.data": ("open_data",),
    "zoo.system.files": ("whole_file",),
    "zoo.interfaces.diffusion": ("Objective", "Regulariser", "Sampler", "Schedule", "Walk"),
    "zoo.interfaces.importer": ("Entry", "Importer"),
    "zoo.interfaces.models": ("Model", "Player", "Table", "Tabulation", "Training"),
    "zoo.interfaces.networks": (
        "Condition",
        "Critic",
        "Denoiser",
        "Encoder",
        "Generator",
        "Level",
        "Network",
        "Posterior",
    ),
    "zoo.interfaces.noise": ("Noise",),
    "zoo.interfaces.scores": ("Evaluator", "Facts", "Items", "Reference", "Score", "bootstrap", "jackknife"),
    "zoo.interfaces.structures": (
        "Card",
        "Chunk",
        "Dataset",
        "Domain",
        "Figure",
        "Negatives",
        "Property",
        "Structure",
    ),
    "zoo.system.locks": ("locked",),
    "zoo.publishing.loading": ("load",),
    "zoo.publishing.pretrained": ("Pretrained",),
    "zoo.publishing.results": ("Results", "read_results"),
    "zoo.system.machine": ("require_memory",),
    "zoo.system.processes": ("shared",),
    "zoo.system.progress": ("bar",),
    "zoo.regularisers.gather": ("gather",),
    "zoo.store": ("read_samples",),
}
_HOME = {name: module for module, names in _LAZY.items() for name in names}

__all__ = [
    "Card",
    "Chunk",
    "Command",
    "Component",
    "Condition",
    "Critic",
    "Dataset",
    "Denoiser",
    "Domain",
    "Encoder",
    "Entry",
    "Evaluator",
    "Facts",
    "Figure",
    "Generator",
    "Importer",
    "Items",
    "Level",
    "Model",
    "Negatives",
    "Network",
    "Noise",
    "Objective",
    "Player",
    "Posterior",
    "Pretrained",
    "Property",
    "Reference",
    "Regulariser",
    "Results",
    "Sampler",
    "Schedule",
    "Score",
    "Structure",
    "Table",
    "Tabulation",
    "Training",
    "Walk",
    "ZooError",
    "array_errors",
    "bar",
    "bootstrap",
    "gather",
    "hookimpl",
    "jackknife",
    "load",
    "locked",
    "open_data",
    "print_table",
    "read_array",
    "read_results",
    "read_samples",
    "register_to_config",
    "require_memory",
    "shared",
    "whole_file",
]

compat.install()


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zoo' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
