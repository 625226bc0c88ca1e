"""What objectives promise."""

import torch
from torch import Tensor

from zoo.interfaces.objective import Objective
from zoo.testing.compare import GPU_ROUNDING, ROUNDING, check_same, check_tensor
from zoo.testing.subject import Subject, gpus

ROWS = 6
STEPS = (1e-3, 1e-4)
"""The largest finite differences, in terms of the range of structures. Where an energy has a kink within the first, as
where a value leaves its range, the second tells."""
SLOPE_TOLERANCE = 0.02


def has_an_energy(subject: Subject) -> None:
    """Each soft structure has one finite energy, whatever is beside it."""
    objective, structures = subject.build(), subject.soft_structures(ROWS)
    energy = _energy(subject, objective, structures)
    check_tensor("The energy", energy, (ROWS,))
    check_same("Alone, an energy", energy[:1], _energy(subject, objective, structures[:1]), ROUNDING)


def has_a_slope(subject: Subject) -> None:
    """The gradient of its energy is what finite differences say."""
    objective, structures = subject.build(), subject.soft_structures(ROWS).requires_grad_()
    (gradient,) = torch.autograd.grad(_energy(subject, objective, structures).sum(), structures)
    largest = gradient.flatten(1).abs().amax(1).view(-1, *(1 for _ in subject.structure.shape))
    assert bool(torch.isfinite(gradient).all() and (largest > 0).all()), "It is zero or not finite."
    direction = (subject.structure.high - subject.structure.low) * gradient / largest

    def error(step: float) -> Tensor:
        with torch.no_grad():
            up, down = (_energy(subject, objective, structures + sign * step * direction) for sign in (1, -1))
        return ((up - down) / (2 * step * (gradient * direction).flatten(1).sum(1)) - 1).abs()

    worst = float(torch.minimum(*map(error, STEPS)).max())
    assert worst < SLOPE_TOLERANCE, f"It differs by up to {worst:.1%}."


def runs_on_gpu(subject: Subject) -> None:
    """On a GPU its energy is what it is on the CPU."""
    objective, structures = subject.build(), subject.soft_structures(ROWS)
    for device in gpus():
        energy = _energy(subject, objective, structures.to(device))
        check_same("The energy", _energy(subject, objective, structures), energy, GPU_ROUNDING)


PROMISES = (has_an_energy, has_a_slope, runs_on_gpu)


def _energy(subject: Subject, objective: Objective, structures: Tensor) -> Tensor:
    return objective.energy(structures, subject.target)
