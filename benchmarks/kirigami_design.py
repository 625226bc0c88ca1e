"""Design of a cut pattern with a wanted Poisson's ratio, at equal calls of the property: is a generator worth it?

    python benchmarks/kirigami_design.py --train 800 --calls 64 --tries 12

Every way may call the solver of the slit sheet (`slit_sheet`, at `--nodes`) `--calls` times a target, and
says after how many calls how near its best cell is to the wanted (nu_xy, nu_yx): the median over targets and tries of
the distance, the same of the last best cells solved with twice the nodes, and the share of tries that come as near as
`--near`. Derivatives of a cell count as one more call.

- `gibbs`: the best of exact random cells.
- `metropolis`: from a random cell, one cut at a time drawn anew from what its neighbours leave free, accepted by
  exp(-distance^2 / 2 width^2); the width is a tenth of the distance where the walk stands.
- `metropolis-best`: the same from the best of a quarter of the calls.
- `gradient`: from the best of an eighth of the calls, along the exact derivatives, see `sheets.descent`.

The following use `--train` cells whose property was called before any target was known:

- `training`: the nearest training cell, for which no call is made.
- `training-metropolis`, `training-gradient`: Metropolis, or steps along derivatives, from there.
- `surrogate`: a network trained on them picks the best of many random cells for each call.
- `autoregressive`: the conditional generator (`cut-autoregression`), told the target.
- `guided`: a diffusion of cells, guided by the gradient of that network and away from crossings; it is trained on
  20,000 cells whose property nobody has called. Cells that cross nevertheless are left out before any call.
- `pushed`: exact random cells, moved along the same gradient without a diffusion.
- `...-metropolis`, `...-gradient`: the same from the best of a quarter of the calls.

Targets are the property of random cells that no one has seen, pushed away from the mean by `--stretch`.
"""

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
import torch
from kirigami_guidance import Foreseen, denoising, diffusion, guided, pushed
from torch import Tensor, nn

from zoo import Noise, Structure
from zoo.components.models.latent_diffusion import LatentDiffusion
from zoo_kirigami.components.cut_autoregression import CutAutoregression, Likelihood
from zoo_kirigami.components.cut_pattern import CutPattern
from zoo_kirigami.cuts.arcs import free_gaps, neighbours
from zoo_kirigami.cuts.geometry import base_angles, crossings
from zoo_kirigami.cuts.replacement import replaced_cells
from zoo_kirigami.sheets.descent import Descent, distance
from zoo_kirigami.sheets.slit_sheet import slit_sheet

NAMES = ("poissons_ratio_xy", "poissons_ratio_yx")
MARKS = (1, 4, 8, 16, 32, 64, 128)
UNCALLED = 20_000
SPARE = 1.25
"""Cells drawn for each call, as some may cross."""


Way = Callable[[Tensor, int], Iterator[tuple[Tensor, Tensor, int]]]
"""From a target and a seed to cells [n, n], their property [2], and how many calls it took."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=int, default=800)
    parser.add_argument("--calls", type=int, default=64)
    parser.add_argument("--tries", type=int, default=12, help="targets, a try each")
    parser.add_argument("--side", type=int, default=4)
    parser.add_argument("--rotation", type=float, default=60.0)
    parser.add_argument("--nodes", type=int, default=6)
    parser.add_argument("--stretch", type=float, default=1.3)
    parser.add_argument("--near", type=float, default=0.02)
    parser.add_argument("--steps", type=int, default=1200, help="of training, ten times as many for the diffusion")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="ways, all by default")
    settings = parser.parse_args()
    torch.manual_seed(settings.seed)
    study = Study(settings)
    print(f"{settings.train} training cells, {study.seconds / settings.train:.3f} s of CPU a call", flush=True)
    marks = [*(mark for mark in MARKS if mark < settings.calls), settings.calls]
    print(
        f"{'way':26s}"
        + "".join(f"{f'{mark} calls':>12s}" for mark in marks)
        + f"{'finer':>10s}{'within':>10s}{'admissible':>12s}"
    )
    for name, way in study.ways().items():
        if settings.only and name not in settings.only:
            continue
        curves, found, study.drawn = [], [], []
        for number, target in enumerate(study.targets):
            best, cell = search(way, target, number, settings.calls)
            curves.append(best)
            found.append(cell)
        finer = distance(slit_sheet(torch.stack(found), nodes=2 * settings.nodes).poissons_ratio, study.targets)
        table = np.array(curves)
        medians = "".join(f"{np.median(table[:, mark - 1]):12.4f}" for mark in marks)
        within, admissible = (table[:, -1] < settings.near).mean(), np.mean(study.drawn or [1])
        print(f"{name:26s}{medians}{np.median(finer):10.4f}{within:10.0%}{admissible:12.1%}", flush=True)


class Study:
    """What all ways share: the property, the training cells with theirs, and the targets."""

    def __init__(self, settings: argparse.Namespace) -> None:
        self.settings = settings
        self.base = torch.from_numpy(base_angles(settings.side))
        self.cells = self.random(range(settings.train), 0)
        start = time.process_time()
        self.known = self.worth(self.cells)
        self.seconds = time.process_time() - start
        unseen = self.worth(self.random(range(settings.tries), 1))
        self.targets = self.known.mean(0) + settings.stretch * (unseen - self.known.mean(0))
        self.domain = CutPattern(settings.rotation, settings.side)
        self.drawn: list[bool] = []
        """Whether cells that were drawn and might have crossed are without crossings."""
        self.generator = self._trained_generator()
        self.surrogate = self._trained_surrogate()
        self.objective = Foreseen(self.domain.structure, lambda cells: self.surrogate(features(cells)))
        self.diffusion = self._trained_diffusion()

    def random(self, items: range, seed: int) -> Tensor:
        settings = self.settings
        seed += 1000 * settings.seed
        return torch.from_numpy(replaced_cells(items, seed, settings.rotation, n=settings.side, sweeps=20)).double()

    def worth(self, cells: Tensor) -> Tensor:
        """(nu_xy, nu_yx), [B, 2]."""
        return slit_sheet(cells, nodes=self.settings.nodes).poissons_ratio

    def ways(self) -> dict[str, Way]:
        return {
            "gibbs": lambda target, seed: self._drawn(self._gibbs(seed)),
            "metropolis": lambda target, seed: self._walk(target, seed, self._gibbs(seed), 1),
            "metropolis-best": lambda target, seed: self._walk(target, seed, self._gibbs(seed), self._share(4)),
            "gradient": lambda target, seed: self._descent(target, self._gibbs(seed), self._share(8)),
            "training": lambda target, seed: iter([self._nearest(target)]),
            "training-metropolis": lambda target, seed: self._walk(target, seed, iter([self._nearest(target)]), 1),
            "training-gradient": lambda target, seed: self._descent(target, iter([self._nearest(target)]), 1),
            "surrogate": lambda target, seed: self._drawn(self._foreseen(target, seed)),
            **self._generated("autoregressive", self._told),
            **self._generated("guided", self._guided),
            **self._generated("pushed", self._pushed),
        }

    def _generated(self, name: str, cells: Callable[[Tensor, int], Iterator[Tensor]]) -> dict[str, Way]:
        """The best of what a generator draws, and searches from the best of its first cells."""
        return {
            name: lambda target, seed: self._drawn(cells(target, seed)),
            f"{name}-metropolis": lambda target, seed: self._walk(target, seed, cells(target, seed), self._share(4)),
            f"{name}-gradient": lambda target, seed: self._descent(target, cells(target, seed), self._share(4)),
        }

    def _share(self, part: int) -> int:
        return max(1, self.settings.calls // part)

    def _drawn(self, cells: Iterator) -> Iterator[tuple[Tensor, Tensor, int]]:
        for found in cells:
            yield self._called(found)

    def _called(self, cell: "Tensor | tuple[Tensor, Tensor, int]") -> tuple[Tensor, Tensor, int]:
        """A cell, its property, and how many calls it took: one, unless it is known."""
        return cell if isinstance(cell, tuple) else (cell, self.worth(cell[None])[0], 1)

    def _gibbs(self, seed: int) -> Iterator[Tensor]:
        yield from self.random(range(1000 * seed, 1000 * seed + self.settings.calls), 2)

    def _told(self, target: Tensor, seed: int) -> Iterator[Tensor]:
        condition = {name: float(value) for name, value in zip(NAMES, target, strict=True)}
        count = self.settings.calls
        yield from self.generator.sample(range(1000 * seed, 1000 * seed + count), 3, condition, count).double()

    def _guided(self, target: Tensor, seed: int) -> Iterator[Tensor]:
        items = range(1000 * seed, 1000 * seed + int(SPARE * self.settings.calls))
        yield from self._admissible(guided(self.diffusion, items, 4, self.objective, self._normal(target)))

    def _pushed(self, target: Tensor, seed: int) -> Iterator[Tensor]:
        cells = self.random(range(1000 * seed, 1000 * seed + int(SPARE * self.settings.calls)), 5)
        yield from self._admissible(pushed(self.diffusion, cells, self.objective, self._normal(target)))

    def _normal(self, target: Tensor) -> dict[str, float]:
        """The target in standard deviations from the mean, as the network foresees it."""
        scaled = (target - self.known.mean(0)) / self.known.std(0)
        return {name: float(value) for name, value in zip(NAMES, scaled, strict=True)}

    def _admissible(self, soft: Tensor) -> Iterator[Tensor]:
        cells = self.domain.harden(soft)
        free = crossings(cells.numpy()) == 0
        self.drawn += free.tolist()
        yield from cells[free].double()

    def _nearest(self, target: Tensor) -> tuple[Tensor, Tensor, int]:
        best = distance(self.known, target).argmin()
        return self.cells[best], self.known[best], 0

    def _foreseen(self, target: Tensor, seed: int) -> Iterator[Tensor]:
        """The random cells, of 5,000, that the surrogate takes for the nearest."""
        cells = self.random(range(5000), 100 + seed)
        with torch.no_grad():
            guessed = self.surrogate(features(cells)) * self.known.std(0) + self.known.mean(0)
        yield from cells[distance(guessed, target).argsort()[: self.settings.calls]]

    def _walk(self, target: Tensor, seed: int, starts: Iterator, count: int) -> Iterator[tuple[Tensor, Tensor, int]]:
        """Metropolis from the nearest of the first `count` starts."""
        tried = []
        for _, start in zip(range(count), starts, strict=False):
            tried.append(self._called(start))
            yield tried[-1]
        cell, value, _ = min(tried, key=lambda one: float(distance(one[1], target)))
        random = torch.Generator().manual_seed(seed)
        while True:
            move = self._replaced(cell, random)
            moved = self._called(move)
            yield moved
            here, there = float(distance(value, target)), float(distance(moved[1], target))
            width = 0.1 * here
            if torch.rand((), generator=random) < np.exp((here**2 - there**2) / (2 * width**2 + 1e-12)):
                cell, value = move, moved[1]

    def _replaced(self, cell: Tensor, random: torch.Generator) -> Tensor:
        """One cut drawn evenly from what its neighbours leave free."""
        i, j = torch.randint(len(cell), (2,), generator=random).tolist()
        gaps = free_gaps(neighbours(cell[None])[:, i, j], self.base[i, j][None], self.settings.rotation)
        moved = cell.clone()
        moved[i, j] = self.base[i, j] + gaps.place(gaps.total * torch.rand((), generator=random).double())[0]
        return moved

    def _descent(self, target: Tensor, starts: Iterator, count: int) -> Iterator[tuple[Tensor, Tensor, int]]:
        """From the nearest of the first `count` starts; where no step leads nearer, from the next one."""
        tried = []
        for _, start in zip(range(count), starts, strict=False):
            tried.append(self._called(start))
            yield tried[-1]
        tried.sort(key=lambda one: float(distance(one[1], target)))
        for cell, value, _ in tried:
            yield from Descent(self.worth, self.settings.rotation).search(cell, value, target)

    def _trained_generator(self) -> CutAutoregression:
        settings = self.settings
        low, high = -settings.rotation, 90 + settings.rotation
        side = settings.side
        model = CutAutoregression(Structure((side, side), low, high), 128, 2, 40, conditions=list(NAMES))
        model.condition_mean.copy_(self.known.mean(0))
        model.condition_spread.copy_(self.known.std(0))
        player = Likelihood(model)

        def loss(rows: Tensor, step: int) -> Tensor:
            told = {name: self.known[rows, k] for k, name in enumerate(NAMES)}
            batch = {"structure": self.cells[rows].float(), "properties": told}
            return player(batch, Noise(step, range(len(rows))))["nats"]

        self._fit(model, loss, len(self.cells), settings.steps)
        return model.eval()

    def _trained_surrogate(self) -> nn.Module:
        """Of the properties, from training cells and their shifted copies."""
        width = 2 * self.settings.side**2
        network = nn.Sequential(nn.Linear(width, 256), nn.SiLU(), nn.Dropout(0.1), nn.Linear(256, 2))
        wanted = ((self.known - self.known.mean(0)) / self.known.std(0)).float()

        def loss(rows: Tensor, _: int) -> Tensor:
            down = int(torch.randint(self.settings.side, ()))
            right = down + 2 * int(torch.randint(self.settings.side // 2, ()))
            cells = self.cells[rows].roll((down, right), (1, 2))
            return (network(features(cells)) - wanted[rows]).square().mean()

        self._fit(network, loss, len(self.cells), self.settings.steps)
        return network.eval()

    def _trained_diffusion(self) -> LatentDiffusion:
        cells = self.random(range(UNCALLED), 6)
        model = diffusion(self.domain.structure)
        self._fit(model, denoising(model, cells), len(cells), 10 * self.settings.steps)
        return model.eval()

    def _fit(self, network: nn.Module, loss: Callable[[Tensor, int], Tensor], rows: int, steps: int) -> None:
        optimiser = torch.optim.AdamW(network.parameters(), 2e-3, weight_decay=0.01)
        decay = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
        for step in range(steps):
            optimiser.zero_grad()
            loss(torch.randint(rows, (64,)), step).backward()
            optimiser.step()
            decay.step()


def search(way: Way, target: Tensor, seed: int, calls: int) -> tuple[np.ndarray, Tensor]:
    """The distance of the best cell after 1, 2, ... calls, [calls], and the best cell after all of them."""
    best, used = np.full(calls, np.inf), 0
    nearest, kept = np.inf, torch.empty(0)
    for cell, value, cost in way(target, seed):
        used += cost
        if used > calls:
            break
        assert not crossings(cell[None].numpy()).any()
        if float(distance(value, target)) < nearest:
            nearest, kept = float(distance(value, target)), cell
        best[max(used - 1, 0) :] = nearest
    return best, kept


def features(cells: Tensor) -> Tensor:
    doubled = torch.deg2rad(2 * cells.flatten(1))
    return torch.cat([doubled.cos(), doubled.sin()], 1).float()


if __name__ == "__main__":
    main()
