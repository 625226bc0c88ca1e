"""Blocks of an earlier revision: arguments that a component no longer has."""

from collections.abc import Mapping
from typing import Any

from zoo.building.schema import arguments_of
from zoo.errors import ZooError
from zoo.registry import load_contract, registry


def without_retired(kind: str, block: Any) -> tuple[Any, list[str]]:
    """A block less the arguments that its component, or one within, calls retired, and a phrase for each component that
    has lost some. What is malformed is left as it is, for a check to tell.
    """
    if not isinstance(block, Mapping) or not isinstance(block.get("use"), str):
        return block, []
    try:
        retired = registry().load(load_contract(kind), block["use"]).retired
        arguments = arguments_of(kind, block)
    except ZooError:
        return block, []
    kept = {key: value for key, value in block.items() if key not in retired}
    lost = [key for key in block if key in retired]
    phrases = [f"{block['use']}, which no longer takes {' and '.join(lost)}"] if lost else []
    for argument in arguments.values():
        if argument.kind and argument.name in kept:
            kept[argument.name], more = without_retired(argument.kind, kept[argument.name])
            phrases += more
    return kept, phrases
