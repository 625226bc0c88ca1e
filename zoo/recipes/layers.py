"""Layers of a recipe, merged one over another."""

from typing import Any

from zoo.recipes.yaml_lines import Marked

_LENGTHS = {"epochs", "steps"}


def merge(lower: Marked, upper: Marked, *, one_layer: bool = False) -> Marked:
    """Mappings merge, lists and scalars replace, and a different `use` replaces the whole block.

    Of `epochs` and `steps`, two ways to say one thing, the upper's replaces the lower's, unless both are parts of
    `one_layer`, which must not say both.
    """
    if not (lower.is_mapping and upper.is_mapping) or _renames(lower, upper):
        return upper
    said = _LENGTHS & upper.value.keys()
    replaced = _LENGTHS - said if said and not one_layer else set()
    value = {key: item for key, item in lower.value.items() if key not in replaced}
    for key, item in upper.value.items():
        value[key] = merge(value[key], item, one_layer=one_layer) if key in value else item
    return Marked(value, lower.origin)


def _renames(lower: Marked, upper: Marked) -> bool:
    return None not in (_use(lower), _use(upper)) and _use(lower) != _use(upper)


def _use(block: Marked | None) -> Any:
    use = block.get("use") if block else None
    return use.plain() if use else None
