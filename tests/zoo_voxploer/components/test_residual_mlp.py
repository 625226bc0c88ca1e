"""The residual MLP: its published size and form, and its conditions."""

from pathlib import Path

import pytest
import torch

from zoo import Level
from zoo_voxploer.components.residual_mlp import ResidualMLP


def level(time: torch.Tensor) -> Level:
    return Level(time, torch.zeros_like(time))


def build(**arguments: object) -> ResidualMLP:
    torch.manual_seed(0)
    return ResidualMLP(**({"latent_shape": (8,), "depth": 3, "width": 16} | arguments))


def test_defaults_have_the_published_size() -> None:
    model = ResidualMLP(latent_shape=(128,))
    weights = [tuple(parameter.shape) for parameter in model.parameters() if parameter.dim() == 2]
    assert weights == [(512, 129)] + 16 * [(512, 513)] + [(128, 513)]
    assert round(sum(parameter.numel() for parameter in model.parameters()) / 1e6, 2) == 4.34


def test_without_conditions_it_is_the_published_network() -> None:
    model, noisy, time = build(), torch.randn(5, 8), torch.rand(5)
    weights = list(model.parameters())
    (first, first_bias), *middle, (last, last_bias) = zip(weights[::2], weights[1::2], strict=True)
    hidden = noisy @ first[:, :8].T + time[:, None] * first[:, 8] + first_bias
    for weight, bias in middle:
        linear = hidden @ weight[:, :16].T + time[:, None] * weight[:, 16] + bias
        hidden = hidden + linear.clamp(min=0)
    expected = hidden @ last[:, :16].T + time[:, None] * last[:, 16] + last_bias
    torch.testing.assert_close(model(noisy, level(time), {}), expected)


def test_latents_keep_their_shape() -> None:
    model = build(latent_shape=(2, 3, 4))
    assert model(torch.randn(5, 2, 3, 4), level(torch.rand(5)), {}).shape == (5, 2, 3, 4)


def test_a_value_that_is_not_given_differs_from_zero_and_from_nothing_else() -> None:
    model = build(conditions=("stiffness", "volume_fraction"))
    noisy, time = torch.randn(3, 8), level(torch.rand(3))

    def answer(*stiffness: float) -> torch.Tensor:
        given = {"stiffness": torch.tensor(stiffness), "volume_fraction": torch.full((3,), 0.3)}
        return model(noisy, time, given)

    missing, mixed = answer(torch.nan, torch.nan, torch.nan), answer(torch.nan, 0.0, 0.7)
    assert missing.isfinite().all()
    torch.testing.assert_close(mixed[0], missing[0])
    assert not torch.allclose(mixed[1], missing[1])
    assert not torch.allclose(mixed[2], answer(0.0, 0.0, 0.0)[2])


def test_every_parameter_learns() -> None:
    model = build(conditions=("volume_fraction",))
    given = {"volume_fraction": torch.tensor([0.5, torch.nan, 0.1])}
    model(torch.randn(3, 8), level(torch.rand(3)), given).square().sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_it_learns_the_noise_of_one_point() -> None:
    torch.manual_seed(0)
    model, point = build(width=64), torch.randn(8)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(300):
        time, noise = 0.1 + 0.9 * torch.rand(128), torch.randn(128, 8)
        alpha, sigma = (1 - time**2).sqrt()[:, None], time[:, None]
        loss = (model(alpha * point + sigma * noise, level(time), {}) - noise).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.05


@pytest.mark.parametrize("conditions", [(), ("volume_fraction",)])
def test_saved_and_loaded_it_is_the_same(tmp_path: Path, conditions: tuple[str, ...]) -> None:
    model = build(conditions=conditions, prediction="velocity")
    model.save_pretrained(tmp_path)
    again = ResidualMLP.from_pretrained(tmp_path)
    assert (again.conditions, again.prediction) == (conditions, "velocity")
    noisy, time = torch.randn(4, 8), level(torch.rand(4))
    given = {name: torch.rand(4) for name in conditions}
    assert torch.equal(again(noisy, time, given), model(noisy, time, given))
