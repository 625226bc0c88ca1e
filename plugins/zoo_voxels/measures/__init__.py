"""Cells measured: pieces, widths, physics, and how sets of cells compare."""
