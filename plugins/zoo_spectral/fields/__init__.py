"""Cells as fields: signed distances, their Fourier modes, and the level that a field is cut at."""
