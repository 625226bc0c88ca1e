"""The formats that structures can be written in."""

from pathlib import Path
from typing import TYPE_CHECKING

from zoo.errors import ZooError

if TYPE_CHECKING:
    from zoo.interfaces.domain import Domain


def check_format(output: Path, domain: "Domain") -> None:
    """ZooError unless the suffix is that of a store or of one of the domain's formats."""
    known = (".safetensors", *domain.formats)
    if output.suffix not in known:
        raise ZooError(f"--output {output}: unknown format {output.suffix!r}; known: {', '.join(known)}.")
