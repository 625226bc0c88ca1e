"""Statistics of cut patterns."""
