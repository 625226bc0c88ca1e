"""Cut angles as points on a circle."""

import math

import pytest
import torch
from hypothesis import given, strategies as st

from zoo import Structure
from zoo_kirigami.components.double_angle import DoubleAngle
from zoo_kirigami.cuts.geometry import base_angles

BASE = torch.from_numpy(base_angles(6)).float()


def encoder(max_rotation=90.0):
    return DoubleAngle(Structure((6, 6), -max_rotation, 90 + max_rotation))


@given(st.lists(st.floats(-89.9, 89.9), min_size=36, max_size=36), st.floats(0.1, 10))
def test_decoding_undoes_encoding_whatever_the_length(rotations, length):
    angles = (BASE + torch.tensor(rotations).view(6, 6)).unsqueeze(0)
    latents = encoder().encode(angles).mean
    assert latents.shape == (1, 2, 6, 6)
    assert torch.allclose(latents.square().sum(1), torch.ones(1), atol=1e-5)
    assert torch.allclose(encoder().decode(length * latents), angles, atol=1e-3)


@given(st.floats(-180, 180), st.integers(-3, 3))
def test_a_cut_that_has_made_half_a_turn_is_the_same(angle, half_turns):
    first = encoder().encode(torch.full((1, 6, 6), angle)).mean
    second = encoder().encode(torch.full((1, 6, 6), angle + 180 * half_turns)).mean
    assert torch.allclose(first, second, atol=1e-4)


@given(st.floats(0, 90), st.floats(0, 90))
def test_distance_is_the_chord_of_twice_the_angle_between_cuts(first, second):
    one, other = (encoder().encode(torch.full((1, 6, 6), angle)).mean[0, :, 0, 0] for angle in (first, second))
    chord = 2 * math.sin(math.radians(abs(first - second)))
    assert (one - other).norm().item() == pytest.approx(chord, abs=1e-4)


def test_there_is_nothing_to_train_and_gradients_flow():
    assert not list(encoder().parameters())
    latents = torch.randn(2, 2, 6, 6, requires_grad=True)
    encoder().decode(latents).sum().backward()
    assert latents.grad.abs().min() > 0
