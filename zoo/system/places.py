"""Places: data on this machine; catalogue and suites beside the code, in a wheel and in a checkout.

Imports nothing heavy: the catalogue looks here too.
"""

import os
from pathlib import Path

_CATALOGUE = "registry.yaml"
_PACKAGE = Path(__file__).resolve().parents[1]


def home() -> Path:
    """Where datasets lie: `$ZOO_HOME`, else `zoo` in the user's cache folder."""
    # A variable that is empty counts as none, lest data go to the working folder.
    if chosen := os.environ.get("ZOO_HOME"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "zoo"


def imported_folder(name: str) -> Path:
    """The folder of the imported dataset `name`."""
    return home() / "imported" / name


def imported_catalogue(name: str) -> Path:
    """The file, in the format of registry.yaml, in which an imported dataset stands. It is written last: where it is,
    the import is whole."""
    return imported_folder(name) / _CATALOGUE


def imported_catalogues() -> list[Path]:
    """The files of all imported datasets."""
    return sorted((home() / "imported").glob(f"*/{_CATALOGUE}"))


def _root() -> Path:
    packaged = _PACKAGE / "_data"
    return packaged if packaged.is_dir() else _PACKAGE.parent


def catalogue_file() -> Path:
    """The `registry.yaml` that ships with zoo."""
    return _root() / "registry.yaml"


def evals_folder() -> Path:
    """The folder `evals/` that ships with zoo."""
    return _root() / "evals"
