"""What generators promise."""

from zoo.interfaces.noise import Noise
from zoo.testing import networks
from zoo.testing.compare import check_tensor
from zoo.testing.networks import check_latent_shape, keeps_rows_apart
from zoo.testing.probes import ROWS
from zoo.testing.subject import SEED, Subject


def generates(subject: Subject) -> None:
    """Codes of `latent_shape` become structures."""
    generator = subject.build().eval()
    check_latent_shape(generator.latent_shape)
    codes = Noise(SEED, range(ROWS)).normal(*generator.latent_shape)
    check_tensor("What it makes", generator(codes), (ROWS, *subject.structure.shape))


PROMISES = (*networks.PROMISES, generates, keeps_rows_apart)
