"""Drafts of a recipe: base with its size, recipe, its size, the user's registry.yaml, `--config`, `--set`."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TypeVar

from zoo.building.schema import schema
from zoo.errors import ZooError, did_you_mean
from zoo.interfaces.part import Part
from zoo.recipes.catalogue import DESCRIPTION, Catalogue, Entry, Lineage
from zoo.recipes.layers import merge
from zoo.recipes.yaml_lines import MAX_DEPTH, Marked, parse_yaml, read_yaml
from zoo.registry import load_contract, registry

T = TypeVar("T")
_OF_DATASET = ("dataset", "evaluators")


class Draft:
    """An unchecked recipe: the model's block with its training, and the dataset's block with its evaluators.

    What cannot be found or read is left out, and told in `problems`, so that one problem hides no other.
    """

    of_model: Lineage | None = None
    of_dataset: Lineage | None = None
    without_size: "Draft | None" = None
    """The recipe without its size, where that says anything."""

    def __init__(self) -> None:
        self.model = Marked({}, "")
        self.dataset = Marked({}, "")
        self.problems: list[str] = []
        self.of_size: set[str] = set()
        """Where what the size says was written."""

    def attempt(self, work: Callable[[], T]) -> T | None:
        """What `work` returns, or None when it raises a ZooError."""
        try:
            return work()
        except ZooError as error:
            self.problems += error.problems
            return None

    def add_dataset(self, entries: Iterable[Entry]) -> None:
        """Put a dataset's entries over its block."""
        for entry in entries:
            self.dataset = merge(self.dataset, entry.body)

    def add_entries(self, entries: Iterable[Entry], size: str) -> None:
        """Put a model's entries over its block, lowest first, each with what it says of the size: a recipe's own
        values are above what its base says, of whatever size."""
        for entry in entries:
            self.add_layer(self._fitting(entry.body))
            if layer := entry.sizes.get(size):
                self.of_size |= {origin for _, origin in layer.origins()}
                self.add_layer(self._fitting(layer))

    def add_layer(self, layer: Marked) -> None:
        """Put a layer over both blocks; its `dataset` and `evaluators` are the dataset's, all else is the model's."""
        self.model = merge(self.model, layer.without(*_OF_DATASET))
        self.dataset = merge(self.dataset, _of_dataset(layer))

    def _fitting(self, layer: Marked) -> Marked:
        """A layer of a recipe without those changes to its dataset that are meant for datasets of another kind."""
        changes, use = layer.get("dataset"), self.dataset.get("use")
        if changes is None or use is None or not changes.is_mapping:
            return layer
        takes = _arguments([use.value])
        foreign = [key for key in changes.value if key not in takes]
        if foreign:
            known = _arguments(component.name for component in registry().components("dataset"))
            for key in foreign:
                if key not in known:
                    origin = changes.value[key].origin
                    self.problems.append(f"{origin}: dataset.{key}: no dataset takes it.{did_you_mean(key, known)}")
        return Marked({**layer.value, "dataset": changes.without(*foreign)}, layer.origin)


def make_draft(
    catalogue: Catalogue,
    model: str | None,
    dataset: str | None,
    size: str = "",
    configs: Iterable[Path] = (),
    overrides: Iterable[str] = (),
    changes: Iterable[Marked] = (),
) -> Draft:
    """The layers of a model, which has sizes, and a dataset; either may be left out."""
    draft = Draft()
    if model is not None:
        draft.of_model = draft.attempt(lambda: catalogue.lineage("models", model))
    if dataset is not None:
        draft.of_dataset = draft.attempt(lambda: catalogue.lineage("datasets", dataset))
    if draft.of_model and size not in draft.of_model.sizes:
        hint = did_you_mean(size, draft.of_model.sizes)
        draft.problems.append(f"model {model!r} has no size {size!r}.{hint}")
    _add_entries(draft, size)
    if draft.of_size:
        draft.without_size = Draft()
        draft.without_size.of_model, draft.without_size.of_dataset = draft.of_model, draft.of_dataset
        _add_entries(draft.without_size, "")
    for path in configs:
        draft.add_layer(draft.attempt(partial(_read_config, path)) or Marked({}, ""))
    for layer in changes:
        draft.attempt(partial(_refuse_descriptions, layer))
        draft.add_layer(layer)
    draft.add_layer(_overrides(draft, overrides))
    return draft


def _add_entries(draft: Draft, size: str) -> None:
    """What files of recipes say of a draft's model and dataset."""
    if draft.of_dataset:
        draft.add_dataset(draft.of_dataset.definition)
    if draft.of_model:
        draft.add_entries(draft.of_model.definition, size)
    if draft.of_dataset:
        draft.add_dataset(draft.of_dataset.changes)
    if draft.of_model:
        draft.add_entries(draft.of_model.changes, size)


def _of_dataset(layer: Marked) -> Marked:
    """What a layer says of the dataset, in the form of the dataset's block."""
    block = layer.get("dataset") or Marked({}, layer.origin)
    evaluators = layer.get("evaluators")
    return merge(block, Marked({"evaluators": evaluators}, layer.origin)) if evaluators else block


def _arguments(datasets: Iterable[str]) -> set[str]:
    """What the dataset components of these names take, what all of them take included; a broken one takes nothing."""
    contract: type[Part] = load_contract("dataset")
    arguments = {"use", *contract.common}
    for name in datasets:
        try:
            arguments |= schema(registry().load(contract, name)).keys()
        except ZooError:
            continue
    return arguments


def _read_config(path: Path) -> Marked:
    layer = read_yaml(path)
    if not layer.is_mapping:
        raise ZooError(f"{layer.origin}: expected changes to a recipe, such as 'encoder: {{width: 64}}'.")
    _refuse_descriptions(layer)
    return layer


def _overrides(draft: Draft, overrides: Iterable[str]) -> Marked:
    """All `path=value` as one layer, so that their order means nothing."""
    layer = Marked({}, "--set")
    for override in overrides:
        layer = merge(layer, draft.attempt(partial(read_override, override)) or layer, one_layer=True)
    return layer


def read_override(text: str) -> Marked:
    """`path=value` as a layer."""
    path, equals, value = text.partition("=")
    names = path.strip().split(".")
    if not equals or not all(names) or len(names) > MAX_DEPTH:
        raise ZooError(f"--set {text}: expected path=value, such as encoder.width=64.")
    origin = f"--set {path.strip()}"
    layer = Marked(parse_yaml(value, lambda line: origin).value, origin)
    for name in reversed(names):
        layer = Marked({name: layer}, origin)
    _refuse_descriptions(layer)
    return layer


def _refuse_descriptions(layer: Marked) -> None:
    problems = [
        f"{item.origin}: {key}: only an entry of a registry.yaml can have it."
        for key, item in layer.value.items()
        if key in DESCRIPTION
    ]
    if problems:
        raise ZooError(*problems)
