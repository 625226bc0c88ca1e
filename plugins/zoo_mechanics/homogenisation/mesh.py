"""Mesh of the solid voxels of some cells, without an assembled matrix."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from zoo_mechanics.homogenisation.asymmetric_unit import SIGNS, Generator, alike, orbits
from zoo_mechanics.homogenisation.element import CORNERS, Element
from zoo_mechanics.homogenisation.images import Images
from zoo_mechanics.homogenisation.sums import Sums

_CHUNK = 2048
"""Elements at a time on a CPU: what they need stays in its cache."""


class Mesh:
    """The voxels of density above 0 of periodic cells `[B, X, Y, Z]` on one lattice, and the nodes at their corners.

    Of cells with symmetries, those of `groups`, it holds one asymmetric unit; the rest are its images, with the signs
    of the load cases `cases`. Displacements are those of the unit, forces a node's own and those of its images
    together.

    Fields on nodes are `[3, B, P, columns]`: P places a cell, as many as the cell with most nodes needs; they are 0
    where another cell has none. A void voxel has no element, and a node of none has no place: void costs nothing and
    is exactly void.
    """

    def __init__(
        self,
        density: Tensor,
        element: Element,
        groups: Sequence[Sequence[Generator]] | None = None,
        cases: Sequence[int] = range(6),
    ) -> None:
        self.density = density
        self.count, *self.shape = density.shape
        self.size = density[0].numel()
        self.cell_volume = self.size * element.volume
        self.stiffness = element.stiffness.to(density)
        self._by_direction = self.stiffness.view(8, 3, 8, 3).permute(1, 0, 3, 2).reshape(24, 24)
        self._forces = density.new_empty(24, 0)
        self.strained = element.strained.to(density)
        self._strained = self.strained.view(8, 3, 6).transpose(0, 1)
        self.cases = list(cases)
        self.groups = groups if groups is not None and any(groups) else None
        self._take_elements()
        corners = self._corners(self.elements)
        self._place_nodes(corners)
        self._unfold_to_rows(corners)
        self.nodes = self._row_of[corners]
        """The eight corners of each element as rows of unfolded fields, int32 `[8, m]`."""
        touching = self._elements_at_rows()
        shift = torch.arange(8, device=touching.device) * len(self.elements)
        weights = torch.where(touching < 0, 0, self.weights[touching])
        self._collect = Sums(torch.where(touching < 0, -1, touching + shift), weights)
        """Sums of the forces `[3, 8 m, columns]` that full elements exert on their corners. Each node asks its own:
        to have elements add to their nodes would be slower, and on a GPU not the same twice."""
        self._around = self._densities_around()
        """Densities of the voxels that have a place as their corner a, times the number of its images, `[B P, 8]`."""

    def apply(self, displacements: Tensor) -> Tensor:
        """The nodal forces of displacements, both `[3, B, P, columns]`."""
        columns, count = displacements.shape[-1], len(self.elements)
        flat = displacements.reshape(3, -1, columns)
        if self._images is not None:
            flat = self._images.unfold(flat)
        if self._forces.shape[1] != count * columns:
            self._forces = flat.new_empty(24, count * columns)
        for part in self._parts(count):
            span = slice(part.start * columns, part.stop * columns)
            corners = self._gather(flat, self.nodes[:, part])
            torch.mm(self._by_direction, corners.view(24, -1), out=self._forces[:, span])
        forces = self._collect(self._forces.view(3, 8 * count, columns))
        if self._images is not None:
            forces = self._images.fold(forces)
        return forces.view_as(displacements)

    def loads(self) -> Tensor:
        """The forces that keep the unit strains of the cases from relaxing, `[3, B, P, cases]`."""
        unit = (self.stiffness @ self.strained[:, self.cases]).view(8, -1)
        forces = (self._around @ unit).view(-1, 3, len(self.cases)).transpose(0, 1).contiguous()
        if self.orbits is not None:
            forces[:, self.slots] *= self.orbits.signs(self.grid, self.cases, forces)
        return forces.view(3, self.count, self.places, -1)

    def stiffness_at_nodes(self) -> Tensor:
        """The diagonal of the stiffness, `[3, B, P, 1]`."""
        own = self.stiffness.diagonal().view(8, 3)
        return (self._around @ own).T.reshape(3, self.count, self.places, 1)

    def energies(self, displacements: Tensor) -> Tensor:
        """Mutual energies of the six unit strains with periodic displacements `[3, B, P, 6]` on top, `[B, 6, 6]` in
        float64: the stiffness, if these are the solution (a minimum, so errors in them count squared)."""
        flat = displacements.reshape(3, -1, 6)
        if self._images is not None:
            flat = self._images_at(self._rows, range(6)).unfold(flat)
        cells = self.elements.div(self.size, rounding_mode="floor")
        ends = torch.searchsorted(cells, torch.arange(self.count, device=cells.device), right=True).tolist()
        energies = torch.zeros(self.count, 6, 6, dtype=torch.float64, device=flat.device)
        for cell, (start, end) in enumerate(zip([0, *ends[:-1]], ends, strict=True)):
            for part in self._parts(end, start):
                strained, forces = self._strain_corners(flat, self.nodes[:, part])
                forces *= self.weights[part, None]
                energies[cell] += torch.mm(strained.view(-1, 6).T, forces.view(-1, 6)).double()
            if self.groups is not None:
                energies[cell] *= alike(self.groups[cell]).to(energies)
        return (energies + energies.mT) / (2 * self.cell_volume)

    def slopes(self, displacements: Tensor, weights: Tensor) -> Tensor:
        """sum_ij weights[b, i, j] dC[b, i, j] / d density, like the density, for the solution `[3, B, P, 6]` and
        weights `[B, 6, 6]`.

        The energies are stationary in the displacements, whose own change counts for nothing. A void voxel has a
        one-sided slope if all its corners are corners of solid; another would follow freely, and has none. Images of a
        voxel have its energies, but for their signs.
        """
        box = self.to_box(displacements).view(3, -1, 6)
        held = self._held()
        x, y, z = self.shape
        voxels = orbits(self.groups or [()] * self.count, (x, y, z), "voxels", held.device)
        first, flips = voxels.first[held], voxels.flips[held]
        asking = held[first == held]
        signs = SIGNS[:, 0].to(box)
        by_flips = weights.to(box)[:, None] * signs[:, :, None] * signs[:, None]
        by_corner = box.new_zeros(len(asking), 8)
        for part in self._parts(len(asking)):
            own = asking[part]
            strained, forces = self._strain_corners(box, self._corners(own))
            energies = strained.permute(1, 2, 0) @ forces.transpose(0, 1)
            wanted = by_flips[own.div(self.size, rounding_mode="floor")]
            by_corner[part] = torch.einsum("eij,efij->ef", energies, wanted)
        slopes = box.new_zeros(self.count * self.size)
        slopes[held] = by_corner[torch.searchsorted(asking, first), flips]
        return (slopes / self.cell_volume).view_as(self.density)

    def to_box(self, field: Tensor) -> Tensor:
        """A field on all nodes of the boxes, `[3, B, X, Y, Z, columns]`, 0 where there is no element. If there are
        images, its columns are the cases, or all six."""
        columns = field.shape[-1]
        used = (self.place_of >= 0).nonzero().squeeze(1)
        box = field.new_zeros(3, self.count * self.size, columns)
        box.index_copy_(1, used, self.at(used, field))
        return box.view(3, self.count, *self.shape, columns)

    def at(self, nodes: Tensor, field: Tensor) -> Tensor:
        """A field on some of the boxes' nodes that have elements, `[3, nodes, columns]`; its columns are the cases, or
        all six."""
        columns = field.shape[-1]
        flat = field.reshape(3, -1, columns)
        if self.orbits is None:
            return flat.index_select(1, self.place_of[nodes])
        return self._images_at(nodes, self.cases if columns == len(self.cases) else range(6)).unfold(flat)

    def from_box(self, box: Tensor) -> Tensor:
        """What a field on all nodes of the boxes is on the nodes of elements."""
        columns = box.shape[-1]
        return self.placed(box.reshape(3, -1, columns).index_select(1, self.grid))

    def placed(self, values: Tensor) -> Tensor:
        """A field from its values at `grid`, `[3, nodes, columns]`."""
        columns = values.shape[-1]
        if self.count == 1:
            return values.view(3, 1, self.places, columns)
        field = values.new_zeros(3, self.count * self.places, columns)
        field.index_copy_(1, self.slots, values)
        return field.view(3, self.count, self.places, columns)

    def _take_elements(self) -> None:
        """One voxel of those that are images of one another."""
        density = self.density.flatten()
        self.elements = density.nonzero().squeeze(1)
        """Where the elements are among all voxels of all cells, `[m]`."""
        images: int | Tensor = 1
        self.orbits = None
        if self.groups is not None:
            x, y, z = self.shape
            self.orbits = orbits(self.groups, (x, y, z), "nodes", density.device)
            voxels = orbits(self.groups, (x, y, z), "voxels", density.device)
            self.elements = self.elements[voxels.first[self.elements] == self.elements]
            images = voxels.sizes(self.elements)
        self.weights = density[self.elements] * images
        """Their densities, times the number of their images, `[m]`."""

    def _solid_nodes(self) -> Tensor:
        """The corners of all solid voxels among the nodes of the boxes."""
        used = self.density > 0
        for axis in (1, 2, 3):
            used = used | used.roll(1, axis)
        return used.flatten().nonzero().squeeze(1)

    def _held(self) -> Tensor:
        """The voxels whose corners all are nodes of elements."""
        held = (self.place_of >= 0).view(self.count, *self.shape)
        for axis in (1, 2, 3):
            held = held & held.roll(-1, axis)
        return held.flatten().nonzero().squeeze(1)

    def _corners(self, voxels: Tensor, side: int = 1) -> Tensor:
        """The eight corners of voxels `[m]` as nodes of the boxes, `[8, m]`: node i lies at the start of voxel i. With
        `side` -1, the eight voxels that have nodes as their corners."""
        _, y, z = self.shape
        start = voxels.div(self.size, rounding_mode="floor") * self.size
        index = voxels - start
        place = (index.div(y * z, rounding_mode="floor"), index.div(z, rounding_mode="floor") % y, index % z)
        sides = [[(along + step) % size for step in (0, side)] for along, size in zip(place, self.shape, strict=True)]
        return torch.stack([start + (sides[0][a] * y + sides[1][b]) * z + sides[2][c] for a, b, c in CORNERS])

    def _place_nodes(self, corners: Tensor) -> None:
        """Give the nodes of elements their places, cell by cell; one to all images of a node."""
        used = torch.zeros(self.count * self.size, dtype=torch.bool, device=corners.device)
        if self.orbits is None:
            used[corners.flatten()] = True
        else:
            solid = self._solid_nodes()
            used[self.orbits.first[solid]] = True
        self.grid = used.nonzero().squeeze(1)
        """Where the nodes that have a place are in the boxes."""
        taken = used.view(self.count, -1).sum(1)
        self.places = int(taken.max())
        cells = self.grid.div(self.size, rounding_mode="floor")
        own = torch.arange(len(self.grid), device=cells.device)
        self.slots = own - (taken.cumsum(0) - taken)[cells] + cells * self.places
        """Their places in flat fields."""
        self.place_of = torch.full((len(used),), -1, dtype=torch.int32, device=corners.device)
        """The place of each node of the boxes in flat fields, -1 for nodes of no element, int32 `[B X Y Z]`."""
        self.place_of[self.grid] = self.slots.int()
        if self.orbits is not None:
            self.place_of = self.place_of[self.orbits.first]

    def _unfold_to_rows(self, corners: Tensor) -> None:
        """Rows of unfolded fields are the corners of elements: places, or images of places."""
        self._row_of, self._row_count = self.place_of, self.count * self.places
        self._images = None
        if self.orbits is None:
            return
        used = torch.zeros(len(self.place_of), dtype=torch.bool, device=corners.device)
        used[corners.flatten()] = True
        self._rows = used.nonzero().squeeze(1)
        self._row_count = len(self._rows)
        self._row_of = torch.full_like(self.place_of, -1)
        self._row_of[self._rows] = torch.arange(self._row_count, dtype=torch.int32, device=used.device)
        self._images = self._images_at(self._rows, self.cases)

    def _images_at(self, nodes: Tensor, cases: Sequence[int]) -> Images:
        assert self.orbits is not None
        signs = self.orbits.signs(nodes, cases, self.density)
        return Images(self.place_of[nodes], signs, self.count * self.places)

    def _elements_at_rows(self) -> Tensor:
        """Which element has a row as its corner a, `[rows, 8]`, -1 if none has."""
        touching = torch.full((8, self._row_count), -1, device=self.nodes.device)
        numbers = torch.arange(len(self.elements), device=self.nodes.device)
        return touching.scatter_(1, self.nodes.long(), numbers.expand(8, -1)).T.contiguous()

    def _densities_around(self) -> Tensor:
        around = self.density.new_zeros(self.count * self.places, 8)
        around[self.slots] = self.density.flatten()[self._corners(self.grid, -1)].T
        if self.orbits is not None:
            around[self.slots] *= self.orbits.sizes(self.grid)[:, None]
        return around

    def _parts(self, end: int, start: int = 0) -> Iterator[slice]:
        step = _CHUNK if self.density.device.type == "cpu" else max(end - start, 1)
        for begin in range(start, end, step):
            yield slice(begin, min(begin + step, end))

    def _gather(self, flat: Tensor, nodes: Tensor) -> Tensor:
        """Values at the corners `nodes` `[8, elements]`, `[3, 8, elements, columns]`."""
        return flat.index_select(1, nodes.reshape(-1)).view(3, 8, -1, flat.shape[-1])

    def _strain_corners(self, flat: Tensor, nodes: Tensor) -> tuple[Tensor, Tensor]:
        """Displacements, from those of the first corner, and forces `[24, elements, 6]`, by direction and corner, of
        voxels of full density that are strained by one. A shift costs no energy, but digits."""
        strained = self._gather(flat, nodes)
        strained -= strained[:, :1].clone()
        strained += self._strained[:, :, None]
        strained = strained.view(24, -1, 6)
        return strained, (self._by_direction @ strained.view(24, -1)).view_as(strained)
