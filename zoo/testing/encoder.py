"""What encoders promise."""

import torch
from torch import Tensor

from zoo.interfaces.encoder import Encoder, Posterior
from zoo.interfaces.noise import Noise
from zoo.testing import networks
from zoo.testing.compare import ROUNDING, check_all_same, check_tensor
from zoo.testing.networks import check_gradient, check_latent_shape, keeps_rows_apart
from zoo.testing.probes import ROWS
from zoo.testing.subject import SEED, Subject


def encodes(subject: Subject) -> None:
    """Structures become a posterior over latents of `latent_shape`, latents become structures."""
    encoder = subject.build().eval()
    check_latent_shape(encoder.latent_shape)
    posterior = encoder.encode(subject.structures(ROWS))
    assert isinstance(posterior, Posterior), f"encode returns a {type(posterior).__name__}, expected a zoo.Posterior."
    check_tensor("mean", posterior.mean, (ROWS, *encoder.latent_shape))
    if posterior.log_variance is not None:
        check_tensor("log_variance", posterior.log_variance, (ROWS, *encoder.latent_shape))
    check_tensor("What it decodes", encoder.decode(posterior.mean), (ROWS, *subject.structure.shape))


def decodes_differentiably(subject: Subject) -> None:
    """Gradients pass through `decode` to the latents, as guidance needs."""
    encoder = subject.build().eval()
    latents = Noise(SEED, range(ROWS)).normal(*encoder.latent_shape).requires_grad_()
    check_gradient(encoder.decode(latents), latents)


def has_a_mean_loss(subject: Subject) -> None:
    """Its loss is a dict of scalars, each the batch's mean: rows that come twice change nothing."""
    encoder, structures = subject.build().eval(), subject.structures(ROWS)
    once = _loss(encoder, structures, [*range(ROWS)])
    for name, term in once.items():
        check_tensor(f"The term {name!r}", term, ())
    check_all_same(once, _loss(encoder, torch.cat([structures, structures]), 2 * [*range(ROWS)]), ROUNDING)


def fits(subject: Subject) -> None:
    """One that is fitted finds the same in the same structures, and has all of it in its state."""
    encoder, again, given = (subject.build().eval() for _ in range(3))
    if not encoder.fitted:
        return
    encoder.fit(subject.data.train)
    again.fit(subject.data.train)
    given.load_state_dict(encoder.state_dict())
    answers = [_latents(one, subject) for one in (encoder, again, given)]
    check_tensor("What it encodes once fitted", answers[0]["mean"], (ROWS, *encoder.latent_shape))
    check_all_same(answers[0], answers[1])
    check_all_same(answers[0], answers[2])


def keeps_to_its_support(subject: Subject) -> None:
    """Where its latents have a support, it is 0 and 1, one number for each site, and latents are 0 outside it."""
    encoder, structures = subject.build().eval(), subject.structures(ROWS)
    support = encoder.support(structures)
    if support is None:
        return
    check_tensor("support", support, (ROWS, 1, *encoder.latent_shape[1:]))
    assert bool(((support == 0) | (support == 1)).all()), "The support holds numbers that are neither 0 nor 1."
    outside = encoder.encode(structures).mean * (1 - support)
    assert not outside.any(), "Latents outside the support are not 0."


PROMISES = (
    *networks.PROMISES,
    encodes,
    fits,
    decodes_differentiably,
    has_a_mean_loss,
    keeps_to_its_support,
    keeps_rows_apart,
)


@torch.no_grad()
def _latents(encoder: Encoder, subject: Subject) -> dict[str, Tensor]:
    return {"mean": encoder.encode(subject.structures(ROWS)).mean}


@torch.no_grad()
def _loss(encoder: Encoder, structures: Tensor, items: list[int]) -> dict[str, Tensor]:
    return encoder.loss(structures, encoder.encode(structures), Noise(SEED, items))
