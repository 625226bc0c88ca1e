"""Latents that are cubes of voxels."""

from zoo import ZooError


def channels_and_side(name: str, latent_shape: tuple[int, ...]) -> tuple[int, int]:
    """Channels and side of latents `[d, d, d]` (one channel) or `[C, d, d, d]`. ZooError, which names the component,
    for others."""
    shape = tuple(latent_shape)
    if len(shape) not in (3, 4) or len(set(shape[-3:])) != 1:
        raise ZooError(f"{name}: latents of shape {shape} are not cubes [d, d, d] or [C, d, d, d].")
    return (1 if len(shape) == 3 else shape[0]), shape[-1]


def check_halvings(name: str, side: int, levels: int) -> None:
    """ZooError, which names the component, unless a side can be halved from each of the levels to the next."""
    step = 2 ** (levels - 1)
    if levels < 1 or side % step:
        below, above = side // step * step, (side // step + 1) * step
        fitting = f"{below} or {above}" if below else str(above)
        raise ZooError(
            f"{name}: a side of {side} voxels cannot be halved {levels - 1} times for {levels} levels; take {fitting}, "
            "or fewer multipliers."
        )
