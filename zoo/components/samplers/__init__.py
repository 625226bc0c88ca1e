"""Ways from noise to a structure."""
