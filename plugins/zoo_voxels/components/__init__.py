"""What recipes name."""
