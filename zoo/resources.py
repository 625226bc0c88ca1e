"""Where the catalogue and the evaluation suites lie: in a wheel beside the code, in a checkout at its root."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _root() -> Path:
    packaged = _PACKAGE / "_data"
    return packaged if packaged.is_dir() else _PACKAGE.parent


def catalogue_file() -> Path:
    """The `registry.yaml` that ships with zoo."""
    return _root() / "registry.yaml"


def evals_folder() -> Path:
    """The folder `evals/` that ships with zoo."""
    return _root() / "evals"
