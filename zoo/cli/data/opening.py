"""What the commands of `zoo data` share: naming a dataset, opening it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from zoo.data.opening import Data

Name = Annotated[str, typer.Argument(metavar="DATASET", help="A dataset; `zoo data list` names them.")]
Changes = Annotated[
    list[str] | None, typer.Option("--set", help="Change how it is made: resolution=24, count=4000. Repeatable.")
]


def dataset_block(name: str, changes: Sequence[str] | None = None) -> dict[str, Any]:
    """The recipe block of a dataset of the catalogue, with changes."""
    from zoo.recipes import resolve_dataset

    return resolve_dataset(name, [f"dataset.{change}" for change in changes or ()]).block


def opened(name: str, changes: Sequence[str] | None = None) -> "Data":
    """A dataset, built first if it is not there yet."""
    from zoo.data.opening import open_data

    return open_data(dataset_block(name, changes))


def arguments(changes: Sequence[str] | None) -> Mapping[str, Any]:
    """`--set` as the arguments of a component."""
    from zoo.recipes.drafts import read_override
    from zoo.recipes.layers import merge
    from zoo.recipes.yaml_lines import Marked

    layer = Marked({}, "--set")
    for change in changes or ():
        layer = merge(layer, read_override(change))
    plain: Mapping[str, Any] = layer.plain()
    return plain
