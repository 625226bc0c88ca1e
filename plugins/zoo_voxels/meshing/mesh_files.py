"""Meshes as files that printers read: binary STL, and 3MF, which knows its unit."""

import zipfile
from pathlib import Path

import numpy as np

from zoo_voxels.meshing.meshes import Mesh

_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>
</Types>
"""
_RELATIONSHIPS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Target="/3D/3dmodel.model" Id="rel0" Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/>
</Relationships>
"""
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<model unit="millimeter" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">
<resources><object id="1" type="model"><mesh><vertices>
"""
_FOOT = """</triangles></mesh></object></resources>
<build><item objectid="1"/></build>
</model>
"""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of everything in a 3MF file: the same mesh gives the same bytes."""


def write_stl(mesh: Mesh, path: Path) -> None:
    """Binary STL; its unit is understood to be the millimetre."""
    corners = mesh.vertices[mesh.triangles]
    records = np.zeros(len(corners), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    records["normal"] = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    records["corners"] = corners
    with path.open("wb") as file:
        file.write(b"millimetres".ljust(80))
        file.write(np.uint32(len(records)).tobytes())
        file.write(records.tobytes())


def write_3mf(mesh: Mesh, path: Path) -> None:
    """3MF (core specification 1.3) with one object, in the seven digits of single precision."""
    vertices = '<vertex x="%.7g" y="%.7g" z="%.7g"/>\n' * len(mesh.vertices) % tuple(mesh.vertices.ravel().tolist())
    triangles = '<triangle v1="%d" v2="%d" v3="%d"/>\n' * len(mesh.triangles) % tuple(mesh.triangles.ravel().tolist())
    model = f"{_HEAD}{vertices}</vertices><triangles>\n{triangles}{_FOOT}"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONSHIPS),
            ("3D/3dmodel.model", model),
        ):
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, text, compresslevel=1)
