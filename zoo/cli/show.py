"""`zoo show`: a resolved recipe with the origin of each value, or what a dataset or component is and takes."""

import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zoo.cli.support.options import Configs, Overrides, Size, chosen_size
from zoo.cli.support.tables import print_table
from zoo.discovery import discovery
from zoo.errors import ZooError, did_you_mean
from zoo.recipes.catalogue import OURS, Catalogue, read_catalogue
from zoo.registry import KINDS, load_contract, registry

if TYPE_CHECKING:
    from zoo.hookspecs import Component
    from zoo.interfaces.part import Part

_MAX_WIDTH = 60


def show(
    name: Annotated[str, typer.Argument(help="A model, a dataset, or a component: kind/name or name.")],
    dataset: Annotated[
        str | None, typer.Option("--dataset", "-d", help="For a model: the dataset to show it on.")
    ] = None,
    size: Size = "auto",
    overrides: Overrides = None,
    configs: Configs = None,
) -> None:
    """Print a model's resolved recipe, or a dataset's, with the origin of each value; or explain a component.

    With a dataset, a model's recipe is checked as `zoo run` would check it.
    """
    catalogue = read_catalogue(discovery(), Path.cwd())
    plain = name.removesuffix(OURS)
    if plain in catalogue.names("models"):
        _show_recipe(catalogue, name, dataset, chosen_size(size), configs, overrides)
    elif dataset is not None:
        raise ZooError(f"there is no model {name!r}.{did_you_mean(name, catalogue.names('models'))}")
    elif plain in catalogue.names("datasets"):
        _show_recipe(catalogue, None, name, size, configs, overrides)
    else:
        _show_component(_component(name, catalogue))


def _show_recipe(
    catalogue: Catalogue,
    model: str | None,
    dataset: str | None,
    size: str,
    configs: list[Path] | None,
    overrides: list[str] | None,
) -> None:
    from zoo.recipes.blocks import Blocks
    from zoo.recipes.drafts import make_draft

    draft = make_draft(catalogue, model, dataset, size, configs or (), overrides or ())
    blocks = Blocks(draft)
    if model and dataset:
        blocks.try_out()
    blocks.refuse_problems()
    _print_block(blocks.to_dict(), blocks.origins())


def _print_block(block: Mapping[str, Any], origins: Mapping[str, str]) -> None:
    lines = list(_yaml_lines(block))
    width = min(max(len(text) for text, _ in lines), _MAX_WIDTH)
    for text, path in lines:
        origin = origins.get(path, "")
        typer.echo(text if not origin else f"{text:<{width}}  " + typer.style(f"# {origin}", dim=True))


def _yaml_lines(block: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Lines of YAML, each with the path of the value that it holds."""
    for key, value in block.items():
        inner = f"{path}.{key}" if path else key
        indent = "  " * inner.count(".")
        if isinstance(value, Mapping) and value:
            yield f"{indent}{key}:", ""
            yield from _yaml_lines(value, inner)
        else:
            yield f"{indent}{key}: {_flow(value)}", inner


def _flow(value: Any) -> str:
    """A value as YAML on one line."""
    import yaml

    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True)
    return text.removesuffix("...\n").strip()


def _component(name: str, catalogue: Catalogue) -> "Component":
    kind, slash, rest = name.partition("/")
    if slash and kind not in KINDS:
        raise ZooError(f"there is no kind {kind!r}.{did_you_mean(kind, KINDS)}")
    if slash:
        return registry().find(kind, rest)
    named = [component for component in registry().components() if component.name == name]
    if len(named) > 1:
        raise ZooError(f"{name!r} is {' or '.join(f'{component.kind}/{name}' for component in named)}; say which.")
    if not named:
        known = {component.name for component in registry().components()}
        known.update(catalogue.names("models"), catalogue.names("datasets"))
        raise ZooError(f"there is nothing named {name!r}.{did_you_mean(name, known)}")
    return named[0]


def _show_component(component: "Component") -> None:
    loaded = registry().load(load_contract(component.kind), component.name)
    typer.echo(f"{component.kind} {component.name}: {component.summary}")
    typer.echo(f"{component.target}, {registry().plugin(component).origin}")
    if rows := argument_rows(loaded):
        typer.echo()
        table = [(name, takes, "(required)" if default is None else default) for name, takes, default in rows]
        print_table(("argument", "takes", "default"), table)
    if text := documentation(loaded):
        typer.echo(f"\n{text}")


def argument_rows(component: "type[Part]") -> list[tuple[str, str, str | None]]:
    """The name of each argument, what it takes in words, and its default as YAML, None where it is required."""
    from zoo.building.schema import REQUIRED, describe, schema

    return [
        (a.name, describe(a.annotation), None if a.default is REQUIRED else _flow(a.plain(a.default)))
        for a in schema(component).values()
    ]


def documentation(component: "type[Part]") -> str:
    """What the docstrings of its file and of its class say, the source and the arguments; and that of the class which
    it has its arguments from, if that is another."""
    documented = [sys.modules[component.__module__], component]
    owner = next(cls for cls in component.__mro__ if "__init__" in vars(cls))
    if owner is not component and inspect.signature(component).parameters:
        documented.append(owner)
    return "\n\n".join(inspect.cleandoc(one.__doc__) for one in documented if one.__doc__)
