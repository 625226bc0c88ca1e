"""What regularisers do to latents: particles in a plane that follow their forces (VOXPLOER, Figure 4)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from markupsafe import escape
from torch import Tensor

from zoo.building.builder import build
from zoo.interfaces.regulariser import Regulariser

PARTICLES = 60
"""Of each class."""
LONGEST = 0.05
"""How far a particle moves in a step at most: forces have poles."""
MIN_REACH = 0.1
"""Half the width of a panel at least, so that what has gone to one point is drawn as a point."""
SIDE = 220
"""Of a panel, in pixels."""
_COLOURS = ("#2b6cb0", "#c05621")
_FIGURE_4: dict[str, dict[str, Any]] = {
    "inter-class repulsion alone": {"use": "ras", "inter": 1.0, "intra": 0.0, "sink": 0.0},
    "intra-class repulsion alone": {"use": "ras", "inter": 0.0, "intra": 1.0, "sink": 0.0},
    "sink alone": {"use": "ras", "inter": 0.0, "intra": 0.0, "sink": 1.0},
    "RAS": {"use": "ras"},
    "RAS, intra as strong as inter": {"use": "ras", "intra": 4.0},
    "contrastive": {"use": "contrastive"},
}


class Panel(NamedTuple):
    """Where particles have gone."""

    title: str
    valid: Tensor
    invalid: Tensor
    """`[n, 2]` each."""


def figure_4() -> dict[str, dict[str, Any]]:
    """The paper's panels, title -> regulariser block: each force alone, with weight 1, and all of them with the weights
    that `ras` has; beside, an intra-class force as strong as the inter-class one, and the contrastive regulariser."""
    return dict(_FIGURE_4)


def drift(block: dict[str, Any], steps: int, seed: int) -> tuple[Tensor, Tensor]:
    """Valid and invalid particles `[n, 2]` each, after `steps` steps down the loss of a regulariser. They begin as two
    clouds, N(0, 1), half a spread apart.

    A loss is a mean over particles, so that one feels n times its gradient; its step is that force, cut off at LONGEST.
    ZooError if the block is not one of a regulariser.
    """
    regulariser = build(Regulariser, block)
    generator = torch.Generator().manual_seed(seed)
    places = torch.randn(2, PARTICLES, 2, generator=generator) + torch.tensor([[[-0.25, 0.0]], [[0.25, 0.0]]])
    for _ in range(steps):
        places.requires_grad_(True)
        negative = places[1] if regulariser.needs_negatives else None
        loss = torch.stack(list(regulariser.loss(places[0], negative).values())).sum()
        (gradient,) = torch.autograd.grad(loss, places, allow_unused=True)
        move = -PARTICLES * gradient
        places = (places + move * (LONGEST / move.norm(dim=-1, keepdim=True).clamp_min(LONGEST))).detach()
    return places[0], places[1]


def panels(blocks: dict[str, dict[str, Any]], steps: int, seed: int) -> list[Panel]:
    """A panel for each regulariser, after one of how all begin."""
    start = Panel("at first", *drift({"use": "none"}, 0, seed))
    return [start, *(Panel(title, *drift(block, steps, seed)) for title, block in blocks.items())]


def forces_svg(drawn: Sequence[Panel]) -> str:
    """The panels side by side as SVG, each to its own scale, which its title says."""
    parts = []
    for number, panel in enumerate(drawn):
        reach = max(MIN_REACH, 1.05 * float(torch.cat([panel.valid, panel.invalid]).abs().max()))
        left = number * (SIDE + 12)
        parts.append(f'<text x="{left}" y="14">{escape(panel.title)} (±{reach:.2g})</text>')
        parts.append(f'<rect x="{left}" y="22" width="{SIDE}" height="{SIDE}" fill="none" stroke="#cbd5e0"/>')
        for places, colour in zip((panel.valid, panel.invalid), _COLOURS, strict=True):
            for x, y in (places / reach).tolist():
                across, down = left + SIDE * (1 + x) / 2, 22 + SIDE * (1 - y) / 2
                parts.append(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="2.4" fill="{colour}"/>')
    width, height = len(drawn) * (SIDE + 12), SIDE + 46
    parts.append(
        f'<text x="0" y="{height - 6}"><tspan fill="{_COLOURS[0]}">valid</tspan> and '
        f'<tspan fill="{_COLOURS[1]}">invalid</tspan> latents</text>'
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif"'
    return f'{head} font-size="11">{"".join(parts)}</svg>\n'
