"""Which properties depend on direction, by their kind or by their name, and how they turn with their structures."""

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from zoo.data.structures import LATTICE
from zoo.interfaces.domain import Domain
from zoo.interfaces.kind import PAIRS, SHAPES, Kind

_MODULUS = r"E|G|nu|(?i:young\w*?|shear\w*?|poisson\w*?)"
_TENSOR = r"[Cc]|S|D|Q|(?i:stiffness|compliance)"
_REST = r"(?P<rest>_.*)?"
_NAMES = (
    # `E_x`, `nu_xy`, `length_x`: any name whose last word is axes, and `Ex`, `nuxy`, where the symbol is a known one.
    (re.compile(rf"(?P<stem>.+_|[A-Z]_?|nu|v|n|k)(?P<axes>[xyz]{{1,2}}){_REST}"), "xyz"),
    (re.compile(rf"(?P<stem>.+_|E|G|NU)(?P<axes>[XYZ]{{1,2}}){_REST}"), "XYZ"),
    (re.compile(rf"(?P<stem>(?:{_MODULUS})_?)(?P<axes>[1-3]{{1,2}}){_REST}"), "123"),
    (re.compile(rf"(?P<stem>(?:{_TENSOR})_?)(?P<axes>[1-6]{{2}}){_REST}"), "123456"),
)
_ORDERED = re.compile(r"(nu|v)_?|.*poisson.*", re.IGNORECASE)
"""Names whose two axes cannot change places: nuxy is not nuyx."""
_COMPONENTS = {frozenset(pair): component for component, pair in enumerate(PAIRS)}


@dataclass(frozen=True)
class Place:
    """Where a number named by axes stands among its family: `before` and `after` are the parts of the name that all
    have in common, `letters` what the axes, or Voigt's components, are called."""

    before: str
    after: str
    letters: str
    index: tuple[int, ...]

    @property
    def family(self) -> tuple[str, str, str, int]:
        """What numbers of one family have in common."""
        return self.before, self.after, self.letters, len(self.index)

    @property
    def ordered(self) -> bool:
        """Whether its two axes, or components, cannot change places."""
        return bool(_ORDERED.fullmatch(self.before))

    def named(self, index: tuple[int, ...]) -> str:
        """The name of another member."""
        return self.before + "".join(self.letters[i] for i in index) + self.after

    def images(self) -> Iterator[tuple[int, ...]]:
        """Where permutations of the axes take it."""
        for order in itertools.permutations(range(3)):
            if len(self.letters) == 3:
                yield tuple(order[i] for i in self.index)
            else:
                yield tuple(_COMPONENTS[frozenset(order[i] for i in PAIRS[component])] for component in self.index)


def place(name: str) -> Place | None:
    """The axes that the name of a number has in it: `E_x`, `Ex`, `G_yz`, `nuxy`, `E1`, `C11`, `C_44` and the like."""
    for pattern, letters in _NAMES:
        if match := pattern.fullmatch(name):
            index = tuple(letters.index(letter) for letter in match["axes"])
            return Place(match["stem"], match["rest"] or "", letters, index)
    return None


def kind_of(name: str, shape: tuple[int, ...], kinds: Mapping[str, Kind]) -> Kind:
    """How a property of this shape `[...]` turns: as `kinds` has it, else by its name."""
    if name in kinds:
        return kinds[name]
    if name == LATTICE and shape == (3, 3):
        return "tensor"
    return "axes" if shape == () and place(name) else "scalar"


def misfit(name: str, kind: Kind, shape: tuple[int, ...]) -> str:
    """Why a property of this shape cannot be of a kind; empty if it can."""
    if kind == "scalar" or shape in SHAPES[kind] or (kind == "axes" and shape == () and place(name)):
        return ""
    if kind == "axes" and shape == ():
        return f"there are no axes in the name {name!r}, as in E_x or nu_xy"
    wanted = " or ".join(str(list(shape)) for shape in SHAPES[kind])
    return f"{name!r} has values of shape {list(shape)}, and {kind} is of shape {wanted}"


class Directions:
    """The properties that depend on direction, turned as a domain turns structures."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], kinds: Mapping[str, Kind], domain: Domain) -> None:
        """`shapes` are those of each property's values `[...]`, `kinds` what is said of some."""
        self._domain = domain
        self.kinds = {name: kind for name, shape in shapes.items() if (kind := kind_of(name, shape, kinds)) != "scalar"}
        self._places = {name: found for name in self.kinds if shapes[name] == () and (found := place(name))}
        self._misfits = {name: why for name, kind in self.kinds.items() if (why := misfit(name, kind, shapes[name]))}

    def family(self, name: str) -> dict[str, Place]:
        """The members of a number's family, itself among them; none for an array."""
        own = self._places.get(name)
        return {other: found for other, found in self._places.items() if own and found.family == own.family}

    def turned(self, properties: Mapping[str, Tensor], orientation: Tensor) -> dict[str, Tensor]:
        """Properties `{name: [B, ...]}` of structures that `Domain.orient` turns by `orientation` `[B]`; NaN for what
        cannot be turned. Families are to be there as a whole."""
        turned = dict(properties)
        done: set[str] = set()
        for name in properties.keys() & self.kinds.keys():
            if name in self._misfits:
                shown = (orientation == 0).view(-1, *(1,) * (properties[name].dim() - 1))
                turned[name] = properties[name].where(shown, torch.nan)
            elif name not in self._places:
                turned[name] = self._domain.orient_property(properties[name], self.kinds[name], orientation)
            elif name not in done:
                members = self.family(name)
                done |= members.keys()
                kind, packed = _packed(members, properties)
                packed = self._domain.orient_property(packed, kind, orientation).movedim(0, -1)
                turned |= {member: packed[where.index] for member, where in members.items()}
        return turned

    def obstacle(self, name: str) -> str:
        """Why a number cannot be turned; empty if it can, or need not be."""
        if name not in self.kinds or self._domain.orientations == 1:
            return ""
        if name in self._misfits:
            return self._misfits[name]
        if name not in self._places:
            return ""
        members, own = self.family(name), self._places[name]
        orientation = torch.arange(self._domain.orientations)
        known = self.turned({member: torch.zeros(len(orientation)) for member in members}, orientation)
        if not bool(known[name].isnan().any()):
            return ""
        there = {index for found in members.values() for index in _same(found, found.index)}
        missing = sorted({own.named(_same(own, index)[0]) for index in own.images() if index not in there})
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            return f"{_listed(missing)} {verb} not known"
        return f"{type(self._domain).__name__} does not say how it turns"


def _packed(members: Mapping[str, Place], properties: Mapping[str, Tensor]) -> tuple[Kind, Tensor]:
    """A family as one array, NaN where no member is, and its kind: members with two axes of which some are one are
    the components of a tensor, which change sign, as moduli do not."""
    any_place = next(iter(members.values()))
    rank, size = len(any_place.index), len(any_place.letters)
    column = properties[next(iter(members))]
    packed = column.new_full(((size,) * rank + (len(column),)), torch.nan)
    for name, found in members.items():
        for index in _same(found, found.index):
            packed[index] = properties[name]
    for name, found in members.items():  # Where both of a pair are there, each stands for itself.
        packed[found.index] = properties[name]
    packed = packed.movedim(-1, 0)
    if size == 6:
        return "voigt", packed
    components = rank == 2 and any(first == second for first, second in (found.index for found in members.values()))
    return "tensor" if components else "axes", packed


def _same(found: Place, index: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """A place, and the one that holds the same number, in ascending order."""
    return (index,) if found.ordered else tuple(sorted({index, index[::-1]}))


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
