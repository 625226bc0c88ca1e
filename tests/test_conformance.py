"""Everything registered keeps the contract of its kind, by the kit that plugin authors use.

A new component needs an example in the `examples.py` of its plugin's tests.
"""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from zoo.data.importing import import_data
from zoo.registry import registry
from zoo.system.places import imported_folder
from zoo.testing import check

HERE = Path(__file__).parent
CELLS = HERE / "zoo_voxels" / "components" / "importers" / "files" / "cells.npz"
EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {}
for path in sorted(HERE.glob("*/examples.py")):
    EXAMPLES |= runpy.run_path(str(path))["EXAMPLES"]

COMPONENTS = [(component.kind, component.name) for component in registry().components()]


@pytest.mark.parametrize(("kind", "name"), COMPONENTS)
def test_every_component_keeps_its_contract(kind: str, name: str) -> None:
    example = dict(EXAMPLES[kind, name])
    block = {"use": name, **example.pop("block", {})}
    if name == "imported":
        import_data(block["name"], [CELLS], quiet=True)
        block |= {"checksum": json.loads((imported_folder(block["name"]) / "card.json").read_text())["checksum"]}
    check(kind, block, **example)


def test_no_example_is_left_over() -> None:
    assert EXAMPLES.keys() == set(COMPONENTS)
