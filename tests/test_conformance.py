"""Everything registered keeps the contract of its kind, by the kit that plugin authors use.

A new component needs an example, small arguments and a small dataset if it works on structures, in the `examples.py`
of its plugin's tests.
"""

import runpy
from pathlib import Path
from typing import Any

import pytest

from zoo.registry import registry
from zoo.testing import check

PLUGINS = [runpy.run_path(str(path))["EXAMPLES"] for path in sorted(Path(__file__).parent.glob("*/examples.py"))]
EXAMPLES = {key: example for examples in PLUGINS for key, example in examples.items()}
COMPONENTS = [(component.kind, component.name) for component in registry().components()]


@pytest.mark.parametrize(("kind", "name"), COMPONENTS)
def test_every_component_keeps_its_contract(kind: str, name: str) -> None:
    example: Any = EXAMPLES[kind, name]
    example = dict(example() if callable(example) else example)
    check(kind, {"use": name, **example.pop("block", {})}, **example)


def test_no_example_is_left_over() -> None:
    assert EXAMPLES.keys() == set(COMPONENTS)
    assert len(EXAMPLES) == sum(len(examples) for examples in PLUGINS)
