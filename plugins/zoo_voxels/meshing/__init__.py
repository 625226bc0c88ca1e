"""Cells as meshes and grids for other programs."""
