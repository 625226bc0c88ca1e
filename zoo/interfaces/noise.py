"""Random numbers that do not depend on how work is batched or shared out."""

import hashlib
from collections.abc import Sequence

import torch
from torch import Tensor


class Noise:
    """Random numbers for a batch of items, each row from a stream of its own.

    Row `b` depends on `(seed, items[b])` and on the draws made before it, never on the other rows, so batches, chunks
    and numbers of processes change nothing on the same kind of device.

    The generator of item `i` is seeded with `hash(seed) + i` modulo 2**32 (all that torch's CPU generator reads of a
    seed): under one seed no two items below 2**32 share a stream.
    """

    def __init__(self, seed: int, items: Sequence[int], device: torch.device | str = "cpu") -> None:
        self.seed = seed
        self.items = [int(item) for item in items]
        self.device = torch.device(device)
        base = int.from_bytes(hashlib.blake2b(str(seed).encode(), digest_size=4).digest(), "little")
        self.generators = [torch.Generator(self.device).manual_seed((base + item) % 2**32) for item in self.items]

    def __len__(self) -> int:
        return len(self.generators)

    def further(self, number: int) -> "Noise":
        """Other streams for the same items, one for each `number`, whatever has been drawn from these."""
        digest = hashlib.blake2b(f"{self.seed}/{number}".encode(), digest_size=8).digest()
        return Noise(int.from_bytes(digest, "little"), self.items, self.device)

    def normal(self, *shape: int) -> Tensor:
        """Standard normal numbers `[B, *shape]`, float32."""
        return torch.stack([torch.randn(shape, generator=g, device=self.device) for g in self.generators])

    def uniform(self, *shape: int) -> Tensor:
        """Numbers `[B, *shape]` uniform in [0, 1), float32."""
        return torch.stack([torch.rand(shape, generator=g, device=self.device) for g in self.generators])

    def integers(self, high: int, *shape: int) -> Tensor:
        """Integers `[B, *shape]` uniform in [0, high), int64."""
        return torch.stack([torch.randint(high, shape, generator=g, device=self.device) for g in self.generators])
