"""Names for numbers: hashes of weights, and of tables of training data."""

import hashlib
from collections.abc import Mapping

from torch import Tensor, nn


def weights_hash(model: nn.Module) -> str:
    """The hash of every weight and buffer of a model: what scores belong to."""
    return hash_of(model.state_dict())


def hash_of(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of tensors in the order of their names, first 16 hex digits."""
    digest = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]
