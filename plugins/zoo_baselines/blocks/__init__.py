"""Building blocks that the components share."""
