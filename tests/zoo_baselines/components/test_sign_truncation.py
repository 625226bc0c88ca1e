"""Sign truncation: what the base is given, what the denoiser is shown, where the walk ends."""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import pytest
import torch

from exact_walks import KNOWN, MeanEnergy, walk
from zoo import Sampler, ZooError
from zoo.components.samplers.ddim import DDIM
from zoo.components.samplers.srr import ShortRangeRepulsion
from zoo.components.samplers.universal import UniversalGuidance
from zoo.components.schedules.linear import Linear
from zoo.components.schedules.vp_sde import VPSDE
from zoo_baselines.components.sign_truncation import SignTruncation


def test_ddim_by_hand() -> None:
    """Song et al. 2020, equation 12 with no noise, along alpha_bar(t) = exp(-1e-4 - 10 t^2), the clean cell clamped
    and, below 0.7, its sign: 25 steps of 1/25."""

    def guess(noisy: torch.Tensor) -> torch.Tensor:
        return 1.7 * torch.tanh(noisy) + 0.2

    schedule, told = VPSDE(), []
    start = walk(schedule, rows=2, size=50)
    noisy = replace(start).noise.normal(50)
    times = torch.linspace(1, 0, 26, dtype=torch.float64)
    for time, later in pairwise(times):
        clean = guess(noisy)
        clean = (clean.sign() if time < 0.7 else clean).clamp(-1, 1)
        alpha, alpha_later = torch.exp(-1e-4 - 10 * time**2), torch.exp(-1e-4 - 10 * later**2)
        if later == 0:
            alpha_later = torch.ones(())
        noise = (noisy - alpha.sqrt() * clean) / (1 - alpha).sqrt()
        noisy = alpha_later.sqrt() * clean + (1 - alpha_later).sqrt() * noise
    told_walk = replace(
        walk(schedule, rows=2, size=50), predict=lambda noisy, timesteps: guess(noisy), answered=told.append
    )
    drawn = SignTruncation(DDIM(steps=25)).sample(told_walk)
    torch.testing.assert_close(drawn.double(), noisy.double(), rtol=1e-3, atol=1e-3)
    assert set(drawn.unique().tolist()) == {-1.0, 1.0}
    assert len(told) == 25
    # From 0.68 on, the 9th of 25.
    assert [bool((answer.abs() == 1).all()) for answer in told] == [False] * 8 + [True] * 17
    assert max(float(answer.abs().max()) for answer in told) == 1


@pytest.mark.parametrize(
    "guided",
    [
        UniversalGuidance(DDIM(steps=10), MeanEnergy(), {"mean": 3.0}, strength=5.0, backward_steps=3),
        ShortRangeRepulsion(DDIM(steps=10), clusters=5),
    ],
)
def test_a_base_that_steers_is_not_silenced(guided: Sampler) -> None:
    """With nothing to edit, the steps are those of the base."""
    walked = partial(walk, Linear(), size=16, latents=KNOWN)
    drawn = SignTruncation(guided, below=0.0, limit=100.0).sample(walked())
    assert torch.equal(drawn, guided.sample(walked()))
    assert not torch.allclose(drawn, DDIM(steps=10).sample(walked()))


def test_steered_from_outside_it_edits_last() -> None:
    outer = UniversalGuidance(SignTruncation(DDIM(steps=10)), MeanEnergy(), {"mean": 3.0}, backward_steps=3)
    assert set(outer.sample(walk(Linear(), size=16)).unique().tolist()) <= {-1.0, 1.0}


def test_mistakes() -> None:
    with pytest.raises(ZooError, match=r"below 2 must lie in \[0, 1\](.|\n)*limit 0 must be positive"):
        SignTruncation(DDIM(), below=2.0, limit=0.0)
    with pytest.raises(ZooError, match="cannot invert"):
        SignTruncation(DDIM()).invert(walk(Linear(), 1, 9), torch.zeros(1, 9))
