"""Group normalisation with as many groups as the released networks have."""

from torch import nn

MAX_GROUPS = 32


def group_norm(channels: int, width: int) -> nn.GroupNorm:
    """As many groups as the finest level of a network has channels, its `width`, and 32 at most.

    Guided Diffusion's release, of width 32, has 32 groups at every level. Fewer in narrower networks keep the number of
    channels in a group: where each is one of its own, a bias by time or condition is lost in the next normalisation.
    """
    return nn.GroupNorm(min(width, MAX_GROUPS), channels)
