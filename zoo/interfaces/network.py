"""What the trained parts have in common: encoder, denoiser, generator, critic. All are diffusers models, so the
signature is the config."""

from collections.abc import Mapping
from typing import Literal

from diffusers.configuration_utils import ConfigMixin, register_to_config
from diffusers.models.modeling_utils import ModelMixin
from torch import Tensor

from zoo.interfaces.part import Part

__all__ = ["Condition", "Network", "Prediction", "register_to_config"]

Prediction = Literal["noise", "clean", "velocity"]
Condition = Mapping[str, Tensor]
"""Named tensors `[B, ...]`; NaN means "not given", per sample."""


class Network(Part, ModelMixin, ConfigMixin):
    """A trainable part. Decorate `__init__` with `zoo.register_to_config`."""

    config_name = "config.json"
