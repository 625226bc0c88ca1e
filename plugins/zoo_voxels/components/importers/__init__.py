"""Importers of voxel cells, a file format each."""
