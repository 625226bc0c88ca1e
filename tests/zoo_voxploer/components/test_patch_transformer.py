"""The patch transformer: its published size, its order of voxels, what it can learn."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, strategies as st
from torch import Tensor, nn

from zoo import Noise, Structure, ZooError
from zoo_voxploer.components.patch_transformer import PatchTransformer, _from_patches, _to_patches

SMALL = {
    "patch": 4,
    "depth": 1,
    "width": 32,
    "heads": 4,
    "feedforward": 64,
    "hidden": 64,
    "latent_dim": 16,
    "dropout": 0.0,
}


def cube(resolution: int) -> Structure:
    return Structure((resolution,) * 3, 0.0, 1.0)


def small(seed: int = 0, **arguments: object) -> PatchTransformer:
    torch.manual_seed(seed)
    return PatchTransformer(structure=cube(12), **(SMALL | arguments)).eval()


def parameters(*modules: nn.Module) -> int:
    return sum(parameter.numel() for module in modules for parameter in module.parameters())


def gyroid_sheets(resolution: int) -> Tensor:
    """Eight cells: sheets of two thicknesses about four level sets of the gyroid."""
    x, y, z = np.meshgrid(*[2 * np.pi * (np.arange(resolution) + 0.5) / resolution] * 3, indexing="ij")
    field = np.sin(x) * np.cos(y) + np.sin(y) * np.cos(z) + np.sin(z) * np.cos(x)
    cells = [abs(field - level) < half for level in (-0.6, -0.2, 0.2, 0.6) for half in (0.4, 0.7)]
    return torch.from_numpy(np.stack(cells)).float()


def test_defaults_have_the_published_size() -> None:
    model = PatchTransformer(structure=cube(48))
    encoder = parameters(model.embed, model.encoder, model.to_latent)
    decoder = parameters(model.from_latent, model.decoder, model.unembed)
    assert round(encoder / 1e6, 2) == 31.18
    assert round(decoder / 1e6, 2) == 31.21
    assert encoder + decoder == parameters(model)
    assert model.latent_shape == (128,)


def test_transformers_are_the_stock_layers_of_torch() -> None:
    stock = nn.TransformerEncoderLayer(128, 8)
    model = PatchTransformer(structure=cube(16))
    layers = [m for half in (model.encoder, model.decoder) for m in half if not isinstance(m, nn.Linear)]
    assert len(layers) == 8
    for layer in layers:
        assert type(layer) is type(stock)
        assert (layer.norm_first, layer.activation, layer.dropout.p) == (False, stock.activation, stock.dropout.p)
        assert layer.self_attn.num_heads == 8
        assert layer.linear1.out_features == stock.linear1.out_features


@given(n=st.integers(1, 3), patch=st.integers(1, 4), seed=st.integers(0, 99))
def test_patches_hold_the_voxels_of_their_place(n: int, patch: int, seed: int) -> None:
    d = n * patch
    cells = torch.rand(2, d, d, d, generator=torch.Generator().manual_seed(seed))
    patches = _to_patches(cells, patch)
    for index, (i, j, k) in enumerate(np.ndindex(n, n, n)):
        block = cells[:, i * patch :, j * patch :, k * patch :][:, :patch, :patch, :patch]
        assert torch.equal(patches[:, index], block.flatten(1))
    assert torch.equal(_from_patches(patches, d, patch), cells)


def test_position_code_is_a_tenth_of_the_sinusoid_and_only_in_the_encoder() -> None:
    model = small()
    for token, column in [(0, 0), (0, 1), (5, 0), (26, 30), (26, 31)]:
        angle = token / 10000 ** (column // 2 * 2 / 32)
        expected = 0.1 * (np.cos(angle) if column % 2 else np.sin(angle))
        assert model.position[token, column] == pytest.approx(expected, abs=1e-6)
    tokens, order = torch.rand(1, 27, 32), torch.randperm(27)
    torch.testing.assert_close(model.decoder(tokens[:, order]), model.decoder(tokens)[:, order])


@pytest.mark.parametrize("reconstruction", ["mse", "bce"])
def test_loss_is_that_of_the_decoded_cells(reconstruction: str) -> None:
    model = small(reconstruction=reconstruction)
    cells = (torch.rand(3, 12, 12, 12) < 0.4).float()
    posterior = model.encode(cells)
    assert posterior.mean.shape == (3, 16)
    assert posterior.log_variance is None
    soft = model.decode(posterior.mean).double().detach().numpy()
    assert soft.shape == cells.shape
    truth = cells.double().numpy()
    if reconstruction == "bce":
        assert 0 < soft.min() < soft.max() < 1
        expected = -(truth * np.log(soft) + (1 - truth) * np.log(1 - soft)).mean()
    else:
        expected = ((soft - truth) ** 2).mean()
    terms = model.loss(cells, posterior, Noise(0, range(3)))
    assert set(terms) == {"reconstruction"}
    assert terms["reconstruction"].item() == pytest.approx(expected, rel=1e-5)


def test_every_parameter_learns() -> None:
    model = small().train()
    cells = (torch.rand(4, 12, 12, 12) < 0.4).float()
    model.loss(cells, model.encode(cells), Noise(0, range(4)))["reconstruction"].backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        # A bias of the keys shifts all scores of a query alike, so softmax cannot see it.
        assert parameter.grad.abs().sum() > 0 or name.endswith("in_proj_bias"), name


def test_cells_of_a_batch_do_not_see_each_other() -> None:
    model, cells = small(), (torch.rand(4, 12, 12, 12) < 0.4).float()
    together = model.decode(model.encode(cells).mean)
    alone = torch.cat([model.decode(model.encode(cell[None]).mean) for cell in cells])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


def test_eight_shells_are_reconstructed() -> None:
    torch.manual_seed(0)
    cells = gyroid_sheets(12)
    model = PatchTransformer(structure=cube(12), **(SMALL | {"reconstruction": "bce"}))
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(300):
        optimiser.zero_grad()
        model.loss(cells, model.encode(cells), Noise(0, range(8)))["reconstruction"].backward()
        optimiser.step()
    with torch.no_grad():
        found = model.decode(model.encode(cells).mean) > 0.5
    solid = cells > 0.5
    iou = (found & solid).flatten(1).sum(1) / (found | solid).flatten(1).sum(1)
    assert iou.min() > 0.95


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    model, cells = small(reconstruction="bce"), (torch.rand(2, 12, 12, 12) < 0.4).float()
    model.save_pretrained(tmp_path)
    again = PatchTransformer.from_pretrained(tmp_path).eval()
    assert again.latent_shape == model.latent_shape
    assert torch.equal(again.encode(cells).mean, model.encode(cells).mean)
    assert torch.equal(again.decode(again.encode(cells).mean), model.decode(model.encode(cells).mean))


@pytest.mark.parametrize(
    ("structure", "arguments", "message"),
    [
        (cube(20), {"patch": 8}, "resolution 20 is not a multiple of patch 8"),
        (cube(16), {"width": 100, "heads": 8}, "width 100 is not a multiple of heads 8"),
        (cube(16), {"width": 33, "heads": 3}, "width 33 is odd"),
        (Structure((6, 6), 0.0, 1.0), {}, r"structures of shape \(6, 6\), expected a cube"),
        (Structure((8, 8, 16), 0.0, 1.0), {}, "expected a cube"),
        (Structure((8, 8, 8), -1.0, 1.0), {}, r"values in \[-1.0, 1.0\]"),
    ],
)
def test_impossible_shapes_are_named(structure: Structure, arguments: dict[str, int], message: str) -> None:
    with pytest.raises(ZooError, match=message):
        PatchTransformer(structure=structure, **arguments)
