"""Linear attention, number by number."""

import numpy as np
import torch

from zoo_baselines.blocks.linear_attention import linear_attention


def softmax(values: np.ndarray, axis: int) -> np.ndarray:
    powers = np.exp(values - values.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def test_by_brute_force() -> None:
    """Each query reads each token with a weight that is a sum over channels, without keeping those N x N weights."""
    query, key, value = np.random.default_rng(0).normal(size=(3, 2, 4, 7, 5))
    channels, tokens = softmax(query, 3), softmax(key, 2)
    expected = np.zeros_like(value)
    for sample, head, reader, read in np.ndindex(2, 4, 7, 7):
        weight = (channels[sample, head, reader] * tokens[sample, head, read]).sum() / np.sqrt(5)
        expected[sample, head, reader] += weight * value[sample, head, read]
    answer = linear_attention(*(torch.from_numpy(part) for part in (query, key, value)))
    np.testing.assert_allclose(answer.numpy(), expected, rtol=1e-10)
