"""A trained model and its folder: drawing from it, writing it, reading it back strictly."""
