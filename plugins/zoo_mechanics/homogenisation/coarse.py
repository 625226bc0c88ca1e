"""Rigid motions of parts of a cell as a coarse space, for cells that bend.

Slender parts that turn and shift as a whole are what the Green operator sees worst. Nodes are parted into blocks, each
block into the bodies that hang together within it, and forces on rigid motions of these bodies are balanced exactly.
The correction is added to that of the two grids (an additive Schwarz method).
"""

from collections.abc import Callable

import torch
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from zoo_mechanics.homogenisation.element import CORNERS
from zoo_mechanics.homogenisation.images import Images
from zoo_mechanics.homogenisation.mesh import Mesh
from zoo_mechanics.homogenisation.two_grids import TwoGrids

BLOCKS = 6
"""Blocks along each axis."""

_JITTER = 1e-7
_CHUNK = 1024


class RigidBodies:
    """The two grids plus the exact balance of rigid bodies, as one preconditioner."""

    def __init__(self, mesh: Mesh, grids: TwoGrids, edges: Tensor) -> None:
        self._mesh, self._grids = mesh, grids
        self._bodies, count, present, lever = _bodies(mesh, edges)
        motions = _rigid(lever) * present[:, None, None]
        self._inverse = _inverse(_coarse_matrix(mesh, self._bodies, motions, count)).to(mesh.density)
        self._lever = lever.T.unsqueeze(-1).to(mesh.density)
        self._present = present[:, None].to(mesh.density)

    def __call__(self, forces: Tensor) -> Tensor:
        """Displacements for forces, both `[3, B, P, columns]`."""
        cells, columns = self._mesh.count, forces.shape[-1]
        push = forces.reshape(3, -1, columns)
        pushes = torch.cat([push, _cross(self._lever, push)]).transpose(0, 1).flatten(1)
        total = pushes.new_zeros(self._inverse.shape[1] // 6 * cells, 6 * columns).index_add_(0, self._bodies, pushes)
        rigid = (self._inverse @ total.view(cells, -1, columns)).view(-1, 6 * columns)
        shift, turn = rigid.index_select(0, self._bodies).view(-1, 2, 3, columns).permute(1, 2, 0, 3)
        moved = (shift + _cross(turn, self._lever)) * self._present
        displacements: Tensor = self._grids(forces) + moved.view_as(forces)
        return displacements


class OfWholeCells:
    """A preconditioner of whole cells, for fields on their asymmetric units: forces are spread over the images, and
    displacements averaged over them."""

    def __init__(self, precondition: Callable[[Tensor], Tensor], whole: Mesh, unit: Mesh) -> None:
        assert unit.orbits is not None
        self._precondition, self._whole = precondition, whole
        signs = unit.orbits.signs(whole.grid, unit.cases, unit.density) / unit.orbits.sizes(whole.grid)[:, None]
        self._images = Images(unit.place_of[whole.grid], signs, unit.count * unit.places)

    def __call__(self, forces: Tensor) -> Tensor:
        """Displacements for forces, both `[3, B, P, columns]`."""
        columns = forces.shape[-1]
        spread = self._whole.placed(self._images.unfold(forces.reshape(3, -1, columns)))
        moved = self._precondition(spread).view(3, -1, columns)
        return self._images.fold(moved[:, self._whole.slots]).view_as(forces)


def _cross(one: Tensor, other: Tensor) -> Tensor:
    """Cross products along the first axis."""
    return torch.stack([one[i] * other[j] - one[j] * other[i] for i, j in ((1, 2), (2, 0), (0, 1))])


def _bodies(mesh: Mesh, edges: Tensor) -> tuple[Tensor, int, Tensor, Tensor]:
    """The body of each place `[B P]`, numbered cell by cell with as many numbers for each; that number; whether there
    is a node at a place `[B P]`; its position from the centre of its body, in blocks, float64 `[B P, 3]`."""
    device, places = mesh.density.device, mesh.count * mesh.places
    slots = mesh.slots
    position = torch.stack(torch.unravel_index(mesh.grid % mesh.size, tuple(mesh.shape)), 1)
    sizes = torch.tensor(mesh.shape, device=device)
    block = torch.full((places, 3), -1, device=device)
    block[slots] = (position * BLOCKS).div(sizes, rounding_mode="floor")
    body, count = _number(mesh, _connected(mesh, block), slots)
    present = torch.zeros(places, dtype=torch.bool, device=device)
    present[slots] = True
    where = torch.zeros(places, 3, dtype=torch.float64, device=device)
    edges = edges.double().to(device)
    where[slots] = position.double() @ (edges / edges.norm(dim=1).max()) * (BLOCKS / max(mesh.shape))
    members = torch.bincount(body[slots], minlength=mesh.count * count).clamp(min=1)
    centre = where.new_zeros(mesh.count * count, 3).index_add_(0, body, where) / members[:, None]
    return body, count, present, where - centre[body]


def _connected(mesh: Mesh, block: Tensor) -> Tensor:
    """Labels of places that hang together along edges of elements within their block, `[B P]`."""
    rows, columns = [], []
    for one in range(8):
        for other in range(one):
            if sum(a != b for a, b in zip(CORNERS[one], CORNERS[other], strict=True)) == 1:
                a, b = mesh.nodes[one].long(), mesh.nodes[other].long()
                same = (block[a] == block[b]).all(1)
                rows.append(a[same])
                columns.append(b[same])
    i, j = torch.cat(rows).cpu().numpy(), torch.cat(columns).cpu().numpy()
    graph = coo_array((torch.ones(len(i), dtype=torch.bool).numpy(), (i, j)), shape=(len(block),) * 2)
    return torch.from_numpy(connected_components(graph, directed=False)[1]).to(block.device, torch.int64)


def _number(mesh: Mesh, labels: Tensor, slots: Tensor) -> tuple[Tensor, int]:
    """Bodies numbered within each cell, plus the cell times the most bodies of one; places without a node get the first
    of their cell."""
    cell = torch.arange(len(labels), device=labels.device).div(mesh.places, rounding_mode="floor")
    pairs, number = torch.unique(torch.stack([cell[slots], labels[slots]], 1), dim=0, return_inverse=True)
    bodies = torch.bincount(pairs[:, 0], minlength=mesh.count)
    count = int(bodies.max())
    body = cell * count
    body[slots] += number - (bodies.cumsum(0) - bodies)[cell[slots]]
    return body, count


def _rigid(lever: Tensor) -> Tensor:
    """Three shifts and three turns as displacements at `lever` `[n, 3]` from the centre, `[n, 3, 6]`."""
    x, y, z = lever.unbind(1)
    zero = torch.zeros_like(x)
    turns = torch.stack([zero, z, -y, -z, zero, x, y, -x, zero], 1).view(-1, 3, 3)
    return torch.cat([torch.eye(3).to(lever).expand(len(lever), 3, 3), turns], 2)


def _coarse_matrix(mesh: Mesh, bodies: Tensor, motions: Tensor, count: int) -> Tensor:
    """The stiffness between rigid motions, `[B, 6 count, 6 count]` in float64: only elements between bodies resist."""
    matrix = torch.zeros(mesh.count * count * count, 36, dtype=torch.float64, device=motions.device)
    owners = bodies[mesh.nodes.long()].T
    between = (owners != owners[:, :1]).any(1).nonzero().squeeze(1)
    for part in torch.split(between, _CHUNK):
        motion = motions.new_zeros(len(part), 8, 3, 8, 6)
        for corner in range(8):
            motion[:, corner, :, corner] = motions[mesh.nodes[corner, part].long()]
        motion = motion.view(-1, 24, 48)
        forces = mesh.stiffness.double() @ motion * mesh.weights[part, None, None]
        blocks = (motion.mT @ forces).view(-1, 8, 6, 8, 6).transpose(2, 3).reshape(-1, 36)
        pair = owners[part, :, None] * count + owners[part, None, :] % count
        matrix.index_add_(0, pair.flatten(), blocks)
    return matrix.view(mesh.count, count, count, 6, 6).transpose(2, 3).reshape(mesh.count, 6 * count, 6 * count)


def _inverse(matrix: Tensor) -> Tensor:
    """The inverse, near enough: shifts of the whole cell are held by springs, and whatever else moves freely is held a
    little."""
    size = matrix.shape[-1]
    scale = matrix.diagonal(dim1=1, dim2=2).amax(1)[:, None, None]
    shifts = torch.eye(6, dtype=matrix.dtype, device=matrix.device)[:, :3].repeat(size // 6, 1)
    held = matrix + scale * (shifts @ shifts.T * (6 / size) + _JITTER * torch.eye(size).to(matrix))
    return torch.cholesky_inverse(torch.linalg.cholesky((held + held.mT) / 2))
