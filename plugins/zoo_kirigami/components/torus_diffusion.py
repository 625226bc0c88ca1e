"""Score matching on the torus of cut angles (De Bortoli et al. 2022, "Riemannian score-based generative modelling")."""

import math
from collections.abc import Generator, Mapping
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from zoo import Condition, Data, Denoiser, Encoder, Level, Model, Noise, Player, Structure, Table, Training, ZooError
from zoo_kirigami.statistics.wrapped_normal import mean_square, score, wrap

MAX_STEPS = 100_000


class TorusDiffusion(Model):
    """Cells are points on a torus, a circle for each cut; noise is wrapped around the circles, and never leaves them.

    A cut is the same after half a turn, so its place on the circle is twice its angle. As in the torsional diffusion of
    Jing et al. (2022), the spread of the wrapped normal noise grows geometrically, from `least` to pi radians of the
    doubled angle, where it is all but uniform. The denoiser sees the points as (cos, sin) and returns vectors, of which
    what lies along the circles is taken for the score, in units of its root mean square (its sign turned, so that it is
    the noise where that is small). The walk begins with uniform angles and takes `steps` ancestral steps of the
    variance-exploding chain (Song et al. 2021, appendix F) along the circles.

    ZooError unless the encoder writes cells as points on circles, `[2, n, n]`, and the denoiser predicts noise.
    """

    trains = ("denoiser",)
    sampling = ("steps",)

    def __init__(
        self, structure: Structure, encoder: Encoder, denoiser: Denoiser, least: float = 0.03, steps: int = 1000
    ) -> None:
        super().__init__()
        problems = []
        if tuple(encoder.latent_shape) != (2, *structure.shape):
            problems.append(f"torus-diffusion: latents {tuple(encoder.latent_shape)} are not points on circles.")
        if denoiser.prediction != "noise":
            problems.append(f"torus-diffusion: a denoiser that predicts {denoiser.prediction!r}; it must be noise.")
        if not 0 < least < math.pi:
            problems.append(f"torus-diffusion: least {least:g} must lie between 0 and pi radians.")
        if not 1 <= steps <= MAX_STEPS:
            problems.append(f"torus-diffusion: {steps} steps; there must be 1 to {MAX_STEPS:,}.")
        if problems:
            raise ZooError(*problems)
        self.encoder = encoder
        self.denoiser = denoiser
        self.least = least
        self.steps = steps
        self.cell = tuple(structure.shape)

    def stages(self, data: Data) -> Generator[Training, Table | None, None]:
        player = Player("denoiser", ScoreMatching(self))
        yield Training("denoiser", [player], data.train, data.held_out, ("encoder", "denoiser", "least"))

    def draw(self, noise: Noise, condition: Condition) -> Tensor:
        places = 2 * math.pi * noise.uniform(*self.cell) - math.pi
        times = torch.linspace(1, 0, self.steps + 1, device=places.device)
        for time, later in pairwise(times):
            now, then = self.spread(time.expand(len(places))), self.spread(later)
            drift = (now.square() - then.square()).view(-1, 1, 1) * self.score(places, time.expand(len(places)))
            kick = then * (1 - (then / now).square()).sqrt().view(-1, 1, 1)
            places = wrap(places + drift + kick * noise.normal(*self.cell))
        places = places + self.least**2 * self.score(places, times[-1:].expand(len(places)))
        return self.encoder.decode(torch.stack([places.cos(), places.sin()], 1))

    def spread(self, time: Tensor) -> Tensor:
        """Standard deviation of the noise at times in [0, 1], in radians of the doubled angle."""
        return self.least ** (1 - time) * math.pi**time

    def score(self, places: Tensor, time: Tensor) -> Tensor:
        """Along the circles, `[B, n, n]`, of the doubled angles `places` `[B, n, n]` at times `[B]`."""
        scale = mean_square(self.spread(time)).sqrt()
        return -scale.view(-1, 1, 1) * self.noise_seen(places, time)

    def noise_seen(self, places: Tensor, time: Tensor) -> Tensor:
        """What the denoiser says of the noise, along the circles, `[B, n, n]`."""
        points = torch.stack([places.cos(), places.sin()], 1)
        level = Level(time, -2 * self.spread(time).log())
        vectors: Tensor = self.denoiser(points, level, {})
        return points[:, 0] * vectors[:, 1] - points[:, 1] * vectors[:, 0]


class ScoreMatching(nn.Module):
    """The player: the mean squared error of the score in units of its root mean square, at times drawn evenly."""

    def __init__(self, model: TorusDiffusion) -> None:
        super().__init__()
        self.denoiser = model.denoiser
        self._model = [model]  # In a list: what it holds besides the denoiser is not to be learnt.

    def forward(self, batch: Mapping[str, Any], noise: Noise) -> dict[str, Tensor]:
        model = self._model[0]
        points = model.encoder.encode(batch["structure"]).mean
        clean = torch.atan2(points[:, 1], points[:, 0])
        time = noise.uniform()
        spread = model.spread(time).view(-1, 1, 1)
        away = spread * noise.normal(*model.cell)
        target = -score(away, spread) / mean_square(spread).sqrt()
        return {"denoising": (model.noise_seen(clean + away, time) - target).square().mean()}
