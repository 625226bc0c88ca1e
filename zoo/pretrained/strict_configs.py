"""Configs that fit: those of networks say what the index says, that of the scheduler is the scheduler's."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from diffusers.schedulers.scheduling_utils import SchedulerMixin

from zoo.building.schema import RESERVED
from zoo.errors import ZooError, did_you_mean, shorten
from zoo.interfaces.network import Network
from zoo.pretrained.index import INDEX
from zoo.pretrained.strict_files import read_json

VERSION = "_diffusers_version"
"""Key of the version of diffusers that wrote a config: told, not needed."""


def check_network(folder: Path, name: str, network: Network, block: Mapping[str, Any]) -> list[str]:
    """What is wrong with the config of a network, `block` being its block in the index.

    The class's name stands there for readers of diffusers. We check it, and never import by it.
    """
    own = json.loads(network.to_json_string())
    wanted = {key: value for key, value in own.items() if key in ("_class_name", *RESERVED)}
    wanted |= {key: value for key, value in block.items() if key != "use"}
    try:
        config = read_json(folder, name)
    except ZooError as error:
        return list(error.problems)
    config.pop(VERSION, None)
    kept = {key: value for key, value in config.items() if key not in network.retired}
    return [f"{name}: {problem}" for problem in _differences(kept, wanted)]


def check_scheduler(folder: Path, name: str, scheduler: SchedulerMixin) -> list[str]:
    """What is wrong with the config of the scheduler. One of another diffusers may have other keys."""
    wanted = json.loads(scheduler.to_json_string())
    try:
        config = read_json(folder, name)
    except ZooError as error:
        return list(error.problems)
    if config.pop(VERSION, None) != wanted.pop(VERSION):
        common = config.keys() & wanted.keys()
        config, wanted = {key: config[key] for key in common}, {key: wanted[key] for key in common}
    return [f"{name}: {problem}" for problem in _differences(config, wanted)]


def _differences(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{key!r} is missing." for key in wanted if key not in found)
    for key, value in found.items():
        if key not in wanted:
            yield f"unknown key {shorten(key)}.{did_you_mean(key, wanted)}"
        elif not _same(value, wanted[key]):
            yield f"{key} is {shorten(value)}, and by {INDEX} it is {shorten(wanted[key])}."


def _same(one: Any, other: Any) -> bool:
    """Equal, but for the last digits of numbers: tables are computed anew, and machines differ in them."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-6)
    return type(one) is type(other) and bool(one == other)
