"""Cells as pictures."""
