"""The stiffness of laminates, which is known exactly (Milton 2002, The theory of composites, chapter 9)."""

from torch import Tensor


def moduli(stacks: Tensor, contrast: float) -> dict[str, Tensor]:
    """Effective moduli `[B]` of soft stacks `[B, layers]` whose modulus runs from 1 (soft) to `contrast` (stiff).

    Along the layers strains are equal, which gives the arithmetic mean (Voigt's bound); across them stresses are,
    which gives the harmonic one (Reuss's).
    """
    local = 1 + (contrast - 1) * stacks
    return {"along": local.mean(1), "across": 1 / (1 / local).mean(1)}
