"""Designs: slopes, symmetry, what comes of them, and going on where one has stopped."""

import dataclasses
import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from zoo import ZooError, locked
from zoo_mechanics.elasticity.bounds import attainment
from zoo_mechanics.elasticity.voigt import isotropic
from zoo_mechanics.homogenisation.solve import Memory, homogenise
from zoo_mechanics.inverse import design as of, record
from zoo_mechanics.inverse.brief import Brief
from zoo_mechanics.inverse.design import Design
from zoo_mechanics.inverse.goals import badness, modulus
from zoo_mechanics.inverse.orbits import Orbits
from zoo_mechanics.inverse.record import Record, wish
from zoo_mechanics.inverse.shaping import Shaping, stiffness_share, threshold
from zoo_mechanics.inverse.start import random_start, start_from
from zoo_voxels import kept

CUBIC = {"C11": 0.1, "C12": 0.03, "C44": 0.03}


@pytest.mark.parametrize("level", [0.5, 0.7])
@pytest.mark.parametrize("goal", ["bulk", "shear", "young", "poisson", "target"])
def test_slopes_are_those_of_finite_differences(goal: str, level: float) -> None:
    """From variables to the goal, through filter, threshold, SIMP and solver, in 64 bits."""
    torch.manual_seed(0)
    orbits = Orbits(6, "none")
    shaping = Shaping(6, 1.5, orbits)
    variables = (0.4 + 0.4 * torch.rand(6, 6, 6, dtype=torch.float64)).requires_grad_()

    def judge(values: torch.Tensor) -> torch.Tensor:
        share = stiffness_share(shaping(values, 4.0, level))
        return badness(homogenise(share[None], tolerance=1e-12).stiffness[0], goal, CUBIC, 1.0)  # type: ignore[arg-type]

    (slopes,) = torch.autograd.grad(judge(variables), variables)
    direction = torch.randn(6, 6, 6, dtype=torch.float64)
    with torch.no_grad():
        up, down = judge(variables + 1e-4 * direction), judge(variables - 1e-4 * direction)
    assert float((slopes * direction).sum()) == pytest.approx(float(up - down) / 2e-4, rel=1e-5)


def test_moduli_are_those_of_an_isotropic_solid() -> None:
    solid = isotropic(2.0, 0.25)
    assert [float(modulus(solid, goal)) for goal in ("bulk", "shear", "young", "poisson")] == pytest.approx(
        [2 / 1.5, 2 / 2.5, 2, 0.25]
    )


@pytest.mark.parametrize(("symmetry", "orbits"), [("cubic", 20), ("orthotropic", 64), ("none", 512)])
def test_designs_keep_their_symmetry_to_the_last_bit(symmetry: str, orbits: int) -> None:
    brief = Brief(resolution=8, symmetry=symmetry, iterations=12, radius=1.5)  # type: ignore[arg-type]
    design = Design(brief, random_start(0.3, 8, brief.symmetry, 0))
    design.step()
    design.step()
    assert len(design.density().unique()) == orbits
    if symmetry != "none":
        assert torch.equal(design.density(), design.density().flip(1))


def test_thresholds_leave_the_volume_of_a_filtered_field_periodic() -> None:
    """The filter keeps the mean, and does not see where the cell begins."""
    shaping = Shaping(8, 2.5, Orbits(8, "none"))
    field = torch.rand(8, 8, 8, dtype=torch.float64)
    smooth = shaping(field, 1e-6)
    assert float(smooth.mean()) == pytest.approx(float(field.mean()))
    assert torch.allclose(shaping(field.roll(3, 1), 8.0), shaping(field, 8.0).roll(3, 1))
    spike = torch.zeros(8, 8, 8, dtype=torch.float64)
    spike[0, 0, 0] = 1
    assert int((shaping(spike, 1e-6) > 1e-12).sum()) == 81  # Voxels nearer than 2.5, those across the faces included.


@pytest.mark.parametrize("sharpness", [1.0, 8.0, 32.0])
def test_an_eroded_design_is_thinner_as_the_equation_has_it(sharpness: float) -> None:
    """Equation 9 of Wang, Lazarov and Sigmund 2011, in numpy; and where the threshold is sharp, what exceeds it."""
    values = torch.linspace(0, 1, 100, dtype=torch.float64)
    x, b, n = values.numpy(), sharpness, 0.7
    equation = (np.tanh(b * n) + np.tanh(b * (x - n))) / (np.tanh(b * n) + np.tanh(b * (1 - n)))
    eroded = threshold(values, sharpness, 0.7)
    assert eroded.numpy() == pytest.approx(equation, abs=1e-15)
    assert (eroded <= threshold(values, sharpness)).all()
    assert torch.equal(threshold(values, 1e6, 0.7), (values > 0.7).double())


def test_a_bulk_design_comes_near_the_bound_on_a_coarse_grid() -> None:
    brief = Brief(resolution=16, iterations=36, radius=1.5)
    design = Design(brief, random_start(brief.volume, 16, "cubic", 0))
    first = design.step()
    while design.iteration < brief.iterations:
        last = design.step()
    cell = design.cell()
    assert 0.25 < float(cell.double().mean()) <= 0.3
    share = attainment(homogenise(cell[None]).stiffness, cell.double().mean()[None], isotropic())
    assert last.badness < 0.1 < 0.9 < first.badness
    assert float(share.bulk) > 0.85


def test_a_start_from_a_cell_keeps_its_volume_on_any_grid() -> None:
    cell = torch.zeros(8, 8, 8)
    cell[:3] = 1
    assert float(start_from(cell, 8).mean()) == pytest.approx(3 / 8)
    assert float(start_from(cell, 16).mean()) == pytest.approx(3 / 8)
    assert float(start_from(cell, 8).amin()) > 0
    with pytest.raises(ZooError, match="8 x 8 x 4 voxels is not a cube"):
        start_from(cell[:, :, :4], 8)


def test_random_starts_have_the_volume_and_differ() -> None:
    one, other = random_start(0.2, 12, "cubic", 0), random_start(0.2, 12, "cubic", 1)
    assert float(one.mean()) == pytest.approx(0.2, abs=1e-9)
    assert not torch.allclose(one, other, atol=0.05)


def test_a_solution_goes_on_from_the_one_before() -> None:
    cells = (torch.rand(2, 8, 8, 8, generator=torch.Generator().manual_seed(0)) < 0.6).double()
    memory = Memory()
    cold = homogenise(cells, tolerance=1e-8, memory=memory)
    warm = homogenise(cells, tolerance=1e-8, memory=memory)
    assert torch.allclose(cold.stiffness, warm.stiffness, atol=1e-8)
    assert (warm.iterations < cold.iterations / 2).all()
    changed = cells.roll(1, 1)
    assert torch.allclose(
        homogenise(changed, tolerance=1e-8, memory=memory).stiffness, cold.stiffness, rtol=1e-5, atol=1e-8
    )


def test_a_stopped_design_goes_on_as_if_it_had_not(tmp_path: Path) -> None:
    brief = Brief(resolution=8, iterations=12, radius=1.5, goal="poisson", isotropic=True)
    start = random_start(brief.volume, 8, "cubic", 3)
    asked = wish(brief, "random", 3)
    straight = Record(tmp_path / "one", asked, brief, start)
    while not straight.finished:
        straight.step()
    while not (part := Record(tmp_path / "two", asked, brief, start)).finished:
        part.step()
    assert part.history == straight.history
    assert torch.equal(part.design.variables, straight.design.variables)
    assert [torch.equal(a, b) for a, b in zip(part.path, straight.path, strict=True)] == [True] * 6


def killed_while_writing(number: int, work: Callable[[], object]) -> None:
    """Do it in a process that is killed (SIGKILL) in the middle of the state of this number."""
    child = os.fork()
    if child == 0:
        torch.set_num_threads(1)  # What a fork leaves of a pool of threads does not work.
        save, written = record.save_file, []

        def save_some(tensors: dict[str, torch.Tensor], path: Path, metadata: dict[str, str]) -> None:
            save(tensors, path, metadata=metadata)
            written.append(path)
            if len(written) == number:
                os.truncate(path, path.stat().st_size // 2)
                os.kill(os.getpid(), signal.SIGKILL)

        record.save_file = save_some
        try:
            work()
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("robust", [False, True])
def test_a_killed_design_goes_on_to_the_same_bytes(robust: bool, tmp_path: Path) -> None:
    brief = Brief(resolution=8, iterations=12, radius=1.5, robust=robust)
    start = random_start(brief.volume, 8, "cubic", 0)
    asked = wish(brief, "random", 0)

    def work(folder: Path) -> None:
        with locked(folder):  # As the command does; it also takes away what a killed one was writing.
            design = Record(folder, asked, brief, start)
            while not design.finished:
                design.step()
            design.finish()

    work(tmp_path / "whole")
    for number, steps in ((1, 0), (5, 4), (2, 5)):
        killed_while_writing(number, lambda: work(tmp_path / "killed"))
        assert len(Record(tmp_path / "killed", asked, brief, start).history) == steps
    work(tmp_path / "killed")
    whole, killed = (sorted((tmp_path / name).iterdir()) for name in ("whole", "killed"))
    assert [path.name for path in whole] == [path.name for path in killed]
    assert [path.read_bytes() for path in whole] == [path.read_bytes() for path in killed]


def test_another_wish_is_not_mixed_in_and_a_broken_state_is_told(tmp_path: Path) -> None:
    brief = Brief(resolution=8, iterations=12, radius=1.5)
    start = random_start(0.3, 8, "cubic", 0)
    Record(tmp_path, wish(brief, "random", 0), brief, start).step()
    with pytest.raises(ZooError, match="with other seed; name another"):
        Record(tmp_path, wish(brief, "random", 1), brief, start)
    (tmp_path / "state.safetensors").write_bytes(b"nothing")
    with pytest.raises(ZooError, match="cannot be read"):
        Record(tmp_path, wish(brief, "random", 0), brief, start)


def test_what_cannot_be_is_refused() -> None:
    good = Brief()
    for change, message in {
        ("volume", 0.0): "volume 0 must lie between 0 and 1",
        ("volume", float("nan")): "volume nan must",
        ("resolution", 4): "resolution 4 is less than 8",
        ("poisson", 0.5): "0.5 must lie between -1 and 0.5",
        ("radius", 20.0): "radius 20 must",
        ("iterations", 1): "iterations 1 are less",
    }.items():
        with pytest.raises(ZooError, match=message):
            dataclasses.replace(good, **dict([change]))  # type: ignore[arg-type]


def test_a_robust_design_hangs_by_no_hinges() -> None:
    """What the same start ends as without: four fifths held by edges of voxels."""
    found, cells = {}, {}
    for robust in (False, True):
        brief = Brief(goal="poisson", volume=0.2, resolution=16, iterations=36, radius=2.0, robust=robust)
        design = Design(brief, random_start(brief.volume, 16, "cubic", 4))
        while design.iteration < brief.iterations:
            design.step()
        cells[robust] = design.cell()
        found[robust] = homogenise(cells[robust][None])
    assert float(found[False].hinged) > 0.5
    assert float(found[True].hinged) == 0 and float(modulus(found[True].stiffness[0], "young")) > 1e-2
    assert float(modulus(found[True].stiffness[0], "poisson")) < -0.1
    assert float(cells[True].double().mean()) <= brief.volume and kept(cells[True].numpy(), 2) > 0.95


def test_a_robust_design_of_little_solid_goes_on_though_nothing_of_it_is_left_eroded() -> None:
    brief = Brief(goal="poisson", volume=0.05, resolution=8, iterations=12, radius=2.0, robust=True)
    design = Design(brief, random_start(brief.volume, 8, "cubic", 0))
    values = [design.step().value for _ in range(12)]
    assert np.isfinite(values).all() and bool(design.variables.isfinite().all())
    assert float(modulus(torch.zeros(6, 6), "poisson")) == 0


def test_a_robust_design_has_no_target() -> None:
    with pytest.raises(ZooError, match="a robust design has no target"):
        Brief(goal="target", target=CUBIC, robust=True)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"C21": 0.1}, "not 'C21'"),
        ({}, "not nothing"),
        ({"C11": float("nan")}, "finite components, not C11 = nan"),
        ({"C11": 0.0}, "a target of zeros is met by an empty cell"),
        ({"C11": 0.5}, "C11 = 0.5 is out of reach: at volume 0.3 it lies between 0 and 0.4038"),
        ({"C44": -0.1}, "C44 = -0.1 is out of reach"),
        ({"C11": 0.25, "C12": 0.12, "C44": 0.02}, "bulk modulus 0.1633 is out of reach"),
        ({"C11": 0.3, "C12": 0.0, "C44": 0.11}, "shear modulus 0.126 is out of reach"),
        ({"C11": 0.1, "C12": -0.09, "C44": 0.02}, "bulk modulus -0.02667 is out of reach"),
        ({"C11": 0.02, "C12": 0.03, "C44": 0.02}, "not stable"),
    ],
)
def test_targets_out_of_reach_are_refused(target: dict[str, float], message: str) -> None:
    with pytest.raises(ZooError, match=message):
        Brief(goal="target", target=target)


def test_a_target_is_met() -> None:
    brief = Brief(
        goal="target", target={"C11": 0.1, "C12": 0.02, "C44": 0.03}, resolution=12, iterations=36, radius=1.5
    )
    design = Design(brief, random_start(brief.volume, 12, "cubic", 1))
    steps = [design.step() for _ in range(brief.iterations)]
    assert steps[-1].value < 0.1 < 0.4 < steps[0].value


def test_an_isotropic_design_is_isotropic() -> None:
    brief = Brief(resolution=12, iterations=24, radius=1.5, isotropic=True)
    design = Design(brief, random_start(brief.volume, 12, "cubic", 0))
    steps = [design.step() for _ in range(brief.iterations)]
    assert steps[-1].anisotropy < 2 * of.MAX_ANISOTROPY < steps[0].anisotropy
    assert np.isfinite([step.badness for step in steps]).all()
