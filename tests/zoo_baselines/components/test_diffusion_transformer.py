"""DiT-3D's transformer: its sizes, where it begins, what it reads, and that it learns."""

import pytest
import torch

from overfitting import cells, overlap_after
from zoo import Level, ZooError
from zoo.components.schedules.linear import Linear
from zoo_baselines.components.diffusion_transformer import DiffusionTransformer

SMALL = {"patch": 2, "depth": 3, "width": 48, "heads": 4, "window": 2, "windowed": (0,)}


@pytest.mark.parametrize(
    ("arguments", "millions"),
    [
        ({}, 32.5),
        ({"width": 768, "heads": 12}, 130.2),
        ({"depth": 24, "width": 1152, "heads": 16, "windowed": tuple(range(0, 19, 3))}, 579),
        ({"depth": 28, "width": 1152, "heads": 16, "windowed": tuple(range(0, 25, 3))}, 674.7),
    ],
)
def test_published_sizes(arguments: dict[str, object], millions: float) -> None:
    """S, B, L and XL with patches of 4, as counted by instantiating the released definition."""
    with torch.device("meta"):
        transformer = DiffusionTransformer((48, 48, 48), **arguments)
    assert sum(p.numel() for p in transformer.parameters()) == pytest.approx(millions * 1e6, rel=0.01)


def test_it_begins_at_zero_and_its_blocks_as_the_identity() -> None:
    transformer = DiffusionTransformer((8, 8, 8), **SMALL)
    assert not transformer(torch.randn(2, 8, 8, 8), Level(torch.rand(2), torch.zeros(2)), {}).any()
    tokens = torch.randn(2, 64, 48)
    assert all(torch.equal(block(tokens, torch.randn(2, 48)), tokens) for block in transformer.blocks)


def test_a_patch_comes_back_where_it_was() -> None:
    """With maps in and out that copy the first eight of the tokens' numbers, and no positions, normalisation or
    blocks: the input."""
    transformer = DiffusionTransformer((2, 4, 4, 4), patch=2, depth=1, width=24, heads=1, windowed=())
    transformer.blocks, transformer.norm = torch.nn.ModuleList(), torch.nn.Identity()
    transformer.positions.zero_()
    with torch.no_grad():
        transformer.enter.bias.zero_()
        transformer.enter.weight.copy_(torch.eye(24, 16).view(24, 2, 2, 2, 2))
        transformer.leave.weight.copy_(torch.eye(16, 24))
    noisy = torch.randn(3, 2, 4, 4, 4)
    torch.testing.assert_close(transformer(noisy, Level(torch.rand(3), torch.zeros(3)), {}), noisy)


def test_it_learns_cells_by_heart() -> None:
    torch.manual_seed(0)
    shape = {"patch": 4, "depth": 2, "width": 96, "heads": 4, "window": 1, "windowed": (0,)}
    transformer = DiffusionTransformer((8, 8, 8), **shape, prediction="clean")
    assert float(overlap_after(transformer, Linear(steps=1000), cells(8), steps=1000, lr=1e-3).min()) > 0.95


@pytest.mark.parametrize(
    ("shape", "arguments", "message"),
    [
        ((50, 50, 50), {}, "a side of 50 voxels cannot be cut into patches of 4, 4 of them to a window; take 48 or 64"),
        ((24, 24, 24), {}, "take 16 or 32"),
        ((8, 8), {}, "are not cubes"),
        ((16, 16, 16), {"width": 64, "heads": 4}, "width 64 is not a multiple of 6 and of its 4 heads"),
        ((16, 16, 16), {"depth": 4}, r"windowed \[0, 3, 6, 9\] are not all blocks, 0 to 3"),
        ((16, 16, 16), {"patch": 0}, "patch 0 is not positive"),
    ],
)
def test_mistakes(shape, arguments, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        DiffusionTransformer(shape, **arguments)
