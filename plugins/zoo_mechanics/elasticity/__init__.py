"""Stiffness tensors: moduli, bounds, lattices, pictures."""
