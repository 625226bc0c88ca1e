"""Datasets that fit any domain."""
