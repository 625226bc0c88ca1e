"""Voxels: unit cells as binary grids, their shell data set and the benchmark's five scores (VOXPLOER)."""

from collections.abc import Iterable

from zoo import Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """The domain, our edition of MetaShell, the scores and an objective."""
    return [
        Component("domain", "voxels", "zoo_voxels.domain:Voxels", "Cubic unit cells as grids of solid and void"),
        Component(
            "dataset",
            "metashell",
            "zoo_voxels.dataset:MetaShell",
            "Shell cells around random trigonometric level sets and minimal surfaces",
        ),
        Component(
            "evaluator",
            "voxel-scores",
            "zoo_voxels.evaluator:VoxelScores",
            "Symmetry, periodicity, connectivity, novelty and diversity",
        ),
        Component(
            "objective",
            "volume-fraction",
            "zoo_voxels.objective:VolumeFraction",
            "Pushes the share of solid to a wanted value",
        ),
    ]
