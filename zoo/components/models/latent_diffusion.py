"""Latent diffusion: an encoder, a denoiser on its latents, and a walk back from noise (Rombach et al. 2022)."""

from collections.abc import Generator, Mapping
from typing import Any, Literal

import numpy as np
import torch
from diffusers.schedulers.scheduling_utils import SchedulerMixin
from torch import Tensor, nn

from zoo import (
    Batch,
    Condition,
    Conditions,
    Data,
    Denoiser,
    Encoder,
    Fitting,
    Model,
    Negatives,
    Noise,
    Player,
    Posterior,
    Regulariser,
    Sampler,
    Schedule,
    Source,
    Split,
    Stage,
    Structure,
    Table,
    Tabulation,
    Training,
    Walk,
    ZooError,
)
from zoo.components.models.autoencoding import Autoencoding, positive_and_negative

SELF_CONDITIONING_SHARE = 0.5
"""How often training shows a self-conditioning denoiser its own answer (Chen et al. 2022, "Analog bits")."""

PROPERTY = "property."
"""What the columns of a batch of latents that are properties begin with."""

SUPPORT = "support"
"""The condition, and the column of a batch of latents, that says where latents exist."""


class LatentDiffusion(Model):
    """Encoder + regulariser + schedule + denoiser + sampler.

    - `latent_norm` "std" divides the latents by one global standard deviation, so that the walk may start from N(0, 1)
      whatever scale the regulariser leaves; the VOXPLOER paper is silent, its authors' code does not ("none").
    - `negative_weight` is the weight of the negatives' reconstruction beside that of the structures.
    - `guidance` is the weight w of classifier-free guidance, u + w (c - u) with u and c the unconditional and
      conditional predictions (Ho & Salimans 2022, with their w + 1 called w): 1 is plain conditional sampling.
    - `condition_dropout` is the chance, per sample, that training hides all conditions; a denoiser may name groups of
      them, and each is then hidden alone with that chance, too.

    Latents of an encoder with a `support` are 0 outside it: so are noise and predictions, the loss is averaged over
    active sites, and the spread of the latents is that of active sites. The denoiser is given the condition `support`,
    which training takes from the data, and drawing from the condition of that name; without it all sites are active.
    """

    trains: tuple[str, ...] = ("autoencoder", "denoiser")
    sampling = ("sampler", "guidance")

    def __init__(
        self,
        structure: Structure,
        encoder: Encoder,
        schedule: Schedule,
        denoiser: Denoiser,
        sampler: Sampler,
        regulariser: Regulariser | None = None,
        negatives: Negatives | None = None,
        negative_weight: float = 0.2,
        latent_norm: Literal["std", "none"] = "std",
        guidance: float = 1.0,
        condition_dropout: float = 0.1,
    ) -> None:
        super().__init__()
        _check_parts(schedule, sampler, regulariser, negatives, denoiser, guidance)
        learns = {
            "autoencoder": any(p.requires_grad for p in encoder.parameters()),
            "denoiser": sampler.needs_denoiser,
        }
        self.trains = tuple(stage for stage in self.trains if learns[stage])
        self.encoder = encoder
        self.denoiser = denoiser
        self.schedule = schedule
        self.sampler = sampler
        self.regulariser = regulariser
        self.negatives = negatives
        self.negative_weight = negative_weight
        self.latent_norm = latent_norm
        self.guidance = guidance
        self.condition_dropout = condition_dropout
        self.conditions = tuple(denoiser.conditions)
        self.any_resolution = encoder.any_resolution
        self.register_buffer("latent_std", torch.ones(()))
        self.latent_std: Tensor
        self.conditioning = Conditions(self, self.conditions)
        self._latents = torch.empty(0, *encoder.latent_shape)

    def stages(self, data: Data) -> Generator[Stage, Table | None, None]:
        self.conditioning.fit(data)
        learns = "autoencoder" in self.trains
        if learns:
            player = Autoencoding(self.encoder, self.regulariser, self.negatives, self.negative_weight)
            roles = ("encoder", "regulariser", "negatives", "negative_weight")
            yield Training("autoencoder", [Player("autoencoder", player)], data.train, data.held_out, roles)
        if self.encoder.fitted:
            yield Fitting("fit", self.encoder, lambda: self.encoder.fit(data.train), ("encoder",))
        train: Source = Encoded(data.train, self)
        tabulated = learns or self.encoder.fitted or self.latent_norm == "std"
        if tabulated:
            table = yield self._tabulation(data)
            assert table is not None
            self._fit_latents(table)
            train = Rows(table, data.train.originals)
        if "denoiser" in self.trains:
            yield Training(
                "denoiser",
                [Player("denoiser", Denoising(self))],
                train,
                Encoded(data.held_out, self),
                ("encoder", "schedule", "denoiser", "latent_norm", "condition_dropout"),
            )
        if self.sampler.needs_latents and not tabulated:
            # Last, so that a sampler which asks for latents changes no training key.
            table = yield self._tabulation(data)
            assert table is not None
            self._fit_latents(table)

    def _tabulation(self, data: Data) -> Tabulation:
        return Tabulation("latents", lambda batch: encode_batch(self, batch), data.train, ("encoder",))

    def latents(self, structures: Tensor, noise: Noise) -> dict[str, Tensor]:
        if "autoencoder" not in self.trains:
            return {}
        return positive_and_negative(self.encoder, self.negatives, structures, noise)

    def tables(self) -> dict[str, Tensor]:
        return {"latents": self._latents} if self.sampler.needs_latents else {}

    def set_tables(self, tables: Mapping[str, Tensor]) -> None:
        if self.sampler.needs_latents:
            self._latents = tables["latents"].to(self.latent_std.device)

    def scheduler(self) -> SchedulerMixin:
        return self.sampler.scheduler(self.schedule)

    def draw(self, noise: Noise, condition: Condition) -> Tensor:
        support = condition.get(SUPPORT)
        given = {**self.conditioning.scaled(condition, len(noise)), **_as_condition(support)}

        def predict(noisy: Tensor, timesteps: Tensor) -> Tensor:
            return self._predict(masked(noisy, support), timesteps, given, answer)

        answer = _Answer() if self.denoiser.self_conditioning else None
        walk = Walk(
            predict=predict,
            schedule=self.schedule,
            shape=self.encoder.latent_shape,
            noise=noise,
            decode=lambda latents: self.encoder.decode(latents * self.latent_std),
            latents=self._latents,
            record=self.record,
            answered=answer.edited if answer is not None else None,
        )
        return walk.decode(masked(self.sampler.sample(walk), support))

    def _predict(self, noisy: Tensor, timesteps: Tensor, given: Condition, answer: "_Answer | None") -> Tensor:
        """The clean latents `[B, *Z]` that the denoiser sees under the noise, guided if there is a condition."""
        level = self.schedule.level(timesteps)
        previous = answer.last if answer is not None else None
        output = self.denoiser(noisy, level, given, previous)
        if self.guidance != 1 and self.conditions:
            hidden = {**given, **{name: torch.full_like(given[name], torch.nan) for name in self.conditions}}
            free = self.denoiser(noisy, level, hidden, previous)
            output = free + self.guidance * (output - free)
        clean = self.schedule.clean(self.denoiser.prediction, output, noisy, timesteps)
        clean = masked(clean, given.get(SUPPORT))
        if answer is not None:
            answer.last = clean.detach()
        return clean

    def normalised(self, batch: Batch, noise: Noise) -> Tensor:
        """Clean latents `[B, *Z]` in the coordinates of the walk."""
        latents = Posterior(batch["mean"], batch.get("log_variance")).sample(noise) / self.latent_std
        return masked(latents, batch.get(SUPPORT))

    def given(self, batch: Batch) -> Condition:
        """A batch's properties, those the denoiser knows, scaled to [0, 1]."""
        values = {name.removeprefix(PROPERTY): value for name, value in batch.items() if name.startswith(PROPERTY)}
        return self.conditioning.scaled(values, len(batch["mean"]))

    def _fit_latents(self, table: Table) -> None:
        mean, support = table.columns["mean"], table.columns.get(SUPPORT)
        if self.latent_norm == "std":
            active = mean if support is None else mean[(support > 0).expand_as(mean)]
            self.latent_std.copy_(active.double().std())
        if self.sampler.needs_latents:
            self._latents = mean.to(self.latent_std.device) / self.latent_std


class Encoded:
    """A source of latents that are encoded when asked for."""

    def __init__(self, source: Split, model: LatentDiffusion) -> None:
        self._source = source
        self._model = model
        self.originals = source.originals

    def __len__(self) -> int:
        return len(self._source)

    @torch.no_grad()
    def batch(self, indices: np.ndarray, device: torch.device) -> Batch:
        """The latents of these structures, encoded now."""
        return encode_batch(self._model, self._source.batch(indices, device))


class Rows:
    """A source of latents that a table holds."""

    def __init__(self, table: Table, originals: np.ndarray) -> None:
        self._columns = table.columns
        self.originals = originals

    def __len__(self) -> int:
        return len(self._columns["mean"])

    def batch(self, indices: np.ndarray, device: torch.device) -> Batch:
        """The rows with these numbers."""
        rows = torch.from_numpy(indices)
        return {name: column[rows].to(device) for name, column in self._columns.items()}


class Denoising(nn.Module):
    """The player of the stage `denoiser`: the mean squared error of its prediction (Ho et al. 2020, equation 14)."""

    def __init__(self, model: LatentDiffusion) -> None:
        super().__init__()
        self.denoiser = model.denoiser
        # In a list, so that it is not a submodule: its other parts are not this player's to train or to synchronise.
        self._model = [model]

    def forward(self, batch: Batch, noise: Noise) -> Mapping[str, Tensor]:
        model = self._model[0]
        support = batch.get(SUPPORT)
        clean = model.normalised(batch, noise)
        timesteps = model.schedule.draw(noise)
        added = masked(noise.normal(*clean.shape[1:]), support)
        noisy = model.schedule.corrupt(clean, added, timesteps)
        level = model.schedule.level(timesteps)
        hidden = [(names, model.condition_dropout) for names in (model.conditions, *self.denoiser.condition_groups)]
        dropped = model.conditioning.drop(model.given(batch), noise, *hidden)
        condition = {**dropped, **_as_condition(support)}
        previous = self._own_answer(noisy, level, condition, timesteps, noise)
        output = self.denoiser(noisy, level, condition, previous)
        target = model.schedule.target(self.denoiser.prediction, clean, added, timesteps)
        if support is None:
            return {"denoising": nn.functional.mse_loss(output, target)}
        errors = masked(output - target, support).square().sum()
        return {"denoising": errors / support.expand_as(clean).sum().clamp(min=1)}

    @torch.no_grad()
    def _own_answer(
        self, noisy: Tensor, level: Any, condition: Condition, timesteps: Tensor, noise: Noise
    ) -> Tensor | None:
        if not self.denoiser.self_conditioning:
            return None
        output = self.denoiser(noisy, level, condition, None)
        answer = self._model[0].schedule.clean(self.denoiser.prediction, output, noisy, timesteps)
        answer = masked(answer, condition.get(SUPPORT))
        shown = noise.uniform() < SELF_CONDITIONING_SHARE
        return answer * shown.view(-1, *(1,) * (noisy.dim() - 1))


class _Answer:
    """The denoiser's previous answer during one walk."""

    last: Tensor | None = None

    def edited(self, clean: Tensor) -> None:
        """The sampler has made this of it."""
        self.last = clean.detach()


def encode_batch(model: LatentDiffusion, batch: Batch) -> Batch:
    """The posterior of a batch of structures, and all their properties: what is tabulated depends on no condition."""
    posterior = model.encoder.encode(batch["structure"])
    expected = (len(batch["structure"]), *model.encoder.latent_shape)
    if posterior.mean.shape != expected:
        raise ZooError(
            f"{type(model.encoder).__name__} gives latents {tuple(posterior.mean.shape)}, and by its latent_shape they "
            f"are {expected}."
        )
    columns = {"mean": posterior.mean}
    if posterior.log_variance is not None:
        columns["log_variance"] = posterior.log_variance
    support = model.encoder.support(batch["structure"])
    if support is not None:
        columns[SUPPORT] = support
    return columns | {PROPERTY + name: value for name, value in batch["properties"].items()}


def masked(latents: Tensor, support: Tensor | None) -> Tensor:
    """Latents `[B, *Z]` with 0 outside their support `[B, 1, *Z[1:]]`, if there is one."""
    return latents if support is None else latents * support


def _as_condition(support: Tensor | None) -> Condition:
    return {} if support is None else {SUPPORT: support}


def _check_parts(
    schedule: Schedule,
    sampler: Sampler,
    regulariser: Regulariser | None,
    negatives: Negatives | None,
    denoiser: Denoiser,
    guidance: float,
) -> None:
    problems = []
    if schedule.family not in sampler.families:
        problems.append(
            f"sampler {type(sampler).__name__} walks {' and '.join(sampler.families)} schedules; "
            f"the schedule is a {schedule.family}."
        )
    if schedule.family == "flow" and denoiser.prediction == "noise":
        problems.append("a flow begins at pure noise, which says nothing of the data: predict velocity or clean.")
    if regulariser is not None and regulariser.needs_negatives and negatives is None:
        problems.append(f"regulariser {type(regulariser).__name__} needs negatives, and none are named.")
    if guidance != 1 and not denoiser.conditions:
        problems.append("guidance needs a denoiser with conditions.")
    if problems:
        raise ZooError(*problems)
