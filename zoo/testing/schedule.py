"""What schedules promise."""

from typing import get_args

import torch
from diffusers.schedulers.scheduling_ddpm import DDPMScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from torch import Tensor

from zoo.interfaces.network import Prediction
from zoo.interfaces.noise import Noise
from zoo.interfaces.schedule import MAX_LOG_SNR, Family, Schedule
from zoo.testing.compare import GPU_ROUNDING, ROUNDING, check_range, check_same, check_tensor
from zoo.testing.subject import SEED, Subject, gpus

TIMES = 50
"""How many timesteps are looked at."""
MIN_SIGNAL = 0.05
"""Share of the clean latents below which what is left of them drowns in rounding."""


def draws_times(subject: Subject) -> None:
    """It belongs to a family, and draws a timestep from 0 to `steps` for each row, from that row's noise only."""
    schedule = subject.build()
    families = get_args(Family)
    assert schedule.family in families, f"`family` is {schedule.family!r}; legal: {', '.join(families)}."
    drawn = schedule.draw(Noise(SEED, range(1000)))
    assert drawn.shape == (1000,), f"For 1000 rows it draws {list(drawn.shape)}."
    check_range("What it draws", drawn, 0, schedule.steps)
    others = schedule.draw(Noise(SEED, [*range(500), *range(5000, 5500)]))
    check_same("With other noise for the others, a row", drawn[:500], others[:500])
    assert not torch.equal(drawn, others), "Other noise draws the same timesteps."


def fades(subject: Subject) -> None:
    """With time the signal never grows and the noise never shrinks, and the level says so."""
    schedule = subject.build()
    times = _times(schedule)
    alpha, sigma = schedule.signal(times)
    for name, values, sign in (("alpha", alpha, -1), ("sigma", sigma, 1)):
        check_tensor(name, values, (len(times),))
        assert bool((values >= 0).all()), f"{name} is negative."
        assert bool((sign * values.diff() >= 0).all()), f"{name} {'grows' if sign < 0 else 'shrinks'}."
    level = schedule.level(times)
    check_range("The level's time", level.time, 0, 1)
    check_range("The level's log-SNR", level.log_snr, -MAX_LOG_SNR, MAX_LOG_SNR)
    assert bool((level.log_snr.diff() <= 0).all()), "The level's log-SNR grows."


def inverts_targets(subject: Subject) -> None:
    """From noise, clean latents or velocity as `target` gives them, `clean` finds what `corrupt` has hidden."""
    schedule = subject.build()
    times = _times(schedule)
    times = times[schedule.signal(times)[0] > MIN_SIGNAL]
    clean, added = _pair(len(times))
    noisy = schedule.corrupt(clean, added, times)
    for prediction in get_args(Prediction):
        output = schedule.target(prediction, clean, added, times)
        recovered = schedule.clean(prediction, output, noisy, times)
        check_same(f"From the {prediction}, what it finds", clean, recovered, ROUNDING)


def agrees_with_diffusers(subject: Subject) -> None:
    """The diffusers scheduler that `scheduler_config` describes adds the same noise."""
    schedule = subject.build()
    if schedule.family == "flow":
        flow = FlowMatchEulerDiscreteScheduler(**schedule.scheduler_config())
        flow.set_timesteps(TIMES)
        times = flow.timesteps
        clean, added = _pair(len(times))
        theirs = flow.scale_noise(clean, times, added)
    else:
        times = _times(schedule)
        clean, added = _pair(len(times))
        theirs = DDPMScheduler(**schedule.scheduler_config()).add_noise(clean, added, times)
    check_same("The noisy latent", theirs, schedule.corrupt(clean, added, times), ROUNDING)


def runs_on_gpu(subject: Subject) -> None:
    """On a GPU, signal and noise are what they are on the CPU."""
    schedule = subject.build()
    times = _times(schedule)
    for device in gpus():
        schedule.draw(Noise(SEED, range(TIMES), device))
        for expected, on_gpu in zip(schedule.signal(times), schedule.signal(times.to(device)), strict=True):
            check_same("One of them", expected, on_gpu, GPU_ROUNDING)


PROMISES = (draws_times, fades, inverts_targets, agrees_with_diffusers, runs_on_gpu)


def _times(schedule: Schedule) -> Tensor:
    """Whole timesteps, as those of a diffusion are, from the first to the last."""
    return torch.linspace(0, schedule.steps - 1, min(TIMES, schedule.steps)).long()


def _pair(rows: int) -> tuple[Tensor, Tensor]:
    """Clean latents and noise."""
    noise = Noise(SEED, range(rows))
    return noise.normal(8), noise.normal(8)
