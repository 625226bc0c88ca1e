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


def merge_size(current: Marked, size: Marked, written_for: Marked | None) -> Marked:
    """`size` over `current`, wherever `current` still uses the component that the size was written for.

    `written_for` is the recipe in which the size stands, without it.
    """
    if _use(current) != _use(written_for):
        return current
    if not (current.is_mapping and size.is_mapping) or _renames(current, size):
        return size
    value = dict(current.value)
    for key, item in size.value.items():
        meant = written_for.get(key) if written_for else None
        value[key] = merge_size(value[key], item, meant) if key in value else item
    return Marked(value, current.origin)


def _renames(lower: Marked, upper: Marked) -> bool:
    return None not in (_use(lower), _use(upper)) and _use(lower) != _use(upper)


def _use(block: Marked | None) -> Any:
    use = block.get("use") if block else None
    return use.plain() if use else None
