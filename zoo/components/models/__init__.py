"""The compositions: how parts work together."""
