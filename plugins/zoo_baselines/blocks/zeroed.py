"""Layers that begin at zero."""

from typing import TypeVar

from torch import nn

Layer = TypeVar("Layer", bound=nn.Module)


def zeroed(layer: Layer) -> Layer:
    """The layer, its weights and biases set to zero: a residual block that ends in it begins as the identity."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    return layer
