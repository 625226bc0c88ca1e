"""`zoo check`: does every recipe resolve?"""

from pathlib import Path

import typer

from zoo.cli.support.tables import print_table
from zoo.discovery import discovery
from zoo.errors import ZooError
from zoo.recipes.catalogue import IMPORTED, Catalogue, read_catalogue


def check() -> None:
    """Resolve every model at every size on every dataset that it fits.

    A model fits a dataset if at least one of its sizes does. All of them must then, unless the dataset is one that the
    user has imported, for which no recipe was made.
    """
    catalogue = read_catalogue(discovery(), Path.cwd())
    problems: list[str] = []
    rows = []
    for model in catalogue.names("models"):
        row, wrong = _check_model(catalogue, model)
        rows.append(row)
        problems += wrong
    print_table(("model", "sizes", "fits"), rows)
    if problems:
        raise ZooError(*dict.fromkeys(problems))
    typer.echo("\nEvery recipe resolves.")


def _check_model(catalogue: Catalogue, model: str) -> tuple[tuple[str, str, str], list[str]]:
    try:
        sizes = catalogue.lineage("models", model).sizes
    except ZooError as error:
        return (model, "", ""), list(error.problems)
    imported = catalogue.brought_by(IMPORTED, "datasets")
    problems: list[str] = []
    misfits: list[list[str]] = []
    fits = []
    for dataset in catalogue.names("datasets"):
        objections = _check_pair(catalogue, model, dataset, sizes, problems)
        if all(objections.values()):
            misfits.append([line for lines in objections.values() for line in lines])
        else:
            fits.append(dataset)
            if dataset not in imported:
                problems += [line for lines in objections.values() for line in lines]
    if misfits and not fits:
        nearest: list[str] = min(misfits, key=len)
        problems += nearest
    return (model, ", ".join(sizes), ", ".join(fits)), problems


def _check_pair(
    catalogue: Catalogue, model: str, dataset: str, sizes: list[str], problems: list[str]
) -> dict[str, list[str]]:
    """What constructors object to at each size; problems of any other sort are added to `problems`."""
    from zoo.recipes.blocks import Blocks
    from zoo.recipes.drafts import make_draft

    objections = {}
    for size in sizes:
        blocks = Blocks(make_draft(catalogue, model, dataset, size))
        plain = blocks.lines()
        problems += plain
        blocks.try_out()
        where = f"{model} on {dataset}, size {size}"
        objections[size] = [f"{where}: {line}" for line in blocks.lines() if line not in plain]
    return objections
