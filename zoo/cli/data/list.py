"""`zoo data list`: datasets by name, and what lies on this machine."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from zoo.cli.data.opening import dataset_block
from zoo.cli.support.tables import print_table
from zoo.discovery import discovery
from zoo.errors import ZooError
from zoo.recipes.catalogue import read_catalogue
from zoo.system.places import home

Row = tuple[str, str, str, str, str]


def list_data() -> None:
    """List every dataset with its edition, how many structures it has, and where they lie if they are built; then
    those that were built with other arguments."""
    from zoo.building.builder import build
    from zoo.data.making import is_whole
    from zoo.data.opening import data_folder
    from zoo.interfaces.dataset import Dataset

    catalogue = read_catalogue(discovery(), Path.cwd())
    rows: list[Row] = []
    named: set[Path] = set()
    for name in catalogue.names("datasets"):
        try:
            block = dataset_block(name)
            dataset = build(Dataset, block)
            folder = data_folder(block, dataset)
            source = catalogue.lineage("datasets", name).source
        except ZooError as error:
            rows.append((name, "", "", f"cannot be used: {error}", ""))
            continue
        named.add(folder)
        where = str(folder) if is_whole(folder) else "not built yet"
        rows.append((name, dataset.card().edition, f"{dataset.count:,}", where, source))
    print_table(("dataset", "edition", "structures", "where", "from"), rows)
    others = list(_others(named))
    if others:
        typer.echo()
        print_table(("built of", "edition", "structures", "where", "arguments"), others)


def _others(named: set[Path]) -> Iterator[Row]:
    """What lies in the folder of datasets, made with other arguments than those of the catalogue."""
    from zoo.data.making import describe_store, is_whole

    for folder in sorted((home() / "datasets").glob("*")):
        if folder not in named and is_whole(folder):
            try:
                card, count, block = describe_store(folder)
            except ZooError as error:
                yield "?", "", "", f"cannot be used: {error}", ""
                continue
            yield block["use"], card.edition, f"{count:,}", str(folder), _arguments(block)


def _arguments(block: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in block.items() if name != "use")
