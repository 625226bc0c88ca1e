"""The network that all of these are made of."""

from torch import nn


def perceptron(inputs: int, width: int, outputs: int) -> nn.Sequential:
    """Two layers, with `width` numbers between them."""
    return nn.Sequential(nn.Linear(inputs, width), nn.SiLU(), nn.Linear(width, outputs))
