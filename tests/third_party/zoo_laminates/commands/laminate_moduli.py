"""`zoo laminate-moduli`."""

from typing import Annotated

import typer

from zoo import ZooError


def laminate_moduli(
    stack: Annotated[str, typer.Argument(help="Layers as 0 (soft) and 1 (stiff), such as 00110011.")],
    contrast: Annotated[float, typer.Option(help="Modulus of the stiff material; that of the soft one is 1.")] = 10.0,
) -> None:
    """Print the effective moduli of a stack."""
    if not stack or set(stack) - set("01"):
        raise ZooError(f"{stack!r} is not a stack: write 0 for soft and 1 for stiff layers")

    import torch

    from zoo_laminates.moduli import moduli

    layers = torch.tensor([[float(layer) for layer in stack]])
    for direction, value in moduli(layers, contrast).items():
        typer.echo(f"{direction:<8} {value.item():.4g}")
