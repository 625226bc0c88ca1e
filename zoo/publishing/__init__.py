"""A trained model as a folder in the diffusers layout: written, read back strictly, published with a card."""
