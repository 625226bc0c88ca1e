"""Voxels: unit cells as binary grids, their shell and truss data sets and the benchmark's five scores (VOXPLOER)."""

import importlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from zoo import Command, Component, hookimpl

if TYPE_CHECKING:
    from zoo_voxels.components.importers.nets import read_nets
    from zoo_voxels.generation.fields import basis, evaluate, random_field
    from zoo_voxels.generation.nets import Net
    from zoo_voxels.measures.features import kept, opened
    from zoo_voxels.rendering.images import gallery

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
    "Net": "zoo_voxels.generation.nets",
    "basis": "zoo_voxels.generation.fields",
    "evaluate": "zoo_voxels.generation.fields",
    "gallery": "zoo_voxels.rendering.images",
    "kept": "zoo_voxels.measures.features",
    "random_field": "zoo_voxels.generation.fields",
    "opened": "zoo_voxels.measures.features",
    "read_nets": "zoo_voxels.components.importers.nets",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'zoo_voxels' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


@hookimpl
def zoo_components() -> Iterable[Component]:
    """The domain, our editions of MetaShell and MetaTruss, the scores, an objective and importers."""
    return [
        Component(
            "domain", "voxels", "zoo_voxels.components.voxels:Voxels", "Cubic unit cells as grids of solid and void"
        ),
        Component(
            "dataset",
            "metashell",
            "zoo_voxels.components.metashell:MetaShell",
            "Shell cells around random level sets, with the symmetry of the cube",
        ),
        Component(
            "dataset",
            "metashell-mixed",
            "zoo_voxels.components.metashell_mixed:MetaShellMixed",
            "Shell cells around random level sets and minimal surfaces, cubic or not",
        ),
        Component(
            "dataset",
            "metatruss",
            "zoo_voxels.components.metatruss:MetaTruss",
            "Truss cells along the bars of random crystal nets",
        ),
        Component(
            "dataset",
            "spinodoid",
            "zoo_voxels.components.spinodoid:Spinodoids",
            "Porous cells: random fields of waves in cones, cut at a level",
        ),
        Component(
            "evaluator",
            "voxel-scores",
            "zoo_voxels.components.voxel_scores:VoxelScores",
            "Symmetry, periodicity, connectivity, novelty and diversity",
        ),
        Component(
            "evaluator",
            "voxel-distribution",
            "zoo_voxels.components.voxel_distribution:VoxelDistribution",
            "Whether cells are, as a set, like training cells, without being copies",
        ),
        Component(
            "evaluator",
            "valid-unique-novel",
            "zoo_voxels.components.valid_unique_novel:ValidUniqueNovel",
            "Share of cells that are materials, differ, and are not a known one shifted, turned or reflected",
        ),
        Component(
            "evaluator",
            "local-novelty",
            "zoo_voxels.components.local_novelty:LocalNovelty",
            "Share of cells that are not training cells deformed, and not put together from parts of them",
        ),
        Component(
            "evaluator",
            "shape-similarity",
            "zoo_voxels.components.shape_similarity:ShapeSimilarity",
            "How alike cells are to the nearest training cell and to one another (Yang et al., equation 19)",
        ),
        Component(
            "model",
            "trivial",
            "zoo_voxels.components.trivial:Trivial",
            "The data themselves, copies in disguise, solid, noise: what a model has to beat",
        ),
        Component(
            "objective",
            "volume-fraction",
            "zoo_voxels.components.volume_fraction:VolumeFraction",
            "Pushes the share of solid to a wanted value",
        ),
        Component(
            "importer",
            "voxel-arrays",
            "zoo_voxels.components.importers.voxel_arrays:VoxelArrays",
            "Stacks of cells in .npy and .npz files",
        ),
        Component(
            "importer",
            "voxel-images",
            "zoo_voxels.components.importers.voxel_images:VtiCells",
            "Cells in VTK image data (.vti)",
        ),
        Component(
            "importer",
            "voxel-surfaces",
            "zoo_voxels.components.importers.voxel_surfaces:StlCells",
            "A cell within each closed .stl surface",
        ),
        Component(
            "importer",
            "metatruss-published",
            "zoo_voxels.components.importers.metatruss_published:PublishedMetaTruss",
            "MetaTruss as its authors publish it (.npz)",
        ),
        Component(
            "importer",
            "metashell-yang",
            "zoo_voxels.components.importers.metashell_yang:YangShells",
            "MetaShell as Yang et al. publish it (raw files)",
        ),
        Component(
            "importer",
            "lumpe-catalogue",
            "zoo_voxels.components.importers.lumpe_catalogue:LumpeCatalogue",
            "Truss cells of Lumpe & Stankovic's catalogue (.txt)",
        ),
        Component(
            "importer",
            "lattices",
            "zoo_voxels.components.importers.lattices:LatCatalogue",
            "Truss cells of Lumpe & Stankovic's catalogue (.lat)",
        ),
        Component(
            "importer",
            "crystal-nets",
            "zoo_voxels.components.importers.crystal_nets:CgdNets",
            "Crystal nets of Systre and the RCSR, with their geometry (.cgd)",
        ),
        Component(
            "importer",
            "crystal-graphs",
            "zoo_voxels.components.importers.crystal_graphs:ArcNets",
            "Crystal nets of Systre and CrystalNets without geometry (.arc)",
        ),
    ]


@hookimpl
def zoo_commands() -> Iterable[Command]:
    """Out of the program, into others."""
    return [
        Command("mesh", "zoo_voxels.commands.mesh:mesh", "Write cells as meshes, to print or to compute with."),
        Command("picture", "zoo_voxels.commands.picture:picture", "Draw cells, side by side or turning."),
    ]
