"""Young's modulus in every direction of three planes, as a picture."""

import math

import torch
from torch import Tensor

from zoo_mechanics.elasticity.moduli import young

PLANES = (("x", "y"), ("x", "z"), ("y", "z"))
STEPS = 180
"""Directions in a plane."""

_RADIUS, _SIDE, _TOP = 100, 280, 30


def directional_svg(stiffness: Tensor) -> str:
    """An SVG of polar plots for a Voigt stiffness `[6, 6]`: the distance from the centre is Young's modulus in that
    direction, on one scale for the planes xy, xz and yz. The outer circle is the largest of all."""
    angles = torch.arange(STEPS, dtype=torch.float64) * (2 * math.pi / STEPS)
    curves = []
    for plane in PLANES:
        directions = torch.zeros(STEPS, 3, dtype=torch.float64)
        directions[:, "xyz".index(plane[0])], directions[:, "xyz".index(plane[1])] = angles.cos(), angles.sin()
        curves.append(young(stiffness, directions))
    largest = max(float(curve.max()) for curve in curves)
    panels = [
        _panel(plane, curve / largest, index * _SIDE)
        for index, (plane, curve) in enumerate(zip(PLANES, curves, strict=True))
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{3 * _SIDE}" height="{_SIDE + _TOP}" font-family="sans-serif" '
        f'font-size="13" fill="none">\n<text x="10" y="20" fill="#333">Young\'s modulus by direction; outer circle '
        f"{largest:.4g}, inner {largest / 2:.4g}</text>\n{''.join(panels)}</svg>\n"
    )


def _panel(plane: tuple[str, str], curve: Tensor, left: int) -> str:
    x, y = left + _SIDE / 2, _TOP + _SIDE / 2
    points = []
    for step, share in enumerate(curve.tolist()):
        angle = step * 2 * math.pi / STEPS
        points.append(f"{x + _RADIUS * share * math.cos(angle):.2f} {y - _RADIUS * share * math.sin(angle):.2f}")
    return (
        f'<g stroke="#ccc"><circle cx="{x}" cy="{y}" r="{_RADIUS}"/><circle cx="{x}" cy="{y}" r="{_RADIUS / 2}"/>'
        f'<path d="M{x - _RADIUS} {y}h{2 * _RADIUS}M{x} {y - _RADIUS}v{2 * _RADIUS}"/></g>\n'
        f'<path d="M{"L".join(points)}Z" stroke="#1f5fa8" stroke-width="2" fill="#1f5fa8" fill-opacity="0.15"/>\n'
        f'<text x="{x + _RADIUS + 6}" y="{y + 4}" fill="#333">{plane[0]}</text>'
        f'<text x="{x - 4}" y="{y - _RADIUS - 6}" fill="#333">{plane[1]}</text>\n'
    )
