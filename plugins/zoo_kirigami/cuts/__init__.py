"""Cut patterns: geometry, crossings, symmetries, and ways from one to another."""
