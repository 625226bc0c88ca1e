"""Frames of bars against closed forms, an assembly by the textbook, and stiffnesses that others have published."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray
from torch import Tensor
from typer.testing import CliRunner

from zoo import ZooError
from zoo.cli.app import app
from zoo_mechanics.beams import Theory, frames, gives_way, homogenise_beams
from zoo_mechanics.elasticity.voigt import PAIRS, rotate, to_mandel
from zoo_voxels.components.importers.lattices import LatCatalogue
from zoo_voxels.generation.crystal_nets import candidates
from zoo_voxels.generation.nets import Net, net

LATTICES = Path(__file__).resolve().parents[2] / "../shared/data/lattices/sample_20.lat"
CUBE = np.eye(3)
SIMPLE = net("simple cubic", CUBE, [[0, 0, 0]], [[0, 0]] * 3, np.eye(3))
BODY = net("body-centred", (np.ones((3, 3)) - 2 * np.eye(3)) / 2, [[0, 0, 0]], [[0, 0]] * 4, [*np.eye(3), [1, 1, 1]])
FACE = net(
    "octet",
    (np.ones((3, 3)) - np.eye(3)) / 2,
    [[0, 0, 0]],
    [[0, 0]] * 6,
    [*np.eye(3), [1, -1, 0], [1, 0, -1], [0, 1, -1]],
)


def stiffness(one: Net, radius: float | NDArray, theory: Theory = "timoshenko", poisson: float = 0.3) -> Tensor:
    radii = torch.as_tensor(radius, dtype=torch.float64).reshape(1, -1).expand(1, len(one.edges))
    return homogenise_beams(frames([one]), radii, theory=theory, poisson=poisson)[0]


def textbook(
    one: Net, radius: float | NDArray, theory: Theory, poisson: float = 0.3, linear: float | None = None
) -> NDArray:
    """Euler-Bernoulli and Timoshenko beams as 12 x 12 matrices in a frame of their own (Przemieniecki 1968, equation
    5.116), solved by the pseudo-inverse. `linear` is the flexibility in bending to an S, as a share of the true one, of
    an element whose displacements are linear."""
    radii = np.broadcast_to(radius, len(one.edges))
    shear, coefficient = 1 / (2 * (1 + poisson)), 6 * (1 + poisson) / (7 + 6 * poisson)
    count = 6 * len(one.vertices)
    matrix, forces, energy = np.zeros((count, count)), np.zeros((count, 6)), np.zeros((6, 6))
    start, end = one.bars()
    for (i, j), span, r in zip(one.edges, (end - start) @ one.lattice, radii, strict=True):
        length = np.linalg.norm(span)
        area, inertia = np.pi * r**2, np.pi * r**4 / 4
        phi = 12 * inertia / (coefficient * shear * area * length**2) if theory == "timoshenko" else 0.0
        soft = (1 if linear is None else linear) + phi
        local = np.zeros((12, 12))
        for a, b, k in ((0, 6, area / length), (3, 9, 2 * shear * inertia / length)):
            local[np.ix_([a, b], [a, b])] += k * np.array([[1, -1], [-1, 1]])
        for v, w, turn, end_turn, sign in ((1, 7, 5, 11, 1), (2, 8, 4, 10, -1)):
            force, moment = 12 * inertia / length**3 / soft, 6 * inertia / length**2 / soft * sign
            near, far = inertia / length * (3 / soft + 1), inertia / length * (3 / soft - 1)
            local[np.ix_([v, turn, w, end_turn], [v, turn, w, end_turn])] += [
                [force, moment, -force, moment],
                [moment, near, -moment, far],
                [-force, -moment, force, -moment],
                [moment, far, -moment, near],
            ]
        x = span / length
        y = np.linalg.qr(np.column_stack([x, np.eye(3)]))[0][:, 1]
        turned = np.kron(np.eye(4), np.stack([x, y, np.cross(x, y)]))
        element = turned.T @ local @ turned
        strained = np.zeros((12, 6))
        for case, (k, m) in enumerate(PAIRS):
            strain = np.zeros((3, 3))
            strain[k, m] += 0.5
            strain[m, k] += 0.5
            strained[6:9, case] = strain @ span
        dofs = np.r_[6 * i : 6 * i + 6, 6 * j : 6 * j + 6]
        np.add.at(matrix, (dofs[:, None], dofs), element)
        np.add.at(forces, dofs, element @ strained)
        energy += strained.T @ element @ strained
    moves = np.linalg.lstsq(matrix, -forces, rcond=1e-13)[0]
    return (energy + forces.T @ moves) / abs(np.linalg.det(one.lattice))


def divided(one: Net, parts: int) -> Net:
    """Every bar in equal parts."""
    start, end = one.bars()
    inner = [start + (end - start) * part / parts for part in range(1, parts)]
    vertices = np.concatenate([one.vertices, *inner])
    bars, count = len(one.edges), len(one.vertices)
    edges, shifts = [], []
    for bar, (i, j) in enumerate(one.edges):
        chain = [i, *(count + part * bars + bar for part in range(parts - 1)), j]
        edges += list(itertools.pairwise(chain))
        shifts += [[0, 0, 0]] * (parts - 1) + [one.shifts[bar]]
    return net(one.name, one.lattice, vertices, edges, shifts)


def test_the_simple_cubic_frame() -> None:
    radius, edge, poisson = 0.05, 2.0, 0.2
    one = net("simple cubic", edge * CUBE, SIMPLE.vertices, SIMPLE.edges, SIMPLE.shifts)
    area, inertia = np.pi * radius**2, np.pi * radius**4 / 4
    bent = edge**4 / (6 * inertia)
    sheared = 2 * edge**2 / (6 * 1.2 / (7 + 1.2) * area / 2.4)
    for theory, shear in (("euler-bernoulli", 1 / bent), ("timoshenko", 1 / (bent + sheared))):
        expected = np.diag([area / edge**2] * 3 + [shear] * 3)
        assert np.allclose(stiffness(one, radius, theory, poisson), expected, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    ("one", "limit"),
    [(FACE, (1 / 6, 1 / 12, 1 / 12)), (BODY, (1 / 9, 1 / 9, 1 / 9)), (SIMPLE, (1 / 3, 0, 0))],
    ids=["octet", "body-centred", "simple"],
)
def test_slender_struts_that_meet_at_centres_of_symmetry_are_stretched(one: Net, limit: tuple[float, ...]) -> None:
    # Deshpande, Fleck and Ashby 2001 for the octet; C11, C12 and C44 per relative density.
    bars, density = frames([one]), 1e-6
    found = homogenise_beams(bars, bars.radius(density))[0] / density
    assert [found[0, 0], found[0, 1], found[3, 3]] == pytest.approx(limit, abs=2e-6)


def test_what_resists_shear_in_a_body_centred_frame_is_bending() -> None:
    # Strained by (1, -1, 0), each of the four struts of half a diagonal is moved across by sqrt(2/3) of its length and
    # bends to an S, as no joint turns: the energy is 12 I / L^3 times that squared.
    bars, length = frames([BODY]), 3**0.5 / 2
    radius = bars.radius(1e-3)
    found = homogenise_beams(bars, radius, theory="euler-bernoulli")[0]
    energy = 4 * 12 * (torch.pi * radius**4 / 4) / length**3 * (2 / 3 * length**2) / 0.5
    assert float(2 * (found[0, 0] - found[0, 1])) == pytest.approx(float(energy), rel=1e-9)


def random_net(rng: np.random.Generator) -> Net:
    """Any bars between any vertices: in pieces, with loose ends, crossing, whatever."""
    lattice, vertices = np.eye(3) + rng.uniform(-0.3, 0.3, (3, 3)), rng.random((rng.integers(1, 6), 3))
    edges, shifts = rng.integers(len(vertices), size=(rng.integers(3, 16), 2)), rng.integers(-1, 2, size=(15, 3))
    loops = edges[:, 0] == edges[:, 1]
    shifts = shifts[: len(edges)]
    shifts[loops, 0] = 1
    return net("random", lattice, vertices, edges, shifts)


@given(seed=st.integers(0, 10**6), poisson=st.floats(-0.5, 0.45), timoshenko=st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_net_is_as_an_assembly_by_the_textbook_has_it(seed: int, poisson: float, timoshenko: bool) -> None:
    rng = np.random.default_rng(seed)
    one = random_net(rng)
    radius = rng.uniform(0.01, 0.06, len(one.edges))
    theory: Theory = "timoshenko" if timoshenko else "euler-bernoulli"
    expected = textbook(one, radius, theory, poisson)
    found = stiffness(one, radius, theory, poisson).numpy()
    stretched = float(frames([one]).density(torch.from_numpy(radius)[None]))  # of the order of what struts could bear
    assert np.abs(found - expected).max() < 1e-9 * np.trace(expected) + 1e-14 * stretched


def test_bars_in_parts_are_the_same_bars() -> None:
    one = next(candidates(3, 5)).net
    assert torch.allclose(stiffness(divided(one, 3), 0.03), stiffness(one, 0.03), rtol=1e-7, atol=1e-12)


def test_a_turned_frame_has_the_turned_stiffness() -> None:
    one = next(candidates(4, 5)).net
    turn = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(1), dtype=torch.float64))[0]
    turned = Net(one.name, one.lattice @ turn.numpy().T, one.vertices, one.edges, one.shifts)
    assert torch.allclose(stiffness(turned, 0.03), rotate(stiffness(one, 0.03), turn), rtol=1e-8, atol=1e-13)


def test_frames_in_a_batch_are_as_alone() -> None:
    nets = [SIMPLE, next(candidates(0, 5)).net, FACE, next(candidates(1, 5)).net]
    bars = frames(nets)
    together = homogenise_beams(bars, bars.radius(0.02))
    for one, found in zip(nets, together, strict=True):
        alone = frames([one])
        assert torch.allclose(found, homogenise_beams(alone, alone.radius(0.02))[0], rtol=1e-9, atol=1e-14)
    assert bars.density(bars.radius(0.02)).tolist() == pytest.approx([0.02] * 4)


def test_derivatives_are_those_of_finite_differences() -> None:
    bars = frames([next(candidates(2, 5)).net])
    radius = torch.full(bars.spans.shape[:2], 0.03, dtype=torch.float64, requires_grad=True)
    weights = torch.randn(6, 6, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    (homogenise_beams(bars, radius)[0] * weights).sum().backward()
    assert radius.grad is not None
    step = torch.zeros_like(radius)
    step[0, 1] = 1e-5
    with torch.no_grad():
        ahead, behind = ((homogenise_beams(bars, r)[0] * weights).sum() for r in (radius + step, radius - step))
    assert float(radius.grad[0, 1]) == pytest.approx(float((ahead - behind) / 2e-5), rel=1e-5)


def test_rods_carry_load_along_themselves_only() -> None:
    rods = net("rods", CUBE, [[0, 0, 0], [0.5, 0, 0], [0.2, 0.5, 0.5], [0.8, 0.5, 0.5]], [[0, 1], [1, 0], [2, 3]],
               [[0, 0, 0], [1, 0, 0], [0, 0, 0]])  # fmt: skip
    found = stiffness(rods, 0.05)
    assert bool(gives_way(found[None])) and not bool(gives_way(stiffness(SIMPLE, 0.003)[None]))
    expected = np.zeros((6, 6))
    expected[0, 0] = np.pi * 0.05**2
    assert np.allclose(found, expected, atol=1e-12)


def published() -> Iterator[tuple[Net, float, NDArray]]:
    """Nets, densities, and compliances in Mandel's notation."""
    if not LATTICES.exists():
        pytest.skip(f"{LATTICES} is not there")
    catalogue = LatCatalogue()
    for entry in catalogue.entries(LATTICES):
        one, known = catalogue.net(entry)
        for name, compliance in known.items():
            yield one, float(name.rpartition("_")[2]), np.asarray(compliance)


def difference(found: Tensor | NDArray, compliance: NDArray) -> float:
    """The largest |S_ij - T_ij| / sqrt(T_ii T_jj) of Mandel compliances."""
    mine = np.linalg.inv(to_mandel(torch.as_tensor(found)).numpy())
    return float((np.abs(mine - compliance) / np.sqrt(np.outer(compliance.diagonal(), compliance.diagonal()))).max())


def test_published_compliances_of_real_lattices() -> None:
    differences = []
    for one, density, compliance in published():
        bars = frames([one])
        differences.append(difference(homogenise_beams(bars, bars.radius(density))[0], compliance))
    assert len(differences) == 57, "nineteen lattices at three densities; the twentieth has none"
    assert max(differences) < 0.02


def test_what_differs_from_the_published_compliances_is_their_mesh() -> None:
    # Four elements a bar with linear displacements, integrated at one point, and their shear stiffness corrected by a
    # quarter, as Abaqus' B31 have it, give the published numbers to their digits' worth.
    for one, density, compliance in published():
        if density == 0.01 and len(one.edges) < 31:
            radius = float(frames([one]).radius(density))
            softness = 0.25 / (0.89 / 2.6)
            theirs = textbook(divided(one, 4), radius, "timoshenko", linear=softness)
            assert difference(theirs, compliance) < 1e-3


def test_a_command_prints_them(tmp_path: Path) -> None:
    file = tmp_path / "pcu.cgd"
    file.write_text(
        "CRYSTAL\n NAME pcu\n GROUP Pm-3m\n CELL 1.0 1.0 1.0 90 90 90\n NODE 1 6 0 0 0\n EDGE 0 0 0 1 0 0\nEND\n"
    )
    done = CliRunner().invoke(app, ["beams", str(file), "--density", "0.03", "--json", "--young", "70"])
    [found] = json.loads(done.stdout)["nets"]
    assert found["name"] == "pcu" and found["bars"] == 3 and found["young"] == pytest.approx([0.7] * 3)
    headers, row = CliRunner().invoke(app, ["beams", str(file)]).stdout.splitlines()
    assert headers.split()[:4] == ["net", "bars", "radius", "E_x"] and row.split()[3] == "0.003333"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--density", "1.5"], "a relative density of 1.5: expected one between 0 and 1"),
        (["--poisson", "0.5"], "Poisson's ratio 0.5 must lie between"),
    ],
)
def test_mistakes_are_named(options: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "a.arc").write_text("key 3 1 1 1 0 0 1 1 0 1 0 1 1 0 0 1\nid pcu\n")
    done = CliRunner().invoke(app, ["beams", str(tmp_path / "a.arc"), *options])
    assert isinstance(done.exception, ZooError) and message in str(done.exception)


@pytest.mark.parametrize(("name", "text"), [("a.cgd", ""), ("a.stl", "solid"), ("b.arc", "key 3 1\nid x\n")])
def test_files_without_nets_are_named(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    done = CliRunner().invoke(app, ["beams", str(tmp_path / name)])
    assert isinstance(done.exception, ZooError) and name in str(done.exception)
    with pytest.raises(ZooError, match="no net"):
        frames([])
