"""Recipes: registry.yaml and what users change, layered, checked and resolved."""

from zoo.recipes.recipe import Recipe, automatic_size, resolve

__all__ = ["Recipe", "automatic_size", "resolve"]
