import numpy as np
import torch

from zoo_spectral.fields.modes import analyse, synthesise, waves


def test_waves_are_orthonormal_under_the_mean() -> None:
    for resolution in (7, 12):
        along = waves(7, resolution, torch.zeros((), dtype=torch.float64))
        torch.testing.assert_close(along.T @ along / resolution, torch.eye(7, dtype=torch.float64))


def test_low_passed_fields_are_those_of_a_fast_fourier_transform() -> None:
    fields = torch.from_numpy(np.random.default_rng(0).normal(size=(2, 9, 9, 9)))
    spectrum = np.fft.fftn(fields.numpy(), axes=(1, 2, 3))
    keep = np.abs(np.fft.fftfreq(9, 1 / 9)) <= 2
    expected = np.fft.ifftn(spectrum * keep[:, None, None] * keep[:, None] * keep, axes=(1, 2, 3)).real
    np.testing.assert_allclose(synthesise(analyse(fields, 5), 9), expected, atol=1e-12)


def test_a_finer_grid_shows_the_same_function() -> None:
    coefficients = torch.from_numpy(np.random.default_rng(0).normal(size=(2, 5, 5, 5)))
    coarse, fine = synthesise(coefficients, 7), synthesise(coefficients, 21)
    torch.testing.assert_close(fine[:, 1::3, 1::3, 1::3], coarse)  # every third centre is a coarse one
    torch.testing.assert_close(analyse(fine, 5), coefficients)
