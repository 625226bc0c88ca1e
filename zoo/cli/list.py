"""`zoo list`: models, datasets and components by name."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from zoo.cli.support.tables import print_table
from zoo.discovery import discovery
from zoo.errors import ZooError, did_you_mean
from zoo.recipes.catalogue import Catalogue, Lineage, Section, read_catalogue
from zoo.registry import KINDS, missing_requirements, registry


def list_names(
    kind: Annotated[
        str | None, typer.Argument(help=f"models, datasets, or a kind of component: {', '.join(KINDS)}.")
    ] = None,
) -> None:
    """List models with their sizes, datasets, and components by kind."""
    chosen = _kind(kind) if kind else None
    catalogue = read_catalogue(discovery(), Path.cwd())
    sections: list[Callable[[], None]] = []
    if chosen in (None, "model") and catalogue.names("models"):
        sections.append(lambda: _list_models(catalogue))
    if chosen in (None, "dataset") and catalogue.names("datasets"):
        sections.append(lambda: _list_datasets(catalogue))
    if registry().components(chosen):
        sections.append(lambda: _list_components(chosen))
    for i, section in enumerate(sections):
        if i:
            typer.echo()
        section()


def _kind(text: str) -> str:
    names = {name: kind for kind in KINDS for name in (kind, f"{kind}s", f"{kind.removesuffix('y')}ies")}
    if text not in names:
        raise ZooError(f"there is no kind {text!r}.{did_you_mean(text, ['models', 'datasets', *KINDS])}")
    return names[text]


def _list_models(catalogue: Catalogue) -> None:
    rows = _rows(catalogue, "models", lambda lineage: (", ".join(lineage.sizes), lineage.summary))
    print_table(("model", "sizes", "summary", "from"), rows)


def _list_datasets(catalogue: Catalogue) -> None:
    summaries = {component.name: component.summary for component in registry().components("dataset")}
    rows = _rows(
        catalogue,
        "datasets",
        lambda lineage: (str(lineage.use), lineage.summary or summaries.get(lineage.use, "")),
    )
    print_table(("dataset", "uses", "summary", "from"), rows)


def _rows(
    catalogue: Catalogue, section: Section, tell: Callable[[Lineage], tuple[str, str]]
) -> list[tuple[str, str, str, str]]:
    rows = []
    for name in catalogue.names(section):
        try:
            lineage = catalogue.lineage(section, name)
        except ZooError as error:
            rows.append((name, "", f"cannot be used: {error}", ""))
        else:
            rows.append((name, *tell(lineage), lineage.source))
    return rows


def _list_components(kind: str | None) -> None:
    rows = []
    for component in registry().components(kind):
        missing = missing_requirements(component)
        needs = f" (pip install {' '.join(missing)})" if missing else ""
        rows.append((component.kind, component.name, component.summary + needs, registry().plugin(component).origin))
    print_table(("kind", "component", "summary", "from"), rows)
