"""Windows against a mask over all pairs of tokens, and what a token sees."""

import torch
from torch.nn.functional import scaled_dot_product_attention

from zoo_baselines.blocks.positions import cube_positions
from zoo_baselines.blocks.windows import merge_windows, split_windows
from zoo_baselines.components.diffusion_transformer import DiffusionTransformer

SIDE, WINDOW = 6, 3
PLACES = torch.cartesian_prod(*3 * [torch.arange(SIDE)])
TOGETHER = (PLACES[:, None] // WINDOW == PLACES // WINDOW).all(2)
"""`[216, 216]`: which tokens share a window."""


def block() -> torch.nn.Module:
    """With random weights, so that its gates are open."""
    torch.manual_seed(0)
    shape = {"patch": 1, "depth": 1, "width": 12, "heads": 2}
    made = DiffusionTransformer((SIDE, SIDE, SIDE), **shape, window=WINDOW, windowed=(0,)).blocks[0].double()
    for parameter in made.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return made


def test_a_window_is_a_cube_of_neighbours() -> None:
    windows = split_windows(PLACES.repeat(2, 1, 1), SIDE, WINDOW)
    assert windows.shape == (2 * 8, 27, 3)
    for window in windows:
        assert len((window // WINDOW).unique(dim=0)) == 1 and len(window.unique(dim=0)) == 27
    assert torch.equal(merge_windows(windows, SIDE, WINDOW), PLACES.repeat(2, 1, 1))


def test_it_is_attention_under_a_mask() -> None:
    made = block()
    tokens = torch.randn(2, SIDE**3, 12, dtype=torch.float64)
    attention = made.attention
    query, key, value = attention.qkv(tokens).unflatten(2, (3, 2, 6)).permute(2, 0, 3, 1, 4)
    seen = scaled_dot_product_attention(query, key, value, attn_mask=TOGETHER)
    torch.testing.assert_close(made._attend(tokens), attention.proj(seen.transpose(1, 2).flatten(2)))


def test_no_gradient_crosses_windows() -> None:
    tokens = torch.randn(2, SIDE**3, 12, dtype=torch.float64, requires_grad=True)
    place = 47
    block()(tokens, torch.randn(2, 12, dtype=torch.float64))[1, place].sum().backward()
    assert tokens.grad is not None
    reached = tokens.grad.abs().sum(2) > 0
    assert not reached[0].any()
    assert torch.equal(reached[1], TOGETHER[place])


def test_positions_of_a_cube() -> None:
    """A third of the width for each axis: sines, then cosines, of its index; the first frequency is 1, the second
    10,000^(-1/2)."""
    positions = cube_positions(3, 12)
    x, y, z = 2.0, 0.0, 1.0
    place = int(x * 9 + y * 3 + z)
    angles = torch.tensor([[x, x / 100], [y, y / 100], [z, z / 100]])
    torch.testing.assert_close(positions[place], torch.cat([angles.sin(), angles.cos()], 1).flatten())
