"""What denoisers promise."""

from typing import get_args

import torch

from zoo.interfaces.denoiser import Level
from zoo.interfaces.network import Prediction
from zoo.interfaces.schedule import MAX_LOG_SNR
from zoo.testing import networks
from zoo.testing.compare import check_tensor
from zoo.testing.networks import keeps_rows_apart, train
from zoo.testing.probes import ROWS, DenoiserProbe
from zoo.testing.subject import Subject


def denoises(subject: Subject) -> None:
    """It predicts noise, clean latents or velocity, at every level, whether conditions are given or not."""
    denoiser, probe = subject.build().eval(), DenoiserProbe(subject)
    legal = get_args(Prediction)
    assert denoiser.prediction in legal, f"`prediction` is {denoiser.prediction!r}; legal: {', '.join(legal)}."
    inputs = probe.inputs(denoiser)
    for time, log_snr in ((0.0, MAX_LOG_SNR), (0.5, 0.0), (1.0, -MAX_LOG_SNR)):
        level = Level(torch.full((ROWS,), time), torch.full((ROWS,), log_snr))
        predicted = probe.predict(denoiser, inputs, level)
        check_tensor(f"At time {time}, the prediction", predicted, (ROWS, *subject.latent_shape))


def starts_without_an_answer(subject: Subject) -> None:
    """It works without its own previous answer, which the first step of a walk has not."""
    denoiser, probe = subject.build().eval(), DenoiserProbe(subject)
    inputs = {name: values for name, values in probe.inputs(denoiser).items() if name != "previous"}
    check_tensor("The prediction", probe.answers(denoiser, inputs)["prediction"], (ROWS, *subject.latent_shape))


def heeds_conditions(subject: Subject) -> None:
    """Once it has learned a little, the value of each condition changes its prediction, and so does NaN."""
    denoiser, probe = subject.build().train(), DenoiserProbe(subject)
    if not denoiser.conditions:
        return
    train(denoiser, probe)
    inputs = probe.inputs(denoiser.eval())
    for name in denoiser.conditions:
        few, many, none = (
            probe.answers(denoiser, {**inputs, f"condition.{name}": torch.full((ROWS,), value)})["prediction"]
            for value in (0.2, 0.8, torch.nan)
        )
        assert not torch.equal(few, many), f"The value of {name!r} changes nothing."
        assert not torch.equal(few, none), f"Nothing changes when {name!r} is not given."


PROMISES = (*networks.PROMISES, denoises, starts_without_an_answer, heeds_conditions, keeps_rows_apart)
