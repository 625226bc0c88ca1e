"""Values that nobody expects, and JSON-able values with a few of them in place of their own."""

import copy
import string
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

NAMES = ["ddpm", "ddim", "srr", "identity", "metashell", "kirigami", "latent-diffusion", "circular-unet", "ras", "none"]
INTEGERS = st.sampled_from([-1, 0, 1, 2, 3, 7, 8, 12, 500, 2**31, 2**63, 10**18, 10**400, -(10**18)])
FLOATS = st.floats() | st.sampled_from([0.5, 1e-4, 1e300, 5e-324, -0.0, float("inf"), float("-inf"), float("nan")])
TEXTS = st.one_of(
    st.text(max_size=5),
    st.sampled_from([*NAMES, "", "1e-3", "12", "nan", "../x", "\0", "a\nb", "\x1b]0;evil\x07", "é𝛼", "x" * 500]),
)
SCALARS = st.one_of(st.none(), st.booleans(), INTEGERS, FLOATS, TEXTS)
WORDS = st.text(string.ascii_lowercase + "_.-", max_size=4) | st.sampled_from(
    ["use", "base", "width", "steps", "count", "dataset", "sizes", "train", "é", "a b", "0"]
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))


def near(value: Any) -> st.SearchStrategy[Any]:
    """Values that may well stand where `value` does."""
    if isinstance(value, bool):
        return st.booleans()
    if isinstance(value, int):
        return st.sampled_from([value - 1, value + 1, 2 * value, -value, 10 * value]) | st.integers(0, 40)
    if isinstance(value, float):
        return st.floats(0, 2) | st.sampled_from([-value, value / 1000])
    if isinstance(value, str):
        return st.sampled_from([*NAMES, value[1:], value.upper(), f"{value}x"])
    if isinstance(value, list):
        return st.lists(st.sampled_from(value) if value else SCALARS, max_size=4)
    return st.just(value)


@st.composite
def spoilt(draw: st.DrawFn, value: Any, most: int = 3) -> Any:
    """The value with a few entries taken away, replaced or added."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, most))):
        if not isinstance(value, dict) or not draw(st.integers(0, 20)):
            return draw(VALUES)
        known = list(places(value))
        container, key, _ = known[draw(st.integers(0, len(known) - 1))] if known else (value, "", "")
        action = draw(st.sampled_from(["change", "change", "replace", "take", "add"]))
        if action == "add" or not known:
            container[draw(WORDS)] = draw(VALUES)
        elif action == "take":
            del container[key]
        else:
            container[key] = draw(near(container[key]) if action == "change" else VALUES)
    return value


def places(value: Any, path: str = "") -> Iterator[tuple[Any, str, str]]:
    """Every mapping in a value with each of its keys, and the dotted path of that."""
    for key, item in value.items():
        inner = f"{path}.{key}" if path else key
        yield value, key, inner
        if isinstance(item, dict):
            yield from places(item, inner)
