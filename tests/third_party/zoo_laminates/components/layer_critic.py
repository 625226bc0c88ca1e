"""A perceptron that judges stacks."""

from torch import Tensor

from zoo import Critic, Structure, register_to_config
from zoo_laminates.perceptron import perceptron


class LayerCritic(Critic):
    """Soft stacks -> one number each."""

    @register_to_config
    def __init__(self, structure: Structure, width: int = 64) -> None:
        super().__init__()
        self.layers = perceptron(structure[0][0], width, 1)

    def forward(self, structures: Tensor) -> Tensor:
        return self.layers(structures).squeeze(1)
