"""What critics promise."""

from zoo.testing import networks
from zoo.testing.compare import check_tensor
from zoo.testing.networks import check_gradient
from zoo.testing.probes import ROWS
from zoo.testing.subject import Subject


def judges(subject: Subject) -> None:
    """Each structure gets one number."""
    check_tensor("The judgement", subject.build().eval()(subject.soft_structures(ROWS)), (ROWS,))


def teaches(subject: Subject) -> None:
    """Gradients pass through it to structures, as the generator that it judges needs."""
    structures = subject.soft_structures(ROWS).requires_grad_()
    check_gradient(subject.build().eval()(structures), structures)


PROMISES = (*networks.PROMISES, judges, teaches)
