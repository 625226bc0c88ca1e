"""The embedding with learned frequencies."""

import numpy as np
import torch

from zoo_baselines.blocks.learned_sinusoid import LearnedSinusoid


def test_what_its_maps_read() -> None:
    torch.manual_seed(0)
    embedding = LearnedSinusoid(8, 5)
    read = []
    embedding.maps[0].register_forward_hook(lambda layer, inputs, output: read.append(inputs[0]))
    assert embedding(torch.tensor([-1.5, 0.25])).shape == (2, 5)
    frequencies = embedding.frequencies.detach().numpy()
    for row, value in zip(read[0].detach().numpy(), (-1.5, 0.25), strict=True):
        angles = 2 * np.pi * value * frequencies
        np.testing.assert_allclose(row, [value, *np.sin(angles), *np.cos(angles)], rtol=1e-4, atol=1e-5)
    assert embedding.frequencies.requires_grad
