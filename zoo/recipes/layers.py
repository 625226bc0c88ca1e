"""Layers of a recipe, merged one over another."""

from typing import Any

from zoo.recipes.yaml_lines import Marked


def merge(lower: Marked, upper: Marked) -> Marked:
    """Mappings merge, lists and scalars replace, and a different `use` replaces the whole block."""
    if not (lower.is_mapping and upper.is_mapping) or _renames(lower, upper):
        return upper
    value = dict(lower.value)
    for key, item in upper.value.items():
        value[key] = merge(value[key], item) if key in value else item
    return Marked(value, lower.origin)


def _renames(lower: Marked, upper: Marked) -> bool:
    return None not in (_use(lower), _use(upper)) and _use(lower) != _use(upper)


def _use(block: Marked | None) -> Any:
    use = block.get("use") if block else None
    return use.plain() if use else None
