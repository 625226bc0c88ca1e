"""Voxels: unit cells as binary grids, their shell and truss data sets and the benchmark's five scores (VOXPLOER)."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from zoo import Command, Component, hookimpl

if TYPE_CHECKING:
    from zoo_voxels.features import kept, opened
    from zoo_voxels.fields import basis, evaluate, random_field
    from zoo_voxels.images import gallery
    from zoo_voxels.importers.nets import read_nets
    from zoo_voxels.nets import Net

__all__ = [
    "Net",
    "basis",
    "evaluate",
    "gallery",
    "kept",
    "opened",
    "random_field",
    "read_nets",
    "zoo_commands",
    "zoo_components",
]

_HOME = {
    "Net": "zoo_voxels.nets",
    "basis": "zoo_voxels.fields",
    "evaluate": "zoo_voxels.fields",
    "gallery": "zoo_voxels.images",
    "kept": "zoo_voxels.features",
    "random_field": "zoo_voxels.fields",
    "opened": "zoo_voxels.features",
    "read_nets": "zoo_voxels.importers.nets",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zoo_voxels' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


@hookimpl
def zoo_components() -> Iterable[Component]:
    """The domain, our editions of MetaShell and MetaTruss, the scores, an objective and importers."""
    return [
        Component("domain", "voxels", "zoo_voxels.domain:Voxels", "Cubic unit cells as grids of solid and void"),
        Component(
            "dataset",
            "metashell",
            "zoo_voxels.dataset:MetaShell",
            "Shell cells around random trigonometric level sets and minimal surfaces",
        ),
        Component(
            "dataset",
            "metatruss",
            "zoo_voxels.metatruss:MetaTruss",
            "Truss cells along the bars of random crystal nets",
        ),
        Component(
            "dataset",
            "spinodoid",
            "zoo_voxels.spinodoid_dataset:Spinodoids",
            "Porous cells: random fields of waves in cones, cut at a level",
        ),
        Component(
            "evaluator",
            "voxel-scores",
            "zoo_voxels.evaluator:VoxelScores",
            "Symmetry, periodicity, connectivity, novelty and diversity",
        ),
        Component(
            "evaluator",
            "voxel-distribution",
            "zoo_voxels.voxel_distribution:VoxelDistribution",
            "Whether cells are, as a set, like training cells, without being copies",
        ),
        Component(
            "evaluator",
            "valid-unique-novel",
            "zoo_voxels.validity:ValidUniqueNovel",
            "Share of cells that are materials, differ, and are no known one shifted, turned or reflected",
        ),
        Component(
            "evaluator",
            "local-novelty",
            "zoo_voxels.local_novelty:LocalNovelty",
            "Share of cells that are no training cells deformed, and not put together from parts of them",
        ),
        Component(
            "evaluator",
            "shape-similarity",
            "zoo_voxels.similarity:ShapeSimilarity",
            "How alike cells are to the nearest training cell and to one another (Yang et al., equation 19)",
        ),
        Component(
            "model",
            "trivial",
            "zoo_voxels.trivial:Trivial",
            "The data themselves, copies in disguise, solid, noise: what a model has to beat",
        ),
        Component(
            "objective",
            "volume-fraction",
            "zoo_voxels.objective:VolumeFraction",
            "Pushes the share of solid to a wanted value",
        ),
        Component(
            "importer",
            "voxel-arrays",
            "zoo_voxels.importers.arrays:VoxelArrays",
            "Stacks of cells in .npy and .npz files",
        ),
        Component("importer", "voxel-images", "zoo_voxels.importers.vti:VtiCells", "Cells in VTK image data (.vti)"),
        Component(
            "importer", "voxel-surfaces", "zoo_voxels.importers.stl:StlCells", "A cell within each closed .stl surface"
        ),
        Component(
            "importer",
            "metatruss-published",
            "zoo_voxels.importers.metatruss:PublishedMetaTruss",
            "MetaTruss as its authors publish it (.npz)",
        ),
        Component(
            "importer",
            "metashell-yang",
            "zoo_voxels.importers.yang:YangShells",
            "MetaShell as Yang et al. publish it (raw files)",
        ),
        Component(
            "importer",
            "lumpe-catalogue",
            "zoo_voxels.importers.lattices:LumpeCatalogue",
            "Truss cells of Lumpe & Stankovic's catalogue (.txt)",
        ),
        Component(
            "importer",
            "lattices",
            "zoo_voxels.importers.lattices:LatCatalogue",
            "Truss cells of Lumpe & Stankovic's catalogue (.lat)",
        ),
        Component(
            "importer",
            "crystal-nets",
            "zoo_voxels.importers.cgd:CgdNets",
            "Crystal nets of Systre and the RCSR, with their geometry (.cgd)",
        ),
        Component(
            "importer",
            "crystal-graphs",
            "zoo_voxels.importers.arc:ArcNets",
            "Crystal nets of Systre and CrystalNets without geometry (.arc)",
        ),
    ]


@hookimpl
def zoo_commands() -> Iterable[Command]:
    """Out of the program, into others."""
    return [
        Command("mesh", "zoo_voxels.mesh_command:mesh", "Write cells as meshes, to print or to compute with."),
        Command("picture", "zoo_voxels.picture_command:picture", "Draw cells, side by side or turning."),
    ]
