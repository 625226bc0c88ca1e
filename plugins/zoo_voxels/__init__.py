"""The voxel domain: unit cells as binary grids."""
