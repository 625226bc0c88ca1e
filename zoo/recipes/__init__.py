"""Recipes: registry.yaml and what users change, layered, checked and resolved."""

from zoo.recipes.recipe import Recipe, ResolvedDataset, automatic_size, resolve, resolve_dataset

__all__ = ["Recipe", "ResolvedDataset", "automatic_size", "resolve", "resolve_dataset"]
