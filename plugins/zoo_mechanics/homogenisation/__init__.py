"""The effective stiffness of periodic voxel cells."""
