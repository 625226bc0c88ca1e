"""The folder of a design: what is needed to go on with it, and what comes of it."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from zoo import ZooError, whole_file
from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.homogenisation.solve import TOLERANCE
from zoo_mechanics.inverse.brief import Brief
from zoo_mechanics.inverse.design import Design, Step
from zoo_mechanics.inverse.goals import shown_value
from zoo_mechanics.summary import examine
from zoo_voxels import gallery, kept, opened

STATE = "state.safetensors"
CELL = "cell.npz"
PICTURE = "path.png"
RESULT = "result.json"

PICTURES = 6
"""Pictures of the path, evenly spaced; the last is what came out."""


class Record:
    """A design and its history, kept in `folder` under `wish`, which is all that was asked for, JSON-able."""

    def __init__(self, folder: Path, wish: dict[str, Any], brief: Brief, start: Tensor) -> None:
        """Takes up what is in the folder. ZooError if that is the design of another wish, or unreadable."""
        self.folder = folder
        self.wish = json.loads(json.dumps(wish))
        self.design = Design(brief, start)
        self.history: list[Step] = []
        self.path: list[Tensor] = []
        if (folder / STATE).exists():
            self._restore()

    @property
    def finished(self) -> bool:
        """Whether all iterations are done."""
        return self.design.iteration >= self.design.brief.iterations

    def step(self) -> Step:
        """One step, kept on the disk."""
        design = self.design
        if PICTURES * design.iteration // design.brief.iterations == len(self.path):
            self.path.append(design.cell())
        self.history.append(design.step())
        self._save()
        return self.history[-1]

    def finish(self, *, thick: bool = False) -> dict[str, Any]:
        """Write the cell, its picture and what it is worth; returns the latter. `thick` takes away what is thinner than
        two voxels."""
        design, cell = self.design, self.design.cell()
        if thick:
            cell = torch.from_numpy(opened(cell.numpy(), 2))
        with whole_file(self.folder / CELL) as temporary:
            np.savez_compressed(temporary, structures=cell.numpy().astype(np.uint8)[None])
        with whole_file(self.folder / PICTURE) as temporary:
            temporary.write_bytes(gallery([shown.numpy() for shown in [*self.path, cell]], columns=PICTURES + 1))
        base = isotropic(1.0, design.brief.poisson)
        record = examine(cell.float(), torch.eye(3), base, TOLERANCE)
        result = {
            "asked": self.wish,
            "value": shown_value(torch.tensor(record["stiffness"]), design.brief.goal, design.brief.target),
            "cell": record,
            "thinner_than_two_voxels": 1 - kept(cell.numpy(), 2),
            "history": [step._asdict() for step in self.history],
        }
        with whole_file(self.folder / RESULT) as temporary:
            temporary.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        return result

    def _save(self) -> None:
        design = self.design
        assert design.memory.displacements is not None
        tensors = {
            "variables": design.variables,
            "before": torch.from_numpy(design.asymptotes.before),
            "reach": torch.from_numpy(design.asymptotes.reach),
            "displacements": design.memory.displacements,
            "history": torch.tensor(self.history, dtype=torch.float64),
            "path": torch.stack(self.path).to(torch.uint8),
        }
        with whole_file(self.folder / STATE) as temporary:
            save_file(tensors, temporary, metadata={"wish": json.dumps(self.wish)})

    def _restore(self) -> None:
        path, design = self.folder / STATE, self.design
        try:
            with safe_open(path, framework="pt") as file:
                wish = json.loads((file.metadata() or {})["wish"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise ZooError(f"{path}: it cannot be read ({error}); remove it.") from error
        if wish != self.wish:
            changed = [name for name in self.wish if self.wish[name] != wish.get(name)]
            raise ZooError(f"{self.folder} holds a design with other {', '.join(changed)}; name another with --output.")
        design.variables = tensors["variables"]
        design.asymptotes.before = tensors["before"].numpy()
        design.asymptotes.reach = tensors["reach"].numpy()
        design.memory.displacements = tensors["displacements"]
        self.history = [Step(*row) for row in tensors["history"].tolist()]
        self.path = list(tensors["path"].bool())
        design.iteration = len(self.history)


def wish(brief: Brief, start: str, seed: int) -> dict[str, Any]:
    """Everything that a design depends on."""
    return {**dataclasses.asdict(brief), "start": start, "seed": seed}
