"""Space groups by the names that Systre's files give them."""

import functools
from typing import NamedTuple

import numpy as np
import spglib
from numpy.typing import NDArray

from zoo import ZooError

_SINCE_1992 = {"abm2": "aem2", "aba2": "aea2", "cmca": "cmce", "cmma": "cmme", "ccca": "ccce"}
"""The names before the letter e was introduced (de Wolff et al., Acta Cryst. A48, 1992)."""
_PREFERRED = ("", "H", "2", "b", "1", "R")
"""Where a name leaves the setting open: hexagonal axes, the second origin, the unique axis b."""


class Setting(NamedTuple):
    """A space group in one of its settings."""

    number: int
    rotations: NDArray[np.int32]
    """`[m, 3, 3]`, of fractional coordinates as columns."""
    translations: NDArray[np.float64]
    """`[m, 3]`."""


def settings(symbol: str) -> list[Setting]:
    """What a Hermann-Mauguin symbol may mean, the likeliest first: `Fd-3m:2`, `R-3c:H`, `P121/c1`, `P21/c`. ZooError
    if there is no such group."""
    name, _, choice = symbol.replace(" ", "").replace("_", "").lower().partition(":")
    by_symbol = _by_symbol()
    halls = by_symbol.get(_SINCE_1992.get(name, name), {})
    chosen = [hall for hall, setting in halls.items() if not choice or setting.lower() == choice]
    if not chosen:
        hint = f" Its settings: {', '.join(filter(None, halls.values()))}." if halls else ""
        raise ZooError(f"there is no space group {symbol!r}.{hint}")
    return [_setting(hall) for hall in sorted(chosen, key=lambda hall: (_rank(halls[hall]), hall))]


def _rank(setting: str) -> int:
    return _PREFERRED.index(setting[:1]) if setting[:1] in _PREFERRED else len(_PREFERRED)


@functools.cache
def _by_symbol() -> dict[str, dict[int, str]]:
    """Symbol in small letters -> Hall number -> setting."""
    settings_of: dict[str, dict[int, str]] = {}
    for hall in range(1, 531):
        group = spglib.get_spacegroup_type(hall)
        for symbol in (group.international_short, group.international_full, group.international.split("=")[0]):
            settings_of.setdefault(symbol.replace(" ", "").replace("_", "").lower(), {})[hall] = group.choice
    return settings_of


@functools.cache
def _setting(hall: int) -> Setting:
    group, symmetry = spglib.get_spacegroup_type(hall), spglib.get_symmetry_from_database(hall)
    return Setting(group.number, symmetry["rotations"], symmetry["translations"])
