"""Pictures of cut patterns and of their statistics, and files for a laser cutter."""
