"""Merging of layers, and YAML that knows its lines."""

import re
from typing import Any

import yaml
from hypothesis import given, strategies as st

from zoo.recipes.layers import merge
from zoo.recipes.yaml_lines import Marked, parse_yaml

names = st.sampled_from(["a", "b", "use"])


trees = st.recursive(
    st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=2),
    lambda inner: st.dictionaries(names, inner, max_size=3),
    max_leaves=8,
)


def marked(value: Any) -> Marked:
    return parse_yaml(yaml.safe_dump(value), lambda line: str(line))


def merged(lower: Any, upper: Any) -> Any:
    """The rule of merging, on plain data."""
    if not (isinstance(lower, dict) and isinstance(upper, dict)):
        return upper
    if lower.get("use") is not None and upper.get("use") is not None and lower["use"] != upper["use"]:
        return upper
    both = {key: merged(lower[key], upper[key]) for key in lower.keys() & upper.keys()}
    return lower | upper | both


@given(trees, trees)
def test_merging_is_the_rule(lower: Any, upper: Any) -> None:
    assert merge(marked(lower), marked(upper)).plain() == merged(lower, upper)


@given(trees)
def test_yaml_survives_its_marks(tree: Any) -> None:
    assert marked(tree).plain() == tree


def test_a_line_for_every_key() -> None:
    tree = parse_yaml("a: 1\nb:\n  c: [1,\n   2]\n  d: {e: 3}\n", lambda line: f"f:{line}")
    assert dict(tree.origins()) == {"a": "f:1", "b": "f:2", "b.c": "f:3", "b.d": "f:5", "b.d.e": "f:5"}
    assert re.fullmatch(r"f:\d", tree.origin)
