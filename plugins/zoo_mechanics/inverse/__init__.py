"""Inverse homogenisation: the cell that a wanted stiffness asks for, by topology optimisation."""
