"""Files of other programs, read."""
