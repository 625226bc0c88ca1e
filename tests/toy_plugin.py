"""A domain of a row of numbers and the parts of a model for it, small enough to know what to expect."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

import zoo
from zoo import Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    return [
        Component("domain", "row", "toy_plugin:Row", "A row of numbers in [0, 1]"),
        Component("dataset", "rows", "toy_plugin:Rows", "Rows of random numbers"),
        Component("importer", "row-text", "toy_plugin:RowText", "Rows as text"),
        Component("encoder", "halving", "toy_plugin:Halving", "Pairs of numbers become one"),
        Component("encoder", "plain", "toy_plugin:Plain", "Has an argument that halving has not"),
        Component("denoiser", "scale", "toy_plugin:Scale", "One number times its input"),
        Component("sampler", "stumbles", "toy_plugin:Stumbles", "Its scheduler has a bug"),
        Component("model", "ones", "toy_plugin:Ones", "Knows nothing"),
        Component("evaluator", "mean", "toy_plugin:Mean", "The mean"),
        Component("objective", "everything", "toy_plugin:Everything", "Every type of argument"),
        Component("negatives", "needs-latent", "toy_plugin:NeedsLatent", "Needs a latent before it"),
        Component("property", "breaks", "toy_plugin:Breaks", "Its constructor has a bug"),
        Component("property", "unannotated", "toy_plugin:Unannotated", "Its argument has no annotation"),
        Component("property", "opaque", "toy_plugin:Opaque", "Its argument is not JSON-able"),
    ]


@hookimpl
def zoo_recipes() -> Iterable[Path]:
    return [Path(__file__).with_name("toy_recipes.yaml")]


class Row(zoo.Domain):
    def __init__(self, length: int = 8) -> None:
        if length > 1000:
            raise zoo.ZooError(f"row: length {length} is above 1000")
        self.structure = zoo.Structure((length,), 0.0, 1.0)

    def harden(self, soft: Tensor) -> Tensor:
        return soft

    def figures(self, structures: np.ndarray) -> Sequence[zoo.Figure]:
        return []


class Rows(zoo.Dataset):
    """Rows of `length` numbers."""

    chunk_size = 16

    def __init__(self, length: int = 8, count: int = 10) -> None:
        self.length = length
        self.count = count

    def domain(self) -> Mapping[str, Any]:
        return {"use": "row", "length": self.length}

    def card(self) -> zoo.Card:
        return zoo.Card("rows", "", "zoo", "CC0-1.0")

    def make(self, items: range) -> zoo.Chunk:
        rows = [np.random.default_rng(item).random(self.length, np.float32) for item in items]
        return zoo.Chunk(np.stack(rows), {})


class RowText(zoo.Importer):
    """A row of numbers per line, in `.rows` files; `scale` times each."""

    suffixes = (".rows",)

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def domain(self, path: Path) -> Mapping[str, Any]:
        return {"use": "row", "length": len(next(self.entries(path), "").split())}

    def card(self) -> zoo.Card:
        return zoo.Card("Rows", "Numbers.", "own", "not stated", units={"first": "m", "last": ""})

    def entries(self, path: Path) -> Iterator[str]:
        for line in path.read_text().splitlines():
            if line == "stop":
                raise zoo.ZooError("it stops.")
            yield line

    def convert(self, entry: str) -> zoo.Entry:
        if entry == "interrupt":
            raise KeyboardInterrupt
        try:
            row = self.scale * np.array([float(word) for word in entry.split()], np.float32)
        except ValueError as error:
            raise zoo.ZooError(f"{entry!r} is not a row.") from error
        name = "step" if row[0] < row[-1] else ""
        return zoo.Entry(row, {"first": row[0]} | ({"last": row[-1]} if row[-1] else {}), name)


class Halving(zoo.Encoder):
    @zoo.register_to_config
    def __init__(self, structure: zoo.Structure, width: int = 4, depth: int = 1) -> None:
        super().__init__()
        (length,) = structure.shape
        if length % 2:
            raise zoo.ZooError(f"halving: length {length} is odd")
        self.latent_shape = (length // 2,)
        self.down = nn.Linear(length, length // 2)
        self.up = nn.Linear(length // 2, length)

    def encode(self, structures: Tensor) -> zoo.Posterior:
        return zoo.Posterior(self.down(structures))

    def decode(self, latents: Tensor) -> Tensor:
        return self.up(latents)

    def loss(self, structures: Tensor, posterior: zoo.Posterior, noise: zoo.Noise) -> dict[str, Tensor]:
        return {"error": (self.decode(posterior.mean) - structures).square().mean()}


class Plain(Halving):
    @zoo.register_to_config
    def __init__(self, structure: zoo.Structure, gain: float = 1.0) -> None:
        super().__init__(structure)


class Scale(zoo.Denoiser):
    @zoo.register_to_config
    def __init__(
        self,
        latent_shape: tuple[int, ...],
        prediction: Literal["noise", "clean", "velocity"] = "noise",
        conditions: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.seen_shape = latent_shape
        self.prediction = prediction
        self.conditions = conditions
        self.scale = nn.Parameter(torch.ones(()))

    def forward(
        self, noisy: Tensor, level: zoo.Level, condition: zoo.Condition, previous: Tensor | None = None
    ) -> Tensor:
        return self.scale * noisy


class Mean(zoo.Evaluator):
    def __init__(self, digits: int = 3) -> None:
        if digits < 0:
            raise zoo.ZooError(f"mean: digits {digits} is negative")

    def scores(self, generated: np.ndarray, reference: zoo.Data, facts: zoo.Facts) -> Mapping[str, zoo.Score]:
        return {"mean": zoo.Score(float(generated.mean()), "The mean.")}


class Everything(zoo.Objective):
    def __init__(
        self,
        must: int,
        share: float = 0.5,
        flag: bool = False,
        name: str = "a",
        choice: Literal["red", "green"] = "red",
        sizes: tuple[int, ...] = (1, 2),
        table: dict[str, float] | None = None,
        base: zoo.Sampler | None = None,
    ) -> None:
        self.given = (must, share, flag, name, choice, sizes, table, base)

    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        return structures.flatten(1).sum(1)


class Stumbles(zoo.Sampler):
    families = ("diffusion",)

    def scheduler(self, schedule: zoo.Schedule) -> Any:
        return {}["timesteps"]

    def advance(self, walk: zoo.Walk, scheduler: Any, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        return clean


class NeedsLatent(zoo.Negatives):
    def __init__(self, latent_shape: tuple[int, ...]) -> None:
        self.latent_shape_seen = latent_shape

    def __call__(self, structures: Tensor, noise: zoo.Noise) -> Tensor:
        return structures


class _Worthless(zoo.Property):
    units: dict[str, str] = {}  # noqa: RUF012

    def values(self, structures: Tensor, lattice: Tensor) -> dict[str, Tensor]:
        return {}


class Breaks(_Worthless):
    def __init__(self) -> None:
        raise RuntimeError("a bug")


class Unannotated(_Worthless):
    def __init__(self, thing=1) -> None:  # type: ignore[no-untyped-def]
        pass


class Opaque(_Worthless):
    def __init__(self, where: Path | np.ndarray = np.zeros(1)) -> None:
        pass


class Ones(zoo.Model):
    trains = ()
    trivial = True

    def __init__(self, structure: zoo.Structure) -> None:
        super().__init__()
        self.shape = structure.shape

    def stages(self, data: zoo.Data) -> Generator[Any, Any, None]:
        yield from ()

    def draw(self, noise: zoo.Noise, condition: zoo.Condition) -> Tensor:
        return torch.ones(len(noise), *self.shape)
