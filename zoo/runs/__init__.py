"""A run: what it does, what its stages keep, what lies in its folder."""
