"""The autoregressive generator: two ways to the same likelihood, and a law that is known."""

import math

import numpy as np
import pytest
import torch
from scipy.special import logsumexp

from zoo import Noise, Structure
from zoo_kirigami.components.cut_autoregression import CutAutoregression, Likelihood
from zoo_kirigami.cuts.arcs import AROUND, free_gaps
from zoo_kirigami.cuts.geometry import base_angles, crossings
from zoo_kirigami.cuts.replacement import replaced_cells
from zoo_kirigami.likelihood import measure
from zoo_kirigami.networks.conditional import ConditionalMLP
from zoo_kirigami.statistics.chances import chances


def model(max_rotation=90.0, n=6, **arguments):
    torch.manual_seed(0)
    found = CutAutoregression(Structure((n, n), -max_rotation, 90 + max_rotation), **{"width": 32, **arguments})
    with torch.no_grad():  # Far from even, so that mistakes show.
        found.network.layers[-1].weight *= 10
    return found.eval()


def lots(count, n=6):
    return torch.rand(count, n, n, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@torch.no_grad()
@pytest.mark.parametrize("max_rotation", [20.0, 60.0, 90.0])
def test_what_it_draws_has_the_density_that_it_says_and_never_crosses(max_rotation):
    """Drawing goes cut by cut in float64, the likelihood takes all cuts at once in float32."""
    drawn = model(max_rotation).fill(lots(200))
    assert not crossings(drawn.angles.float().numpy()).any()
    found = model(max_rotation).log_density(drawn.angles)
    assert found.numpy() == pytest.approx(drawn.log_density.numpy(), abs=0.05)
    assert np.median(np.abs(found.numpy() - drawn.log_density.numpy())) < 1e-3


@torch.no_grad()
def test_a_cut_depends_on_those_before_it_only():
    angles = model().fill(lots(1)).angles
    network, cuts = model().network, torch.arange(36)
    shown = angles.flatten(1).unsqueeze(1).masked_fill(cuts >= cuts.unsqueeze(-1), torch.nan)
    changed = angles.clone()
    changed[0, 3:] += 40
    again = changed.flatten(1).unsqueeze(1).masked_fill(cuts >= cuts.unsqueeze(-1), torch.nan)
    first, second = network(shown, cuts)[0], network(again, cuts)[0]
    assert torch.equal(first[:19], second[:19])
    assert not torch.allclose(first[20:], second[20:])


@torch.no_grad()
def test_importance_weights_of_an_untrained_model_give_the_chance_of_a_free_cell():
    """The mean of 1 / density is the volume of the admissible set, whatever the network: it is normalised."""
    torch.manual_seed(0)
    untrained = CutAutoregression(Structure((2, 2), -90, 180), width=16)
    volume = logsumexp(-untrained.fill(lots(5000, 2)).log_density) - math.log(5000)
    assert volume - 4 * math.log(180) == pytest.approx(math.log(chances(90, n=2, count=5000).chance), abs=0.04)


@torch.no_grad()
def test_a_horizontal_cut_sees_what_a_vertical_one_sees_after_a_quarter_turn():
    network = ConditionalMLP(6, 16, 1, 8)
    angles = torch.from_numpy(base_angles(6) + np.random.default_rng(0).uniform(-90, 90, (6, 6)))
    turned = torch.rot90(angles, 1, (0, 1)) + 90
    # The quarter turn takes the cut in row i, column j to row 5 - j, column i.
    seen = [network(a.reshape(1, 1, 36), torch.tensor([k])) for a, k in ((angles, 2 * 6 + 3), (turned, 2 * 6 + 2))]
    torch.testing.assert_close(*seen)


def test_training_shows_symmetric_copies_without_crossings():
    player = Likelihood(model(60.0))
    cells = torch.from_numpy(replaced_cells(range(64), 0, 60, sweeps=3))
    copied = player._copied(cells, Noise(0, range(64)))
    assert not crossings(copied.numpy()).any()
    assert (copied - torch.from_numpy(base_angles(6))).abs().max() < 60.001
    assert not (copied == cells).flatten(1).all(1).all()


@pytest.mark.parametrize("max_rotation", [60.0, 90.0])
def test_learning_brings_it_nearer_to_the_law_of_the_data(max_rotation):
    """The entropy of the data is ln of the admissible volume; nothing can score less than that."""
    cells = torch.from_numpy(replaced_cells(range(1000), 0, max_rotation, sweeps=8))
    torch.manual_seed(0)
    learner = CutAutoregression(Structure((6, 6), -max_rotation, 90 + max_rotation), 32, 1, 30)
    player, optimiser = Likelihood(learner), torch.optim.Adam(learner.parameters(), 1e-2)

    def score():
        with torch.no_grad():
            return -learner.log_density(cells).mean().item() - 36 * math.log(2 * max_rotation)

    before = score()
    for step in range(30):
        optimiser.zero_grad()
        player({"structure": cells[step % 15 * 64 :][:64]}, Noise(step, range(64)))["nats"].backward()
        optimiser.step()
    least = {60.0: math.log(4.19e-6), 90.0: math.log(7.5e-7)}[max_rotation]
    assert least < score() < before - 0.1


@torch.no_grad()
def test_gaps_of_the_last_cut_are_those_of_all_its_neighbours():
    """What is masked when the last cut is drawn is the exact conditional, so its even density is the right one."""
    angles = model(60.0).fill(lots(50)).angles
    around = torch.stack([angles[:, (5 + down) % 6, (5 + right) % 6] for down, right in AROUND], -1)
    gaps = free_gaps(around, torch.zeros(50, dtype=torch.float64), 60.0)
    tried = angles.clone()
    tried[:, 5, 5] = gaps.place(0.3 * gaps.total)
    assert not crossings(tried.float().numpy()).any()


def test_measure_of_a_model_that_knows_nothing():
    """Even over what is free: the mask without a network, whose effective share an independent implementation has at
    17.5 % for 90 degrees."""
    even = CutAutoregression(Structure((6, 6), -90, 180), 16, 1, 4)
    with torch.no_grad():
        even.network.layers[-1].weight.zero_()
        even.network.layers[-1].bias.zero_()
    found = measure(even, 1500)
    assert found.share == pytest.approx(0.175, abs=0.03)
    assert found.entropy == pytest.approx(36 * math.log(180) + math.log(7.5e-7), abs=0.15)
    assert found.divergence == pytest.approx(0.94, abs=0.2)
    assert found.divergence == pytest.approx(found.nats - found.entropy)


def test_a_condition_steers_what_is_drawn():
    """Trained on the share of vertical cuts' turn: cells drawn for a large value have one."""
    cells = torch.from_numpy(replaced_cells(range(600), 0, 60, n=4, sweeps=8))
    lean = (cells - torch.from_numpy(base_angles(4)).float()).abs().mean((1, 2))

    class Data:
        class train:
            @staticmethod
            def properties(name):
                return lean

    torch.manual_seed(0)
    learner = CutAutoregression(Structure((4, 4), -60, 150), 32, 1, 30, conditions=["lean"])
    learner.conditioning.fit(Data)
    player, optimiser = Likelihood(learner), torch.optim.Adam(learner.parameters(), 1e-2)
    for step in range(60):
        rows = slice(64 * (step % 9), 64 * (step % 9) + 64)
        optimiser.zero_grad()
        batch = {"structure": cells[rows], "properties": {"lean": lean[rows]}}
        player(batch, Noise(step, range(64)))["nats"].backward()
        optimiser.step()
    low, high = lean.quantile(0.05), lean.quantile(0.95)
    drawn = [learner.sample(range(64), 0, {"lean": float(value)}, 64) for value in (low, high)]
    means = [(cells - learner.base).abs().mean().item() for cells in drawn]
    assert means[1] - means[0] > 0.3 * float(high - low)
    assert not any(crossings(cells.numpy()).any() for cells in drawn)
