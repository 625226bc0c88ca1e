"""Sets of structures, scored; scores kept, quoted and put into words."""
