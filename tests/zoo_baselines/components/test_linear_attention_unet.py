"""3D-CDM's U-Net: its size, what it reads, and that it learns."""

import pytest
import torch

from overfitting import cells, overlap_after
from zoo import Level, ZooError
from zoo.components.schedules.linear import Linear
from zoo_baselines.components.linear_attention_unet import LinearAttentionUNet


@pytest.mark.parametrize(("width", "millions"), [(64, 92.4), (32, 23.4), (16, 6.0)])
def test_the_published_size_and_smaller_ones(width: int, millions: float) -> None:
    """As counted by instantiating the released definition without its labels."""
    with torch.device("meta"):
        unet = LinearAttentionUNet((48, 48, 48), width=width)
    assert sum(p.numel() for p in unet.parameters()) == pytest.approx(millions * 1e6, rel=5e-3)
    assert unet.enter.kernel_size == (7, 7, 7) and unet.enter.out_channels == width // 3 * 2


def test_it_reads_the_time_and_not_the_log_snr() -> None:
    torch.manual_seed(0)
    unet = LinearAttentionUNet((4, 4, 4), width=8, multipliers=(1, 2)).eval()
    noisy = torch.randn(1, 4, 4, 4)
    with torch.no_grad():
        early, same, late = (
            unet(noisy, Level(torch.tensor([time]), torch.tensor([log_snr])), {})
            for time, log_snr in ((0.1, 2.0), (0.1, -2.0), (0.9, 2.0))
        )
    assert torch.equal(early, same)
    assert not torch.allclose(early, late, atol=1e-3)


def test_three_labels_make_a_channel_at_each_level_and_in_the_middle() -> None:
    """At 32^3 as released: dense maps to 32^3, 16^3, 8^3, 4^3, 4^3, 4^3, 8^3, 16^3 voxels, and a channel more for the
    blocks after them. Ours are told of each label whether it is given, so each map has six inputs instead of three."""
    with torch.device("meta"):
        plain, told = (LinearAttentionUNet((32, 32, 32), conditions=names) for names in ((), ("phi", "E", "cond")))
    voxels = [side**3 for side in (32, 16, 8, 4, 4, 4, 8, 16)]
    # A kernel of 3^3 and one of 1^3 more for each block; the middle's goes from 513 to 512 and has a new one of 1^3.
    wider = 28 * (64 + 128 + 256 + 512 + 256 + 128 + 64) + 27 * 512 + 513 * 512 + 512
    added = sum(p.numel() for p in told.parameters()) - sum(p.numel() for p in plain.parameters())
    assert added == sum((6 + 1) * count for count in voxels) + wider


def test_latents_with_channels() -> None:
    unet = LinearAttentionUNet((3, 4, 4, 4), width=8, multipliers=(1, 2))
    level = Level(torch.zeros(2), torch.zeros(2))
    assert unet(torch.randn(2, 3, 4, 4, 4), level, {}).shape == (2, 3, 4, 4, 4)


def test_it_learns_cells_by_heart() -> None:
    torch.manual_seed(0)
    unet = LinearAttentionUNet((8, 8, 8), width=8, multipliers=(1, 2))
    assert float(overlap_after(unet, Linear(steps=200), cells(8), steps=70, lr=5e-3).min()) > 0.95


@pytest.mark.parametrize(
    ("shape", "arguments", "message"),
    [
        ((50, 50, 50), {}, "a side of 50 voxels cannot be halved 3 times for 4 levels; take 48 or 56"),
        ((8, 8), {}, "are not cubes"),
        ((16, 16, 16), {"width": 12}, "width 12 is not a positive multiple of 8"),
        ((16, 16, 16), {"multipliers": (1, 0)}, r"multipliers \[1, 0\] are not all positive"),
    ],
)
def test_mistakes(shape, arguments, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        LinearAttentionUNet(shape, **arguments)
