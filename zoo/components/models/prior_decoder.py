"""A variational autoencoder used as a generator: draw a latent from the prior, decode it (Kingma & Welling 2013)."""

from collections.abc import Generator

from torch import Tensor

from zoo import Condition, Data, Encoder, Fitting, Model, Noise, Player, Stage, Structure, Table, Training
from zoo.components.models.autoencoding import Autoencoding, positive_and_negative


class PriorDecoder(Model):
    """An encoder whose loss draws the posterior to N(0, 1), and its decoder fed from there."""

    trains = ("autoencoder",)

    def __init__(self, structure: Structure, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def stages(self, data: Data) -> Generator[Stage, Table | None, None]:
        if self.encoder.fitted:
            yield Fitting("fit", self.encoder, lambda: self.encoder.fit(data.train), ("encoder",))
        player = Player("autoencoder", Autoencoding(self.encoder))
        yield Training("autoencoder", [player], data.train, data.held_out, ("encoder",))

    def latents(self, structures: Tensor, noise: Noise) -> dict[str, Tensor]:
        return positive_and_negative(self.encoder, None, structures, noise)

    def draw(self, noise: Noise, condition: Condition) -> Tensor:
        return self.encoder.decode(noise.normal(*self.encoder.latent_shape))
