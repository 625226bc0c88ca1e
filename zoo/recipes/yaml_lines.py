"""YAML that remembers where every value was written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from zoo.errors import ZooError, shorten

Place = Callable[[int], str]
"""What a message calls a line, by its number."""

MAX_DEPTH = 32
MAX_VALUES = 100_000
"""Upper limit on the values of one file, aliases counted at each use: ten lines of them can fill any memory."""

_TAG = "tag:yaml.org,2002:"
_PLAIN = tuple(_TAG + name for name in ("map", "seq", "str", "int", "float", "bool", "null"))


@dataclass(frozen=True)
class Marked:
    """A YAML value and where its key was written. A mapping is a `dict[str, Marked]`; lists and scalars are plain."""

    value: Any
    origin: str

    @property
    def is_mapping(self) -> bool:
        """Whether the value has keys of its own."""
        return isinstance(self.value, dict)

    def get(self, key: str) -> "Marked | None":
        """The value of a key, None when this is not a mapping or has no such key."""
        item: Marked | None = self.value.get(key) if self.is_mapping else None
        return item

    def without(self, *keys: str) -> "Marked":
        """The same mapping less some keys; anything else is returned as it is."""
        if not self.is_mapping:
            return self
        return Marked({key: item for key, item in self.value.items() if key not in keys}, self.origin)

    def plain(self) -> Any:
        """The bare value."""
        return {key: item.plain() for key, item in self.value.items()} if self.is_mapping else self.value

    def origins(self, path: str = "") -> Iterator[tuple[str, str]]:
        """Dotted path and origin of everything inside."""
        for key, item in self.value.items() if self.is_mapping else ():
            inner = f"{path}.{key}" if path else key
            yield inner, item.origin
            yield from item.origins(inner)


def read_yaml(path: Path) -> Marked:
    """A YAML file. ZooError names the file and line of whatever is not plain, unambiguous YAML."""
    shown = _shown(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ZooError(f"cannot read {shown}: {getattr(error, 'strerror', None) or error}.") from error
    return parse_yaml(text, lambda line: f"{shown}:{line}")


def parse_yaml(text: str, place: Place) -> Marked:
    """A YAML document of mappings, lists, text, numbers, booleans and nulls.

    Other tags, keys written twice and keys that are not words are ZooErrors, and so is a document that is huge or deep.
    """
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return Marked(None, place(1))
        reader = _Reader(loader, place)
        value = reader.value(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ZooError(f"{place(mark.line + 1 if mark else 1)}: {error.problem or error.context}.") from error
    except RecursionError as error:
        raise ZooError(f"{place(1)}: it is too deep.") from error
    except yaml.YAMLError as error:
        raise ZooError(f"{place(1)}: {error}") from error
    if reader.problems:
        raise ZooError(*reader.problems)
    return Marked(value, place(node.start_mark.line + 1))


class _Reader:
    """Turns YAML nodes into values, checking the keys that a SafeLoader would let pass."""

    def __init__(self, loader: yaml.SafeLoader, place: Place) -> None:
        self.problems: list[str] = []
        self._loader = loader
        self._place = place
        self._open: set[int] = set()
        self._values = 0

    def value(self, node: yaml.Node) -> Any:
        self._values += 1
        if (problem := self._objection(node)) is not None:
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._open.add(id(node))
        value = self._mapping(node) if isinstance(node, yaml.MappingNode) else self._sequence(node)
        self._open.discard(id(node))
        return value

    def _objection(self, node: yaml.Node) -> str | None:
        """Why a node cannot have a value."""
        if node.tag not in _PLAIN:
            kind = node.tag.removeprefix(_TAG)
            return f"a {kind} is not allowed here; if it is text, put it in quotes"
        if id(node) in self._open:
            return "it contains itself"
        if len(self._open) >= MAX_DEPTH:
            return "it is too deep"
        return "there are too many values" if self._values > MAX_VALUES else None

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            value = self._loader.construct_object(node)
            str(value).encode()  # Half a surrogate pair cannot be written anywhere, nor can a number of 5,000 digits.
        except (ValueError, LookupError) as error:
            problem = f"{shorten(node.value)} cannot be read ({error})"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from error
        return value

    def _mapping(self, node: yaml.MappingNode) -> dict[str, Marked]:
        items: dict[str, Marked] = {}
        for key_node, value_node in node.value:
            origin = self._place(key_node.start_mark.line + 1)
            if not isinstance(key_node, yaml.ScalarNode) or not key_node.tag.endswith(":str"):
                self.problems.append(f"{origin}: the key {_text(key_node)} must be a word in quotes.")
            elif not key_node.value.isprintable():
                self.problems.append(f"{origin}: the key {key_node.value!r} cannot be printed.")
            elif key_node.value in items:
                earlier = items[key_node.value].origin
                self.problems.append(f"{origin}: the key {key_node.value!r} is there already, at {earlier}.")
            else:
                items[key_node.value] = Marked(self.value(value_node), origin)
        return items

    def _sequence(self, node: yaml.Node) -> list[Any]:
        return [Marked(self.value(item), "").plain() for item in node.value]


def _text(node: yaml.Node) -> str:
    return repr(node.value) if isinstance(node, yaml.ScalarNode) else "here"


def _shown(path: Path) -> str:
    """The path as seen from the working folder when it lies in there."""
    absolute = path.absolute()
    return str(absolute.relative_to(Path.cwd()) if absolute.is_relative_to(Path.cwd()) else absolute)
