"""Models and datasets by name: the files that plugins ship, and the user's own registry.yaml over them."""

import filecmp
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zoo.discovery import Discovery, Plugin
from zoo.errors import ZooError, did_you_mean, shorten
from zoo.recipes.yaml_lines import Marked, read_yaml
from zoo.system.places import imported_catalogues

Section = Literal["models", "datasets"]
FILE = "registry.yaml"
FORMAT = 1
OURS = "@zoo"
"""The edition that a plain name means."""
DESCRIPTION = ("base", "sizes", "summary")
IMPORTED = Plugin("imported", "zoo data import", None)
"""Who brings the datasets that the user has imported."""
SECTIONS: tuple[Section, ...] = ("models", "datasets")
_NAME = re.compile(r"\w[\w.@+-]{0,99}")


@dataclass(frozen=True)
class Entry:
    """One entry of one file, a plugin's or the user's own."""

    name: str
    block: Marked
    plugin: Plugin | None

    @property
    def source(self) -> str:
        """Whose it is."""
        return self.plugin.origin if self.plugin else f"your {FILE}"

    @property
    def body(self) -> Marked:
        """What the entry says of the recipe itself."""
        return self.block.without(*DESCRIPTION)

    @property
    def sizes(self) -> Mapping[str, Marked]:
        """What the entry says of each size."""
        sizes = self.block.get("sizes")
        return sizes.value if sizes else {}


@dataclass(frozen=True)
class Lineage:
    """The entries that make up a name: its definition with all that it is based on, lowest first, then the user's
    changes to it."""

    definition: tuple[Entry, ...]
    changes: tuple[Entry, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, the lowest first."""
        return self.definition + self.changes

    @property
    def sizes(self) -> list[str]:
        """The sizes that can be asked for; `paper` is the recipe itself and always there."""
        named = {size: None for entry in self.entries for size in entry.sizes}
        return [*(size for size in named if size != "paper"), "paper"]

    @property
    def source(self) -> str:
        """Whose the definition is."""
        return self.definition[-1].source

    @property
    def use(self) -> Any:
        """The component that the name uses."""
        return self._latest("use", self.entries)

    @property
    def summary(self) -> str:
        """A sentence about it; the summary of what it is based on would be about something else."""
        return self._latest("summary", (self.definition[-1], *self.changes)) or ""

    @staticmethod
    def _latest(key: str, entries: tuple[Entry, ...]) -> Any:
        values = [item.value for entry in entries if (item := entry.block.get(key))]
        return values[-1] if values else None


class Catalogue:
    """All entries. A name that two files of plugins define can be used from neither."""

    def __init__(self, shipped: Mapping[Section, list[Entry]], own: Mapping[Section, list[Entry]]) -> None:
        self._shipped = {section: _by_name(entries) for section, entries in shipped.items()}
        self._own = {section: _by_name(entries) for section, entries in own.items()}

    def names(self, section: Section) -> list[str]:
        """Every name, in the order of the files."""
        return list(self._shipped[section] | self._own[section])

    def brought_by(self, plugin: Plugin, section: Section) -> list[str]:
        """The names that a plugin defines."""
        return [name for name, entries in self._shipped[section].items() if plugin in {e.plugin for e in entries}]

    def lineage(self, section: Section, name: str) -> Lineage:
        """The entries behind a name. ZooError when there is no such name, two, or something is wrong with its base."""
        return self._lineage(section, name.removesuffix(OURS), ())

    def _lineage(self, section: Section, name: str, above: tuple[str, ...]) -> Lineage:
        kind = section.removesuffix("s")
        claims, own = self._shipped[section].get(name, []), self._own[section].get(name, [])
        if not claims and not own:
            raise ZooError(f"there is no {kind} {name!r}.{did_you_mean(name, self.names(section))}")
        if len(claims) > 1:
            files = " and ".join(f"{claim.source} ({claim.block.origin})" for claim in claims)
            raise ZooError(f"{kind} {name!r} is defined by {files}; ZOO_PLUGINS chooses which plugins are loaded.")
        definition, *changes = claims + own
        base = definition.block.get("base")
        for change in changes:
            if (other := change.block.get("base")) and (base is None or other.value != base.value):
                raise ZooError(f"{other.origin}: {kind} {name!r} exists already; only a new name can have a base.")
        if base is None and not definition.block.get("use"):
            keys = ", ".join(definition.block.value)
            raise ZooError(f"{definition.block.origin}: {kind} {name!r} needs 'use' or 'base'; it has {keys}.")
        if base is None:
            return Lineage((definition,), tuple(changes))
        if base.value in (name, *above):
            raise ZooError(f"{base.origin}: {kind} {name!r} is based on itself.")
        try:
            below = self._lineage(section, base.value, (name, *above))
        except ZooError as error:
            raise ZooError(*(f"{base.origin}: base: {problem}" for problem in error.problems)) from error
        return Lineage((*below.entries, definition), tuple(changes))


def read_catalogue(found: Discovery, folder: Path) -> Catalogue:
    """The files of plugins, a broken one being a warning, and `folder`'s registry.yaml, a broken one being an error."""
    shipped = _no_entries()
    files = []
    for plugin, paths in found.collect("zoo_recipes"):
        for path in paths:
            try:
                entries = _read_file(Path(path), plugin)
            except (ZooError, TypeError) as error:
                found.warn(plugin, f"a file of recipes is left out: {'; '.join(str(error).splitlines())}")
                continue
            files.append(path)
            for section in SECTIONS:
                for name in {entry.name for entry in entries[section]} & {entry.name for entry in shipped[section]}:
                    found.warn(plugin, f"{section}: {name!r} is defined by another plugin too; neither can be used.")
                shipped[section] += entries[section]
    _add_imported(found, shipped)
    own = folder / FILE
    if not own.exists() or any(filecmp.cmp(own, file, shallow=False) for file in files):
        return Catalogue(shipped, _no_entries())
    return Catalogue(shipped, _read_file(own, None))


def _add_imported(found: Discovery, shipped: dict[Section, list[Entry]]) -> None:
    for path in imported_catalogues():
        try:
            shipped["datasets"] += _read_file(path, IMPORTED)["datasets"]
        except ZooError as error:
            found.warn(IMPORTED, f"a dataset is left out: {'; '.join(str(error).splitlines())}")


def name_problem(name: str) -> str | None:
    """What is wrong with a name that files and folders will be called by."""
    if _NAME.fullmatch(name):
        return None
    return f"the name {shorten(name)} is not made of letters, digits and . @ + - _, beginning with one of the first."


def _no_entries() -> dict[Section, list[Entry]]:
    return {section: [] for section in SECTIONS}


def _by_name(entries: list[Entry]) -> dict[str, list[Entry]]:
    named: dict[str, list[Entry]] = {}
    for entry in entries:
        named.setdefault(entry.name, []).append(entry)
    return named


def _read_file(path: Path, plugin: Plugin | None) -> dict[Section, list[Entry]]:
    """The entries of one file. ZooError lists everything about its form that is wrong."""
    root = read_yaml(path)
    if not root.is_mapping:
        raise ZooError(f"{root.origin}: expected the keys zoo, datasets and models.")
    problems = list(_form_problems(root))
    if problems:
        raise ZooError(*problems)
    entries = _no_entries()
    for section in SECTIONS:
        block = root.get(section)
        items = block.value if block and block.value else {}
        entries[section] = [Entry(name.removesuffix(OURS), item, plugin) for name, item in items.items()]
    return entries


def _form_problems(root: Marked) -> Iterator[str]:
    version = root.get("zoo")
    if version is None or version.value != FORMAT:
        yield f"{version.origin if version else root.origin}: expected 'zoo: {FORMAT}', the version of this format."
    for key, item in root.value.items():
        if key not in ("zoo", *SECTIONS):
            yield f"{item.origin}: unknown key {key!r}.{did_you_mean(key, ('zoo', *SECTIONS))}"
        elif key != "zoo" and item.value is not None:
            yield from _section_problems(key, item)


def _section_problems(section: str, block: Marked) -> Iterator[str]:
    if not block.is_mapping:
        yield f"{block.origin}: {section}: expected names, each with a block of its own."
        return
    for name, entry in block.value.items():
        if problem := name_problem(name):
            yield f"{entry.origin}: {section}: {problem}"
        if not entry.is_mapping:
            yield f"{entry.origin}: {name}: expected a block such as {{use: …}}."
            continue
        for key in ("base", "summary", "use"):
            if (item := entry.get(key)) and not isinstance(item.value, str):
                yield f"{item.origin}: {name}.{key}: expected text, got {item.plain()!r}."
        sizes = entry.get("sizes")
        if sizes and section == "datasets":
            yield f"{sizes.origin}: {name}.sizes: a dataset has no sizes; a model's size can hold a block 'dataset'."
        elif sizes and not (sizes.is_mapping and all(size.is_mapping for size in sizes.value.values())):
            yield f"{sizes.origin}: {name}.sizes: expected sizes, each with a block of changes."
