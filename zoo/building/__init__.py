"""A signature as schema, and objects from recipe blocks."""
