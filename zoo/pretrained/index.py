"""`model_index.json`: what a model folder says of itself. It names components by their names in recipes, never by
import paths."""

import dataclasses
import hashlib
import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from zoo.building.builder import Builder, build
from zoo.building.retired import without_retired
from zoo.building.schema import check, schema
from zoo.errors import Problem, ZooError, ZooWarning, did_you_mean, join, shorten
from zoo.interfaces.dataset import Card, Dataset
from zoo.interfaces.domain import Domain
from zoo.interfaces.model import Model
from zoo.interfaces.part import Part
from zoo.interfaces.structure import Structure
from zoo.pretrained.strict_files import read_json
from zoo.recipes.settings import Generate
from zoo.registry import load_contract, registry
from zoo.system.files import write_json
from zoo.system.tensors import hash_of

if TYPE_CHECKING:
    from zoo.recipes import Recipe

INDEX = "model_index.json"
MODEL = "model"
"""The folder of the model within that of its run."""
FORMAT = 1
"""Raised when a folder of the new form would mislead an older zoo."""

Block = dict[str, Any]
Origin = Annotated[str, Field(pattern=r"^[\w.-]{1,100}( [\w.!+-]{1,50})?$")]
"""A distribution and its version, or the name of a plugin's file or folder."""


class Index(BaseModel):
    """The contents of `model_index.json`, less a checksum of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    zoo: int = FORMAT
    summary: str
    """A sentence about the model."""
    model: Block
    """The model's recipe block."""
    domain: Block
    structure: Structure
    """What the domain comes to, to tell when a later version of it comes to something else."""
    generate: Generate
    card: Card
    """Card of the dataset that it has learned from."""
    provenance: dict[str, str | int | float | bool | None]
    """What a number about it must be quoted with, the hash of its weights among them."""
    components: dict[str, dict[str, Origin]]
    """Kind -> name -> where the component came from: what to install where it is missing."""
    tables: dict[str, str]
    """The hash of each table of training data that sampling needs (see `Model.tables`)."""

    @field_validator("card", mode="before")
    @classmethod
    def _known_fields(cls, card: Any) -> Any:
        legal = {field.name for field in dataclasses.fields(Card)}
        for name in card if isinstance(card, dict) else ():
            if name not in legal:
                raise ValueError(f"a card has no {name!r}.{did_you_mean(name, legal)}")
        return card

    @field_validator("provenance")
    @classmethod
    def _names_the_weights(cls, provenance: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(provenance.get("weights"), str):
            raise ValueError("'weights', the hash of the weights, is missing")
        return provenance


def describe(recipe: "Recipe", card: Card, model: Model, provenance: Mapping[str, Any]) -> Index:
    """The index of a trained model."""
    dataset = build(Dataset, recipe.dataset_block)
    domain = check("domain", dataset.domain()).block
    assert domain is not None
    components: dict[str, dict[str, str]] = {}
    for kind, name in [*_components("model", recipe.model_block), *_components("domain", domain)]:
        components.setdefault(kind, {})[name] = _origin(kind, name)
    return Index(
        summary=recipe.summary,
        model=recipe.model_block,
        domain=domain,
        structure=build(Domain, domain).structure,
        generate=recipe.generate,
        card=card,
        provenance=dict(provenance),
        components=components,
        tables={name: hash_of({name: table}) for name, table in model.tables().items()},
    )


def write_index(folder: Path, index: Index) -> None:
    """Write the index and its checksum."""
    contents = json.loads(json.dumps(index.model_dump()))
    write_json(folder / INDEX, contents | {"checksum": checksum(contents)})


def read_index(folder: Path) -> Index:
    """The index of a model folder: whole, unchanged, of a format that we know, of components that are installed."""
    if not folder.is_dir():
        raise ZooError(f"{folder}: no such folder.")
    if not (folder / INDEX).exists() and (folder / MODEL / INDEX).exists():
        raise ZooError(f"{folder} is a run; its model lies in {folder / MODEL}.")
    contents = read_json(folder, INDEX)
    stated = contents.pop("checksum", None)
    _check_format(contents.get("zoo"))
    index = _parse(contents)
    _check_installed(index)
    index, changed = _of_today(index)
    problems = [
        _entry(kind, problem)
        for kind, block in (("model", index.model), ("domain", index.domain))
        for problem in check(kind, block).problems
    ]
    if problems:
        raise ZooError(*problems)
    if stated != checksum(contents):
        raise ZooError(f"{INDEX}: it is not as it was written; its checksum is {shorten(stated)}.")
    if changed:
        line = f"{INDEX}: this folder is older than {', and than '.join(changed)}: what it draws is not what it drew."
        warnings.warn(line, ZooWarning, stacklevel=3)
    return index


def on_paper(kind: str, block: Mapping[str, Any], **reserved: Any) -> Any:
    """A component of the index, networks on torch's meta device; whatever goes wrong in building it is a ZooError."""
    builder = Builder(trial=True)
    checked = check(kind, block).block
    built = builder.build(kind, checked, **reserved) if checked else None
    if built is None:
        raise ZooError(*(_entry(kind, problem) for problem in builder.problems))
    return built


def checksum(contents: Mapping[str, Any]) -> str:
    """SHA-256 of JSON values, whatever their order and spacing."""
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


def _entry(kind: str, problem: Problem) -> str:
    return f"{INDEX}: {join(kind, problem.path) if problem.path else kind}: {problem.message}"


def _components(kind: str, block: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Kind and name of a block's component and of all inside it."""
    yield kind, block["use"]
    component: type[Part] = registry().load(load_contract(kind), block["use"])
    for argument in schema(component).values():
        if argument.kind and block[argument.name] is not None:
            yield from _components(argument.kind, block[argument.name])


def _origin(kind: str, name: str) -> str:
    """Distribution of a component, or its module's name where the plugin is a file: the folder is nobody's business."""
    plugin = registry().plugin(registry().find(kind, name))
    path = Path(plugin.origin)
    return path.parent.name if path.name == "__init__.py" else path.name


def _check_format(found: Any) -> None:
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise ZooError(f"{INDEX}: 'zoo', the number of the format, is {shorten(found)}; this is not a model of zoo's.")
    if found > FORMAT:
        raise ZooError(
            f"{INDEX}: the format is {shorten(found)}, and this zoo reads up to {FORMAT}: "
            "pip install --upgrade metamaterial-zoo"
        )


def _parse(contents: Mapping[str, Any]) -> Index:
    try:
        return Index.model_validate_json(json.dumps(contents), strict=True)
    except ValidationError as error:
        raise ZooError(*(_line(details) for details in error.errors())) from error


def _line(details: Any) -> str:
    path = ".".join(str(part) for part in details["loc"])
    if details["type"] == "extra_forbidden" and len(details["loc"]) == 1:
        return f"{INDEX}: unknown key {path!r}.{did_you_mean(path, Index.model_fields)}"
    return f"{INDEX}: {path}: {details['msg'].removeprefix('Value error, ')}; it is {shorten(details['input'])}."


def _check_installed(index: Index) -> None:
    installed = {(component.kind, component.name) for component in registry().components()}
    problems = [
        f"{kind} {name!r} is not installed. It comes from {origin}: {_remedy(origin)}"
        for kind, names in index.components.items()
        for name, origin in names.items()
        if (kind, name) not in installed
    ]
    if problems:
        raise ZooError(*problems)


def _of_today(index: Index) -> tuple[Index, list[str]]:
    """The index less the arguments that components have retired since, and the components."""
    model, changed = without_retired("model", index.model)
    domain, more = without_retired("domain", index.domain)
    return index.model_copy(update={"model": model, "domain": domain}), [*changed, *more]


def _remedy(origin: str) -> str:
    distribution, _, version = origin.partition(" ")
    return f"pip install {distribution}" if version else "load that file with --plugin"
