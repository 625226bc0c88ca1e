"""Examples of the components of voxels for the conformance kit, by kind and name."""

from pathlib import Path
from typing import Any

FILES = Path(__file__).parent / "components" / "importers" / "files"
VOXELS = {"use": "metashell", "resolution": 8, "count": 12}
NETS = {"resolution": 12, "radius": 0.1}

EXAMPLES: dict[tuple[str, str], dict[str, Any]] = {
    ("domain", "voxels"): {"block": {"resolution": 6}},
    ("dataset", "metashell"): {"block": VOXELS},
    ("dataset", "metatruss"): {"block": {"resolution": 8, "count": 12}},
    ("dataset", "spinodoid"): {"block": {"resolution": 12, "count": 12}},
    ("importer", "voxel-arrays"): {"file": FILES / "cells.npz"},
    ("importer", "voxel-images"): {"file": FILES / "cell.vti"},
    ("importer", "voxel-surfaces"): {"file": FILES / "tetrahedron.stl", "block": {"resolution": 8}},
    ("importer", "metatruss-published"): {"file": FILES / "metatruss.npz"},
    ("importer", "metashell-yang"): {"file": FILES / "7binary_voxel", "block": {"resolution": 16}},
    ("importer", "lumpe-catalogue"): {"file": FILES / "catalogue.txt", "block": NETS},
    ("importer", "lattices"): {"file": FILES / "cells.lat", "block": NETS},
    ("importer", "crystal-nets"): {"file": FILES / "nets.cgd", "block": NETS},
    ("importer", "crystal-graphs"): {"file": FILES / "nets.arc", "block": NETS},
    ("objective", "volume-fraction"): {"dataset": VOXELS, "target": {"volume_fraction": 0.9}},
    ("evaluator", "voxel-scores"): {"dataset": VOXELS},
    ("evaluator", "valid-unique-novel"): {"dataset": VOXELS},
    ("evaluator", "local-novelty"): {"dataset": VOXELS},
    ("evaluator", "shape-similarity"): {"dataset": VOXELS},
    ("evaluator", "voxel-distribution"): {"dataset": VOXELS},
    ("model", "trivial"): {"block": {"row": "shifted"}, "dataset": VOXELS},
}
