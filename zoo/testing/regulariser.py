"""What regularisers promise."""

import torch
from torch import Tensor

from zoo.interfaces.noise import Noise
from zoo.interfaces.regulariser import Regulariser
from zoo.testing.compare import GPU_ROUNDING, ROUNDING, check_all_same, check_tensor
from zoo.testing.subject import SEED, Subject, gpus

ROWS = 6
SHAPES = ((8,), (2, 3, 3))


def regularises(subject: Subject) -> None:
    """Latents of any shape become a dict of finite scalars, with negatives only if it needs them."""
    regulariser = subject.build()
    for shape in SHAPES:
        for rows in (1, ROWS):
            for name, term in _loss(regulariser, *_latents(rows, shape)).items():
                check_tensor(f"{name!r} of {rows} latents {list(shape)}", term, ())


def ignores_order(subject: Subject) -> None:
    """The order of a batch means nothing."""
    regulariser = subject.build()
    positive, negative = _latents(ROWS, SHAPES[0])
    first = _loss(regulariser, positive, negative)
    check_all_same(first, _loss(regulariser, positive.flip(0), negative.roll(1, 0)), ROUNDING)


def bears_coincidence(subject: Subject) -> None:
    """Terms and their gradients are finite where latents coincide, and where they are zero."""
    regulariser = subject.build()
    for where, latents in (("coincide", torch.ones(ROWS, 8)), ("are zero", torch.zeros(ROWS, 8))):
        pair = latents.clone().requires_grad_(), latents.clone().requires_grad_()
        for name, term in _loss(regulariser, *pair).items():
            assert bool(torch.isfinite(term)), f"Where latents {where}, {name!r} is {term.item()}."
            finite = all(bool(torch.isfinite(gradient).all()) for gradient in _gradients(term, pair))
            assert finite, f"Where latents {where}, the gradient of {name!r} is not."


def pulls(subject: Subject) -> None:
    """Each term has a gradient that moves latents."""
    positive, negative = _latents(ROWS, SHAPES[0])
    pair = positive.requires_grad_(), negative.requires_grad_()
    for name, term in _loss(subject.build(), *pair).items():
        assert any(bool(gradient.any()) for gradient in _gradients(term, pair)), f"That of {name!r} is zero."


def runs_on_gpu(subject: Subject) -> None:
    """On a GPU its terms are what they are on the CPU."""
    regulariser = subject.build()
    positive, negative = _latents(ROWS, SHAPES[0])
    for device in gpus():
        terms = _loss(regulariser, positive.to(device), negative.to(device))
        check_all_same(_loss(regulariser, positive, negative), terms, GPU_ROUNDING)


PROMISES = (regularises, ignores_order, bears_coincidence, pulls, runs_on_gpu)


def _latents(rows: int, shape: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    noise = Noise(SEED, range(rows))
    return noise.normal(*shape), noise.normal(*shape) + 1


def _loss(regulariser: Regulariser, positive: Tensor, negative: Tensor) -> dict[str, Tensor]:
    return regulariser.loss(positive, negative if regulariser.needs_negatives else None)


def _gradients(term: Tensor, latents: tuple[Tensor, Tensor]) -> list[Tensor]:
    gradients = torch.autograd.grad(term, latents, retain_graph=True, allow_unused=True)
    return [gradient for gradient in gradients if gradient is not None]
