"""Examples of the voxel components for the kit."""

from pathlib import Path

FILES = Path(__file__).parent / "components/importers/files"
CELLS = {"use": "metashell", "resolution": 8, "count": 12}
MANY = {"use": "metashell-mixed", "resolution": 8, "count": 400}  # As many held out as typicality needs.
NETS = {"resolution": 12, "radius": 0.1}

EXAMPLES = {
    ("domain", "voxels"): {"block": {"resolution": 6}},
    ("dataset", "metashell"): {"block": CELLS},
    ("dataset", "metashell-mixed"): {"block": {"resolution": 8, "count": 12}},
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
    ("objective", "volume-fraction"): {"dataset": CELLS, "target": {"volume_fraction": 0.9}},
    ("evaluator", "voxel-scores"): {"dataset": CELLS},
    ("evaluator", "valid-unique-novel"): {"dataset": MANY},
    ("evaluator", "local-novelty"): {"dataset": MANY},
    ("evaluator", "shape-similarity"): {"dataset": CELLS},
    ("evaluator", "voxel-distribution"): {"dataset": CELLS},
    ("model", "trivial"): {"block": {"row": "shifted"}, "dataset": CELLS},
}
