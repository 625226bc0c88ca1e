"""Voxel cells as periodic signed distances, a few of whose Fourier modes are kept, and the flow over them."""

from collections.abc import Iterable

from zoo import Component, hookimpl


@hookimpl
def zoo_components() -> Iterable[Component]:
    """The parts that these models add to the core's."""
    return [
        Component(
            "encoder",
            "spectral-distance",
            "zoo_spectral.components.spectral_distance:SpectralDistance",
            "Low Fourier modes of a cell's signed distance, or principal components of them",
        ),
        Component(
            "denoiser",
            "modulated-mlp",
            "zoo_spectral.components.modulated_mlp:ModulatedMLP",
            "Residual MLP over flat latents, its layers scaled, shifted and gated by the time",
        ),
    ]
