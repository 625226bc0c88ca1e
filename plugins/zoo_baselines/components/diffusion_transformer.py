"""The denoiser of DiT-3D (Mo et al. 2023): a transformer over patches of voxels, with attention in windows."""

from typing import Literal

from diffusers.models.embeddings import TimestepEmbedding, Timesteps
from torch import Tensor, nn

from zoo import Condition, Denoiser, Level, ZooError, register_to_config
from zoo_baselines.blocks.cubes import channels_and_side
from zoo_baselines.blocks.positions import cube_positions
from zoo_baselines.blocks.transformer_block import EPSILON, TransformerBlock
from zoo_baselines.blocks.zeroed import zeroed

STEPS = 1000
"""The network counts the time in steps of the published schedule."""

SINUSOID = 256
"""Width of the sinusoid of the time, as released."""


class DiffusionTransformer(Denoiser):
    """Latents `[d, d, d]` or `[C, d, d, d]` -> the noise in them.

    Cubes of `patch^3` voxels become tokens of `width` numbers, to which fixed sines and cosines of their place are
    added, a third of the width for each axis. Then come `depth` blocks with attention of `heads` heads and a perceptron
    four times as wide, modulated by the time (adaLN-Zero), and a linear map back to voxels that begins at zero. In the
    blocks `windowed`, counted from 0, tokens see those of their own cube of `window^3` tokens only, as the paper has
    it; the released code, which mixes windows, is not followed.

    The defaults are the published size S/4 at the paper's window: 32.5 million parameters. B has a width of 768 and 12
    heads; L a depth of 24, a width of 1152, 16 heads and every third block windowed; XL a depth of 28. `prediction` is
    what it learns to return, there the noise.

    The paper's denoiser reads points, which it makes voxels and back; here cells are voxels already. Its class label is
    a constant for a model of one class, and left out. ZooError unless the latents are cubes, of a side that patches and
    windows divide, and `width` a multiple of 6 and of `heads`.
    """

    @register_to_config
    def __init__(
        self,
        latent_shape: tuple[int, ...],
        patch: int = 4,
        depth: int = 12,
        width: int = 384,
        heads: int = 6,
        window: int = 4,
        windowed: tuple[int, ...] = (0, 3, 6, 9),
        prediction: Literal["noise", "clean", "velocity"] = "noise",
    ) -> None:
        super().__init__()
        channels, side = channels_and_side("diffusion-transformer", latent_shape)
        _check(side, patch, depth, width, heads, window, windowed)
        self.prediction = prediction
        self.patch = patch
        tokens = side // patch

        self.sinusoid = Timesteps(SINUSOID, flip_sin_to_cos=True, downscale_freq_shift=0)
        self.time = TimestepEmbedding(SINUSOID, width)
        self.enter = nn.Conv3d(channels, width, patch, stride=patch)
        nn.init.xavier_uniform_(self.enter.weight.data.flatten(1))
        self.register_buffer("positions", cube_positions(tokens, width), persistent=False)
        self.blocks = nn.ModuleList(
            TransformerBlock(tokens, width, heads, window if number in windowed else None) for number in range(depth)
        )
        self.norm = nn.LayerNorm(width, eps=EPSILON, elementwise_affine=False)
        self.modulation = nn.Sequential(nn.SiLU(), zeroed(nn.Linear(width, 2 * width)))
        self.leave = zeroed(nn.Linear(width, channels * patch**3))

    def forward(self, noisy: Tensor, level: Level, condition: Condition, previous: Tensor | None = None) -> Tensor:
        context = self.time(self.sinusoid(STEPS * level.time).to(noisy.dtype))
        volumes = self.enter(noisy.unsqueeze(1) if noisy.dim() == 4 else noisy)
        tokens = volumes.flatten(2).transpose(1, 2) + self.positions
        for block in self.blocks:
            tokens = block(tokens, context)
        shift, scale = self.modulation(context)[:, None].chunk(2, 2)
        patches = self.leave(self.norm(tokens) * (1 + scale) + shift)
        # [B, X Y Z, C px py pz] -> [B, C, X, px, Y, py, Z, pz]
        cubes = patches.unflatten(2, (-1, *3 * [self.patch])).unflatten(1, volumes.shape[2:])
        answer: Tensor = cubes.permute(0, 4, 1, 5, 2, 6, 3, 7).reshape(noisy.shape)
        return answer


def _check(side: int, patch: int, depth: int, width: int, heads: int, window: int, windowed: tuple[int, ...]) -> None:
    problems = []
    for name, value in (("patch", patch), ("depth", depth), ("width", width), ("heads", heads), ("window", window)):
        if value < 1:
            problems.append(f"diffusion-transformer: {name} {value} is not positive.")
    if problems:
        raise ZooError(*problems)
    # Cubes of tokens that attend to each other, in voxels; those of a single patch where no block has windows.
    step = patch * window if windowed else patch
    if side % step:
        below, above = side // step * step, (side // step + 1) * step
        windows = f", {window} of them to a window" if windowed else ""
        problems.append(
            f"diffusion-transformer: a side of {side} voxels cannot be cut into patches of {patch}{windows}; take "
            f"{f'{below} or {above}' if below else above}, or another patch or window."
        )
    if width % 6 or width % heads:
        problems.append(f"diffusion-transformer: width {width} is not a multiple of 6 and of its {heads} heads.")
    if any(not 0 <= number < depth for number in windowed):
        problems.append(f"diffusion-transformer: windowed {list(windowed)} are not all blocks, 0 to {depth - 1}.")
    if problems:
        raise ZooError(*problems)
