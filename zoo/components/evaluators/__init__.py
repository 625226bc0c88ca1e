"""Scores of any domain's structures."""
