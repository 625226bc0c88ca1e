"""What properties promise."""

from zoo.data.directions import misfit
from zoo.testing.compare import GPU_ROUNDING, ROUNDING, check_all_same, check_tensor
from zoo.testing.subject import Subject, gpus

ROWS = 6


def has_values(subject: Subject) -> None:
    """Each structure gets finite values, the same every time, of the names that `units` has, fit for their `kinds`."""
    component = subject.build()
    structures, lattice = subject.structures(ROWS), subject.domain.lattice(ROWS)
    values = component.values(structures, lattice)
    assert values.keys() == component.units.keys(), f"Values are {sorted(values)}, units {sorted(component.units)}."
    for name, value in values.items():
        check_tensor(f"{name!r}", value, (ROWS, *value.shape[1:]))
        assert not (flaw := misfit(name, component.kinds.get(name, "scalar"), tuple(value.shape[1:]))), f"{flaw}."
    check_all_same(values, component.values(structures, lattice))


def keeps_rows_apart(subject: Subject) -> None:
    """The value of a structure depends on no other."""
    component = subject.build()
    structures, lattice = subject.structures(ROWS), subject.domain.lattice(ROWS)
    together = component.values(structures, lattice)
    alone = component.values(structures[:1], lattice[:1])
    check_all_same({name: value[:1] for name, value in together.items()}, alone, ROUNDING)


def runs_on_gpu(subject: Subject) -> None:
    """On a GPU its values are what they are on the CPU."""
    component = subject.build()
    structures, lattice = subject.structures(ROWS), subject.domain.lattice(ROWS)
    for device in gpus():
        values = component.values(structures.to(device), lattice.to(device))
        check_all_same(component.values(structures, lattice), values, GPU_ROUNDING)


PROMISES = (has_values, keeps_rows_apart, runs_on_gpu)
