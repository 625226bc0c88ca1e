"""Stacks as text."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from zoo import Card, Entry, Importer, ZooError


class LaminateText(Importer):
    """`.layers` files: a stack per line, bottom first, `1` for a stiff layer and `0` for a soft one."""

    suffixes = (".layers",)

    def domain(self, path: Path) -> Mapping[str, Any]:
        return {"use": "laminate", "layers": len(next(self.entries(path), ""))}

    def card(self) -> Card:
        return Card("Laminates", "", "own", "not stated", units={"stiff_share": ""})

    def entries(self, path: Path) -> Iterator[str]:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from (line.strip() for line in file if line.strip())

    def convert(self, entry: str) -> Entry:
        if set(entry) - {"0", "1"}:
            raise ZooError(f"{entry[:40]!r} is not a row of 0 and 1.")
        layers = np.array([int(layer) for layer in entry], np.uint8)
        return Entry(layers, {"stiff_share": float(layers.mean())})
