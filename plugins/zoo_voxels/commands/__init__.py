"""What the shell names."""
