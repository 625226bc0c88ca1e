"""A transformer block that the time scales, shifts and gates (adaLN-Zero; Peebles & Xie 2023)."""

from timm.models.vision_transformer import Attention, Mlp
from torch import Tensor, nn

from zoo_baselines.blocks.windows import merge_windows, split_windows
from zoo_baselines.blocks.zeroed import zeroed

EPSILON = 1e-6


class TransformerBlock(nn.Module):
    """Tokens `[B, side^3, width]` and a context `[B, width]` -> tokens of the same shape.

    Attention and a perceptron four times as wide, each on layer-normalised tokens that are scaled and shifted, and
    each added through a gate; a linear map of the SiLU of the context makes these six vectors and begins at zero, so
    the block begins as the identity. With `window`, tokens attend within cubes of `window^3` only.
    """

    def __init__(self, side: int, width: int, heads: int, window: int | None) -> None:
        super().__init__()
        self.side = side
        self.window = window
        self.attention_norm = nn.LayerNorm(width, eps=EPSILON, elementwise_affine=False)
        self.attention = Attention(width, num_heads=heads, qkv_bias=True)
        self.perceptron_norm = nn.LayerNorm(width, eps=EPSILON, elementwise_affine=False)
        self.perceptron = Mlp(width, 4 * width)
        self.modulation = nn.Sequential(nn.SiLU(), zeroed(nn.Linear(width, 6 * width)))

    def forward(self, tokens: Tensor, context: Tensor) -> Tensor:
        modulation = self.modulation(context)[:, None].chunk(6, 2)
        shift, scale, gate = modulation[:3]
        tokens = tokens + gate * self._attend(self.attention_norm(tokens) * (1 + scale) + shift)
        shift, scale, gate = modulation[3:]
        result: Tensor = tokens + gate * self.perceptron(self.perceptron_norm(tokens) * (1 + scale) + shift)
        return result

    def _attend(self, tokens: Tensor) -> Tensor:
        if self.window is None:
            attended: Tensor = self.attention(tokens)
            return attended
        windows = self.attention(split_windows(tokens, self.side, self.window))
        return merge_windows(windows, self.side, self.window)
