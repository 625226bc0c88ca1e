import torch

from zoo import Level
from zoo_spectral.components.modulated_mlp import ModulatedMLP


def test_it_begins_linear_in_its_input_and_without_the_time() -> None:
    """Gates begin at 0, so that blocks are identities: only the norm and the two maps at the ends are left."""
    torch.manual_seed(0)
    denoiser = ModulatedMLP((6,), depth=3, width=16)
    noisy, time = torch.randn(5, 6), torch.rand(5)
    expected = denoiser.leave(denoiser.norm(denoiser.enter(noisy)))
    torch.testing.assert_close(denoiser(noisy, Level(time, time), {}), expected)


def test_a_condition_that_is_not_given_is_not_a_condition_of_0() -> None:
    torch.manual_seed(0)
    denoiser = ModulatedMLP((6,), depth=2, width=16, conditions=("volume_fraction",))
    for parameter in denoiser.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    noisy, level = torch.randn(2, 6), Level(torch.full((2,), 0.5), torch.zeros(2))
    absent, zero = (denoiser(noisy, level, {"volume_fraction": torch.full((2,), v)}) for v in (torch.nan, 0.0))
    assert torch.isfinite(absent).all() and not torch.allclose(absent, zero)
