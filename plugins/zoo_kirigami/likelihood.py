"""Distance of an autoregressive generator from the law of the data: uniform over the cells whose cuts do not cross."""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from zoo import Noise
from zoo_kirigami.components.cut_autoregression import CutAutoregression
from zoo_kirigami.components.cut_control import SWEEPS
from zoo_kirigami.cuts.exact import gibbs

AT_ONCE = 500


class Measured(NamedTuple):
    """Likelihood of a model, in nats a cell, and `share`."""

    nats: float
    """Minus the mean log-likelihood of exact cells, angles in degrees."""
    entropy: float
    """The least that any law can score: ln of the volume of the admissible set."""
    divergence: float
    """KL(data || model), the difference of the two."""
    error: float
    """The standard error of the divergence."""
    share: float
    """The effective share of the model's cells when they are weighted to the uniform law, from 0 to 1."""


@torch.no_grad()
def measure(model: CutAutoregression, count: int, seed: int = 0) -> Measured:
    """Measure a model on `count` cells of the exact Gibbs sampler, which no model saw, and on as many of its own.

    The model's cells never cross and have a known density q, so 1 / q are importance weights to the uniform law: their
    mean is the volume of the admissible set without bias, and (sum w)^2 / sum w^2 the number of cells that they are
    worth.
    """
    n = len(model.base)
    exact, own = [], []
    for start in range(0, count, AT_ONCE):
        items = range(start, min(start + AT_ONCE, count))
        noise = Noise(seed, items, model.base.device)
        cells = gibbs(noise, n, model.max_rotation, SWEEPS, model.cut_length)
        exact.append(-model.log_density(cells).double())
        own.append(-model.fill(noise.uniform(n, n)).log_density)
    nats, weights = torch.cat(exact), torch.cat(own)
    entropy = weights.logsumexp(0).item() - math.log(count)
    share = _effective_share(weights)
    error = math.hypot(nats.std().item(), math.sqrt(1 / share - 1)) / math.sqrt(count)
    return Measured(nats.mean().item(), entropy, nats.mean().item() - entropy, error, share)


def _effective_share(log_weights: Tensor) -> float:
    total, squares = log_weights.logsumexp(0), (2 * log_weights).logsumexp(0)
    return float((2 * total - squares).exp() / len(log_weights))
