"""Where data lie on this machine. Imports nothing heavy: the catalogue looks here too."""

import os
from pathlib import Path

_CATALOGUE = "registry.yaml"


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
