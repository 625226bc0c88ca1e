"""How cut patterns are distributed."""
