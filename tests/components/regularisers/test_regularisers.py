"""Regularisers against plain loops, the paper's forces, and two processes against one."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from hypothesis import given, settings, strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from zoo import Regulariser, ZooError
from zoo.components.regularisers.contrastive import Contrastive
from zoo.components.regularisers.none import NoRegulariser
from zoo.components.regularisers.ras import RepelAndSink

InTwo = Callable[[Callable[[], object]], None]


def latents(*shape: int, seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def test_none() -> None:
    assert NoRegulariser().loss(latents(3, 2), None) == {}
    assert not NoRegulariser.needs_negatives


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_ras_is_equations_4_6_and_7_with_means(positives: int, negatives: int, seed: int) -> None:
    x, y = latents(positives, 2, 3, seed=seed), latents(negatives, 2, 3, seed=seed + 100)
    terms = RepelAndSink(inter=2.0, intra=3.0, sink=5.0, softening=0.3).loss(x, y)

    def potential(a: Tensor, b: Tensor) -> float:
        return 1 / (math.dist(a.flatten().tolist(), b.flatten().tolist()) + 0.3)

    def among(group: Tensor) -> float:
        pairs = [potential(a, b) for i, a in enumerate(group) for j, b in enumerate(group) if i != j]
        return sum(pairs) / max(1, len(pairs))

    inter = math.fsum(potential(a, b) for a in x for b in y) / (positives * negatives)
    assert terms["inter"].item() == pytest.approx(2.0 * inter)
    assert terms["intra"].item() == pytest.approx(3.0 * (among(x) + among(y)))
    assert terms["sink"].item() == pytest.approx(5.0 * ((x**2).mean() + (y**2).mean()).item())


def test_forces_are_those_of_the_paper() -> None:
    """Down the gradients of the potentials lie the forces of equations 3, 5 and (inwards) 7."""
    x, y = latents(4, 3).requires_grad_(), latents(5, 3, seed=1).requires_grad_()
    terms = RepelAndSink(inter=1.0, intra=1.0, sink=1.0, softening=1e-13).loss(x, y)

    def force(on: Tensor, of: Tensor) -> Tensor:
        return sum(((on - other) / (on - other).norm() ** 3 for other in of), torch.zeros(3, dtype=torch.float64))

    inter_x, inter_y = torch.autograd.grad(terms["inter"], (x, y), retain_graph=True)
    intra_x, intra_y = torch.autograd.grad(terms["intra"], (x, y), retain_graph=True)
    sink_x, sink_y = torch.autograd.grad(terms["sink"], (x, y))
    x, y = x.detach(), y.detach()
    torch.testing.assert_close(-inter_x * 20, torch.stack([force(a, y) for a in x]))
    torch.testing.assert_close(-inter_y * 20, torch.stack([force(b, x) for b in y]))
    # Each pair is counted in both orders, and so acts twice on each of its two.
    for gradient, group in ((intra_x, x), (intra_y, y)):
        n = len(group)
        others = [torch.cat([group[:i], group[i + 1 :]]) for i in range(n)]
        forces = torch.stack([force(a, rest) for a, rest in zip(group, others, strict=True)])
        torch.testing.assert_close(-gradient * n * (n - 1), 2 * forces)
    torch.testing.assert_close(-sink_x * x.numel(), -2 * x)
    torch.testing.assert_close(-sink_y * y.numel(), -2 * y)


def test_ras_survives_coinciding_latents() -> None:
    x = torch.zeros(3, 4, requires_grad=True)
    terms = RepelAndSink().loss(x, torch.zeros(2, 4))
    torch.stack(list(terms.values())).sum().backward()
    assert terms["inter"].item() == pytest.approx(4.0 / 0.1)
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_ras_in_mixed_precision_keeps_small_distances() -> None:
    x, y = latents(30, 16).float(), latents(30, 16, seed=1).float() / 100
    exact = RepelAndSink().loss(x + 10, y + 10)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        mixed = RepelAndSink().loss(x + 10, y + 10)
    for name, term in exact.items():
        torch.testing.assert_close(mixed[name], term, rtol=1e-3, atol=0)


def test_contrastive_is_the_logistic_loss_with_k_negatives() -> None:
    x, y = latents(4, 6), latents(3, 6, seed=1)

    def similarity(a: Tensor, b: Tensor) -> float:
        return float(a @ b / (a.norm() * b.norm())) / 0.2

    def mean(own: Tensor, other: Tensor) -> float:
        losses = [
            math.log(1 + sum(math.exp(similarity(a, n) - similarity(a, b)) for n in other))
            for i, a in enumerate(own)
            for j, b in enumerate(own)
            if i != j
        ]
        return sum(losses) / len(losses)

    term = Contrastive(weight=3.0, temperature=0.2).loss(x, y)["contrastive"]
    assert float(term) == pytest.approx(3.0 * (mean(x, y) + mean(y, x)) / 2)


def test_contrastive_gathers_each_class_and_parts_the_two() -> None:
    x, y = latents(8, 5).requires_grad_(), latents(8, 5, seed=1).requires_grad_()
    optimiser = torch.optim.SGD([x, y], lr=1.0)
    for _ in range(300):
        optimiser.zero_grad()
        Contrastive(weight=1.0).loss(x, y)["contrastive"].backward()
        optimiser.step()
    a, b = (torch.nn.functional.normalize(z.detach(), dim=1) for z in (x, y))
    assert min((a @ a.T).min(), (b @ b.T).min()) > 0.25
    assert min((a @ a.T).mean(), (b @ b.T).mean()) > 0.6
    assert (a @ b.T).max() < -0.25


@pytest.mark.parametrize("regulariser", [RepelAndSink(), Contrastive()])
def test_a_single_latent_of_each_class(regulariser: Regulariser) -> None:
    for term in regulariser.loss(latents(1, 4), latents(1, 4, seed=1)).values():
        assert term.isfinite()


@pytest.mark.parametrize("make", [lambda: RepelAndSink(softening=0.0), lambda: Contrastive(temperature=-1.0)])
def test_mistakes(make) -> None:
    with pytest.raises(ZooError, match="must be positive"):
        make()


def gradients(regulariser: Regulariser, given: dict[str, Tensor], rows: slice) -> dict[str, Tensor]:
    """Of an encoder that two processes share, for some rows of the data."""
    encoder = nn.Linear(6, 3).double()
    encoder.load_state_dict({name: given[name] for name in ("weight", "bias")})
    parallel = DistributedDataParallel(encoder)
    codes = parallel(torch.cat([given["positive"][rows], given["negative"][rows]])).tanh()
    loss = torch.stack(list(regulariser.loss(*codes.chunk(2)).values())).sum()
    loss.backward()
    return {"loss": loss.detach(), "weight": encoder.weight.grad, "bias": encoder.bias.grad}


def share_batches(given: dict[str, Tensor], folder: Path) -> None:
    dist.init_process_group("gloo")
    rank, found = dist.get_rank(), {}
    for share in (4, 5):
        rows = slice(0, share) if rank == 0 else slice(share, 8)
        for regulariser in (RepelAndSink(), Contrastive()):
            for name, value in gradients(regulariser, given, rows).items():
                found[f"{type(regulariser).__name__}.{share}.{name}"] = value
    save_file(found, folder / f"found{rank}.safetensors")
    dist.destroy_process_group()


def test_two_processes_are_as_one(in_two_processes: InTwo, tmp_path: Path) -> None:
    """Loss and DDP's averaged gradients, for equal and unequal shares of one batch."""
    encoder = nn.Linear(6, 3).double()
    given = {"positive": latents(8, 6), "negative": latents(8, 6, seed=1)}
    whole = given | {name: tensor.detach() for name, tensor in encoder.state_dict().items()}
    in_two_processes(lambda: share_batches(whole, tmp_path))
    for regulariser in (RepelAndSink(), Contrastive()):
        encoder.zero_grad()
        codes = [encoder(given[name]).tanh() for name in ("positive", "negative")]
        loss = torch.stack(list(regulariser.loss(*codes).values())).sum()
        loss.backward()
        for rank in (0, 1):
            found = load_file(tmp_path / f"found{rank}.safetensors")
            for share in (4, 5):
                name = f"{type(regulariser).__name__}.{share}"
                torch.testing.assert_close(found[f"{name}.loss"], loss.detach(), rtol=1e-12, atol=1e-12)
                for parameter in ("weight", "bias"):
                    gradient = getattr(encoder, parameter).grad
                    torch.testing.assert_close(found[f"{name}.{parameter}"], gradient, rtol=1e-12, atol=1e-12)
