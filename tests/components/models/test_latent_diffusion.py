"""Latent diffusion with parts whose answers are known: Gaussian data, and its exact denoiser."""

import numpy as np
import pytest
import torch
from torch import nn

from zoo import Denoiser, Encoder, Noise, Posterior, Sampler, Structure, Table, Training, ZooError, register_to_config
from zoo.components.models.latent_diffusion import Denoising, LatentDiffusion
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.ddpm import DDPM
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.rectified_flow import RectifiedFlow

STRUCTURE = Structure((4,), 0.0, 8.0)
SCALE, MEAN, STD = 2.5, 3.0, 0.5


class Times(Encoder):
    """Latents are structures times a constant, so their spread is not 1."""

    @register_to_config
    def __init__(self, structure: Structure) -> None:
        super().__init__()
        self.latent_shape = (4,)
        self.scale = nn.Parameter(torch.tensor(SCALE))

    def encode(self, structures):
        return Posterior(structures * self.scale)

    def decode(self, latents):
        return latents / self.scale

    def loss(self, structures, posterior, noise):
        return {"mse": (self.decode(posterior.mean) - structures).square().mean()}


class Exact(Denoiser):
    """The noise that Gaussian latents N(m, s^2), with m shifted by the condition, most probably hold."""

    @register_to_config
    def __init__(self, mean: float, std: float, prediction: str = "noise", conditions: tuple = ()) -> None:
        super().__init__()
        self.prediction = prediction
        self.conditions = tuple(conditions)
        self.mean, self.std = mean, std
        self.seen = []
        self.unused = nn.Parameter(torch.zeros(()))

    def forward(self, noisy, level, condition, previous=None):
        self.seen.append(condition)
        ratio = level.log_snr.double().exp().view(-1, 1)
        alpha, sigma = (ratio / (1 + ratio)).sqrt(), (1 / (1 + ratio)).sqrt()
        shift = condition.get("shift", torch.full((len(noisy),), torch.nan)).nan_to_num(0.0).view(-1, 1)
        mean = self.mean + shift
        gain = alpha * self.std**2 / (alpha**2 * self.std**2 + sigma**2)
        clean = mean + gain * (noisy - alpha * mean)
        answer = {"clean": clean, "noise": (noisy - alpha * clean) / sigma}
        answer["velocity"] = alpha * answer["noise"] - sigma * clean
        return answer[self.prediction].float() + 0 * self.unused


class Data:
    """Gaussian structures."""

    def __init__(self, n: int = 4000) -> None:
        self.structure = MEAN + STD * Noise(3, range(n)).normal(4)
        self.shift = torch.linspace(-2, 6, n)
        self.train = self.held_out = self
        self.originals = np.arange(n)

    def __len__(self) -> int:
        return len(self.structure)

    def batch(self, indices: np.ndarray, device: torch.device) -> dict:
        rows = torch.from_numpy(indices)
        return {"structure": self.structure[rows], "properties": {"shift": self.shift[rows]}}

    def properties(self, name: str) -> torch.Tensor:
        return getattr(self, name)


def walked_through(model: LatentDiffusion, data: Data) -> list:
    """Go through the stages as a run would, training nothing."""
    stages, seen, answer = model.stages(data), [], None
    while True:
        try:
            stage = stages.send(answer)
        except StopIteration:
            return seen
        seen.append(stage)
        answer = None
        if not isinstance(stage, Training):
            columns = stage.function(stage.source.batch(np.arange(len(data)), torch.device("cpu")))
            columns = {name: column.detach() for name, column in columns.items()}
            answer = Table(
                columns, {n: c.mean(0) for n, c in columns.items()}, {n: c.std(0) for n, c in columns.items()}
            )


def model(prediction: str = "noise", conditions=(), sampler: Sampler | None = None, **kwargs) -> LatentDiffusion:
    encoder = Times(STRUCTURE)
    spread = STD * SCALE
    denoiser = Exact(MEAN * SCALE / spread, 1.0, prediction, conditions)
    return LatentDiffusion(STRUCTURE, encoder, Linear(1000), denoiser, sampler or DDPM(), **kwargs)


@pytest.mark.parametrize("prediction", ["noise", "clean", "velocity"])
def test_an_exact_denoiser_gives_back_the_data(prediction: str) -> None:
    whole = model(prediction)
    stages = walked_through(whole, Data())
    assert [stage.name for stage in stages] == ["autoencoder", "latents", "denoiser"]
    soft = whole.sample(range(400), seed=1, condition={}, batch=400)
    # 1,600 numbers of spread 0.5: standard errors 0.013 of the mean and 0.009 of the spread.
    assert soft.mean() == pytest.approx(MEAN, abs=0.05)
    assert soft.std() == pytest.approx(STD, abs=0.04)


def test_samples_depend_on_seed_and_number_only() -> None:
    whole = model()
    walked_through(whole, Data())
    together = whole.sample(range(8), seed=1, condition={}, batch=8)
    alone = whole.sample([5], seed=1, condition={}, batch=8)
    assert torch.equal(together[5], alone[0])
    assert not torch.equal(together, whole.sample(range(8), seed=2, condition={}, batch=8))


def test_conditions_are_scaled_and_hidden_as_often_as_asked() -> None:
    whole = model(conditions=("shift",), condition_dropout=0.25)
    stages = walked_through(whole, Data())
    player = stages[-1].players[0].module
    assert isinstance(player, Denoising)
    indices = np.arange(4000)
    player(stages[-1].source.batch(indices, torch.device("cpu")), Noise(0, range(4000)))
    seen = whole.denoiser.seen[-1]["shift"]
    hidden = seen.isnan()
    # Standard error of a share of 4,000 is 0.007.
    assert hidden.float().mean() == pytest.approx(0.25, abs=0.03)
    torch.testing.assert_close(seen[~hidden], torch.linspace(0, 1, 4000)[~hidden], rtol=1e-4, atol=1e-4)


def test_groups_of_conditions_are_hidden_one_at_a_time_as_often_as_all() -> None:
    """Yang et al. 2024, section 3.2: all, the tensor alone, the volume alone, each of 10 % of the samples."""
    names = ("stiffness[0][0]", "stiffness[3][3]", "volume")
    whole = model(conditions=names, condition_dropout=0.1)
    whole.denoiser.condition_groups = (names[:2], names[2:])
    count = 20_000
    stiffness = Noise(5, range(count)).uniform(6, 6)
    batch = {"mean": torch.zeros(count, 4), "property.stiffness": stiffness, "property.volume": stiffness[:, 1, 1]}
    Denoising(whole)(batch, Noise(6, range(count)))
    seen = whole.denoiser.seen[-1]
    hidden = torch.stack([seen[name].isnan() for name in names], 1)
    for pattern, share in (((1, 1, 1), 0.1), ((1, 1, 0), 0.1), ((0, 0, 1), 0.1), ((0, 0, 0), 0.7)):
        found = float((hidden == torch.tensor(pattern).bool()).all(1).float().mean())
        assert abs(found - share) < 5 * (share * (1 - share) / count) ** 0.5
    given = ~hidden[:, 1]
    torch.testing.assert_close(seen[names[1]][given], stiffness[given, 3, 3])


def test_guidance_goes_beyond_the_conditional_answer() -> None:
    data = Data()
    shifts = {}
    for guidance in (1.0, 3.0):
        whole = model(conditions=("shift",), guidance=guidance, sampler=DDPM())
        walked_through(whole, data)
        free = whole.sample(range(100), seed=4, condition={}, batch=100)
        asked = whole.sample(range(100), seed=4, condition={"shift": 6.0}, batch=100)
        shifts[guidance] = float((asked - free).mean())
    # u + w (c - u) on a linear answer: the shift of every prediction is w times the conditional one.
    assert shifts[3.0] == pytest.approx(3 * shifts[1.0], rel=1e-3)
    assert shifts[1.0] > 0.1


def test_the_denoising_loss_is_the_error_of_the_prediction() -> None:
    whole = model()
    stages = walked_through(whole, Data())
    player, source = stages[-1].players[0].module, stages[-1].source
    loss = player(source.batch(np.arange(512), torch.device("cpu")), Noise(0, range(512)))["denoising"]
    noise = Noise(0, range(512))
    clean = Data().structure[:512] * SCALE / whole.latent_std
    timesteps = noise.integers(1000)
    added = noise.normal(4)
    alpha_bar = torch.from_numpy(np.cumprod(1 - np.linspace(1e-4, 0.02, 1000)))[timesteps].unsqueeze(1)
    noisy = alpha_bar.sqrt() * clean + (1 - alpha_bar).sqrt() * added
    predicted = whole.denoiser(noisy.float(), whole.schedule.level(timesteps), {})
    assert float(loss.detach()) == pytest.approx(float((predicted - added).square().mean().detach()), rel=1e-4)


def test_illegal_pairs_are_refused_together() -> None:
    with pytest.raises(ZooError) as error:
        LatentDiffusion(STRUCTURE, Times(STRUCTURE), RectifiedFlow(), Exact(0.0, 1.0), DDPM(), guidance=2.0)
    assert len(error.value.problems) == 3
    assert "predict velocity or clean" in str(error.value)
    assert "the schedule is a flow" in str(error.value)
    assert "guidance needs a denoiser with conditions" in str(error.value)


class Recalls(Exact):
    """Exact, and asks for its own previous answer, which it only remembers."""

    self_conditioning = True

    @register_to_config
    def __init__(self, mean: float, std: float, prediction: str = "noise", conditions: tuple = ()) -> None:
        Exact.__init__(self, mean, std, prediction, conditions)
        self.shown, self.answers = [], []

    def forward(self, noisy, level, condition, previous=None):
        self.shown.append(previous)
        answer = super().forward(noisy, level, condition, previous)
        ratio = level.log_snr.double().exp().view(-1, 1)
        alpha, sigma = (ratio / (1 + ratio)).sqrt(), (1 / (1 + ratio)).sqrt()
        clean = {"noise": (noisy - sigma * answer) / alpha, "clean": answer, "velocity": alpha * noisy - sigma * answer}
        self.answers.append(clean[self.prediction].float().detach())
        return answer


def recalling(prediction: str, **kwargs) -> LatentDiffusion:
    denoiser = Recalls(MEAN / STD, 1.0, prediction, kwargs.pop("conditions", ()))
    return LatentDiffusion(STRUCTURE, Times(STRUCTURE), Linear(1000), denoiser, DDIM(5), **kwargs)


@pytest.mark.parametrize("prediction", ["noise", "clean", "velocity"])
def test_training_shows_half_of_a_batch_its_own_answer_without_gradient(prediction: str) -> None:
    """Chen et al. 2022, "Analog bits": half see what is predicted without an answer, others nothing."""
    whole = recalling(prediction)
    batch = {"mean": Noise(1, range(2000)).normal(4).requires_grad_()}
    Denoising(whole)(batch, Noise(2, range(2000)))["denoising"].backward()
    first, second = whole.denoiser.shown
    assert first is None
    assert not second.requires_grad
    hidden = (second == 0).all(1)
    assert abs(float(hidden.float().mean()) - 0.5) < 5 * 0.5 / 2000**0.5
    torch.testing.assert_close(second[~hidden], whole.denoiser.answers[0][~hidden], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("prediction", ["noise", "clean", "velocity"])
def test_each_step_of_a_walk_sees_the_clean_latents_of_the_one_before(prediction: str) -> None:
    whole = recalling(prediction)
    whole.sample(range(3), 0, {}, 3)
    shown, answers = whole.denoiser.shown, whole.denoiser.answers
    assert len(shown) == 5
    assert shown[0] is None
    for previous, answer in zip(shown[1:], answers[:-1], strict=True):
        torch.testing.assert_close(previous, answer, rtol=1e-3, atol=1e-3)
    whole.denoiser.shown.clear()
    whole.sample(range(3), 0, {}, 3)
    assert whole.denoiser.shown[0] is None, "a walk begins with no answer, whatever was drawn before"


class Halves(DDIM):
    """DDIM that halves what is predicted, and says so."""

    def advance(self, walk, scheduler, clean, noisy, timestep):
        walk.answered(clean / 2)
        return super().advance(walk, scheduler, clean / 2, noisy, timestep)


def test_an_answer_that_the_sampler_has_edited_is_the_one_that_is_shown() -> None:
    whole = recalling("clean")
    whole.sampler = Halves(5)
    whole.sample(range(3), 0, {}, 3)
    for previous, answer in zip(whole.denoiser.shown[1:], whole.denoiser.answers[:-1], strict=True):
        torch.testing.assert_close(previous, answer / 2, rtol=1e-3, atol=1e-3)


def test_guided_both_predictions_see_one_answer() -> None:
    whole = recalling("clean", conditions=("shift",), guidance=2.0)
    whole.sample(range(3), 0, {"shift": 1.0}, 3)
    shown = whole.denoiser.shown
    assert len(shown) == 10
    assert all(one is other for one, other in zip(shown[::2], shown[1::2], strict=True))


def test_a_denoiser_that_does_not_ask_sees_no_answer_and_the_same_noise() -> None:
    """Self-conditioning draws its lots last, so it changes no training of others."""
    batch = {"mean": Noise(1, range(50)).normal(4)}
    plain = LatentDiffusion(STRUCTURE, Times(STRUCTURE), Linear(1000), Exact(MEAN / STD, 1.0, "clean"), DDIM(5))
    losses = [Denoising(whole)(batch, Noise(2, range(50)))["denoising"] for whole in (plain, recalling("clean"))]
    torch.testing.assert_close(*losses)
