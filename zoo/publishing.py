"""A trained model as a folder in the diffusers layout: a sub-folder per network, weights as safetensors."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from zoo.files import whole_folder, write_json
from zoo.interfaces.models import Model
from zoo.interfaces.networks import Network
from zoo.store import write_tensors


def save_model(model: Model, block: Mapping[str, Any], folder: Path) -> None:
    """Write `model_index.json` (the model's recipe block), each network's `config.json` and weights in a sub-folder
    of its
    role, and what the composition itself has learned (latent spread, ranges of conditions) in `model.safetensors`.
    """
    with whole_folder(folder) as temporary:
        write_json(temporary / "model_index.json", {"zoo": 1, "model": dict(block)})
        for role, network in networks(model).items():
            network.save_pretrained(temporary / role, safe_serialization=True)
        own = {name: buffer.cpu() for name, buffer in model.named_buffers(recurse=False)}
        write_tensors(temporary / "model.safetensors", own, {})


def networks(model: Model) -> dict[str, Network]:
    """The networks among a model's parts, by role, those with nothing to learn left out."""
    return {
        role: part
        for role, part in model.named_children()
        if isinstance(part, Network) and any(True for _ in part.parameters())
    }


def weights_hash(model: nn.Module) -> str:
    """SHA-256 of every weight and buffer in the order of their names, first 16 hex digits: what scores belong to."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
