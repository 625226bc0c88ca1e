"""The losses of GAN and WGAN against torch's own, and who learns from them."""

import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from zoo import Critic, Generator, Noise, Structure, ZooError, register_to_config
from zoo.components.models.adversarial_pair import AdversarialPair


class Line(Generator):
    @register_to_config
    def __init__(self) -> None:
        super().__init__()
        self.latent_shape = (3,)
        self.net = nn.Linear(3, 4)

    def forward(self, codes: torch.Tensor) -> torch.Tensor:
        return self.net(codes)


class Judge(Critic):
    @register_to_config
    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))

    def forward(self, structures: torch.Tensor) -> torch.Tensor:
        return self.net(structures).squeeze(1)


@pytest.fixture
def parts() -> tuple[Line, Judge, torch.Tensor]:
    torch.manual_seed(0)
    return Line(), Judge(), torch.randn(6, 4)


def players(parts, loss: str):
    generator, critic, _ = parts
    model = AdversarialPair(Structure((4,), -1.0, 1.0), generator, critic, loss=loss, critic_moves=5, weight_clip=0.02)

    class Data:
        train = held_out = None

    stage = next(model.stages(Data))
    return {player.name: player for player in stage.players}


def test_gan_losses_are_cross_entropies(parts) -> None:
    generator, critic, real = parts
    both = players(parts, "gan")
    made = generator(Noise(0, range(6)).normal(3))
    terms = both["critic"].module({"structure": real}, Noise(0, range(6)))
    ones, zeros = torch.ones(6), torch.zeros(6)
    torch.testing.assert_close(terms["critic_real"], binary_cross_entropy_with_logits(critic(real), ones))
    torch.testing.assert_close(terms["critic_false"], binary_cross_entropy_with_logits(critic(made), zeros))
    fooled = both["generator"].module({"structure": real}, Noise(0, range(6)))
    torch.testing.assert_close(fooled["generator"], binary_cross_entropy_with_logits(critic(made), ones))


def test_wgan_losses_are_mean_potentials_and_weights_are_clipped(parts) -> None:
    generator, critic, real = parts
    both = players(parts, "wgan")
    made = generator(Noise(0, range(6)).normal(3))
    terms = both["critic"].module({"structure": real}, Noise(0, range(6)))
    torch.testing.assert_close(sum(terms.values()), critic(made).mean() - critic(real).mean())
    assert both["critic"].moves == 5
    both["critic"].after_move()
    assert max(float(p.detach().abs().max()) for p in critic.parameters()) == pytest.approx(0.02)
    assert both["generator"].after_move is None


@pytest.mark.parametrize("loss", ["gan", "wgan"])
def test_each_player_moves_itself_only(parts, loss: str) -> None:
    generator, critic, real = parts
    both = players(parts, loss)
    for mine, other, name in ((generator, critic, "generator"), (critic, generator, "critic")):
        sum(both[name].module({"structure": real}, Noise(1, range(6))).values()).backward()
        assert all(p.grad is not None for p in mine.parameters())
        assert all(p.grad is None for p in other.parameters())
        assert {id(p) for p in both[name].module.parameters()} == {id(p) for p in mine.parameters()}
        mine.zero_grad(set_to_none=True)


def test_the_gradient_penalty_is_that_of_distances_in_units_of_the_range(parts) -> None:
    """A linear critic has one slope everywhere; weights are then not clipped, and held-out data are judged too."""
    generator, _, real = parts
    critic = Judge()
    critic.net = nn.Linear(4, 1)
    model = AdversarialPair(Structure((4,), -3.0, 5.0), generator, critic, loss="wgan", gradient_penalty=10.0)

    class Data:
        train = held_out = None

    judging = next(model.stages(Data)).players[0]
    assert judging.after_move is None
    with torch.no_grad():
        terms = judging.module({"structure": real}, Noise(0, range(6)))
    slope = 4 * critic.net.weight.norm()  # Half the range is 4.
    torch.testing.assert_close(terms["penalty"], 10 * (slope - 1) ** 2)
    terms["penalty"].backward()
    expected = 20 * (slope - 1) * 4 * critic.net.weight / critic.net.weight.norm()
    torch.testing.assert_close(critic.net.weight.grad, expected.detach())


def test_a_gan_has_no_gradient_penalty(parts) -> None:
    with pytest.raises(ZooError, match="gradient_penalty 10"):
        AdversarialPair(Structure((4,), -1.0, 1.0), *parts[:2], gradient_penalty=10.0)
