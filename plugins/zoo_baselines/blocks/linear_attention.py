"""Attention whose cost grows linearly with the number of tokens (Shen et al. 2021)."""

from torch import Tensor


def linear_attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Queries, keys and values `[B, heads, N, c]` -> `[B, heads, N, c]`.

    Queries are softmaxed over their c numbers and divided by sqrt(c), keys over the N tokens; keys and values are
    summed over tokens first, into c x c numbers a head, which every query then reads.
    """
    summary = key.softmax(2).transpose(2, 3) @ value
    answer: Tensor = (query.softmax(3) / query.shape[3] ** 0.5) @ summary
    return answer
