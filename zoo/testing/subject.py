"""The subject of a check, and what it is checked with."""

import functools
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from zoo.building.builder import build
from zoo.data.opening import Data, open_data
from zoo.errors import ZooError
from zoo.interfaces.domain import Domain
from zoo.interfaces.part import Part
from zoo.interfaces.structure import Structure
from zoo.registry import load_contract, registry

SEED = 0
ON_STRUCTURES = ("property", "encoder", "negatives", "generator", "critic", "objective", "evaluator", "model")


class Subject:
    """A component with a block that describes it, and examples of what it works on."""

    def __init__(
        self,
        kind: str,
        block: Mapping[str, Any],
        dataset: Mapping[str, Any] | None,
        latent_shape: tuple[int, ...],
        target: Mapping[str, float],
        file: Path | None,
    ) -> None:
        self.kind = kind
        self.block = dict(block)
        self.latent_shape = latent_shape
        self.target = target
        self.file = file or Path()
        self.component: type[Part] = registry().load(load_contract(kind), block["use"])
        self._dataset = dataset
        if kind == "importer" and file is None:
            raise ZooError(f"a check of importer {block['use']!r} needs a file that it reads: file=Path(…).")
        if kind in ON_STRUCTURES and dataset is None:
            raise ZooError(f"a check of {kind} {block['use']!r} needs structures: dataset={{'use': …}}, a small one.")

    def build(self, device: str = "cpu") -> Any:
        """The component, made anew: every time the same."""
        reserved: dict[str, Any] = {"latent_shape": self.latent_shape}
        if self._dataset is not None:
            reserved["structure"] = self.structure
        with torch.random.fork_rng(devices=[]), torch.device(device):
            torch.manual_seed(SEED)
            return build(load_contract(self.kind), self.block, **reserved)

    @property
    def data(self) -> Data:
        """The example dataset, built and opened."""
        return _data(json.dumps(self._dataset))

    @property
    def domain(self) -> Domain:
        """The domain of the example dataset."""
        return self.data.domain

    @property
    def structure(self) -> Structure:
        """Shape and range of its structures."""
        return self.domain.structure

    def structures(self, count: int) -> Tensor:
        """Hard structures `[count, *S]` of the example dataset, from the start again when there are no more."""
        data = self.data.train
        return torch.from_numpy(data.array()).float()[torch.arange(count) % len(data)]

    def soft_structures(self, count: int) -> Tensor:
        """What a network may make of them: mixed half and half with noise, within their range."""
        noise = torch.rand(count, *self.structure.shape, generator=torch.Generator().manual_seed(SEED))
        low, high = self.structure.low, self.structure.high
        return (self.structures(count) + low + (high - low) * noise) / 2


def gpus() -> list[str]:
    """The devices to compare with the CPU: one or none."""
    return ["cuda"] if torch.cuda.is_available() else []


@functools.cache
def _data(block: str) -> Data:
    return open_data(json.loads(block), quiet=True, root=Path(_scratch().name))


@functools.cache
def _scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder that lasts as long as the process."""
    return tempfile.TemporaryDirectory(prefix="zoo-testing-")
