"""The settings of one training stage, as they stand in a recipe's `train` block."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Train(BaseModel):
    """How long and how a stage trains. A step is one round, in which every player moves at least once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: float | None = Field(default=None, gt=0)
    """Passes over the data; give this or `steps`."""
    steps: int | None = Field(default=None, gt=0)
    batch: int = Field(gt=0)
    """Items per optimiser step over all processes and accumulated parts: the same recipe means the same
    optimisation however many processes share it."""
    accumulate: int = Field(default=1, gt=0)
    """Number of parts in which a process takes its share of the batch, to save memory."""
    lr: float | dict[str, float] = 1e-3
    """Learning rate, or one per player."""
    optimiser: Literal["adam", "adamw", "rmsprop"] = "adam"
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = Field(default=0.0, ge=0)
    lr_schedule: Literal["constant", "cosine", "linear"] = "constant"
    warmup: int = Field(default=0, ge=0)
    """Steps over which the learning rate rises from zero."""
    ema: float = Field(default=0.0, ge=0, lt=1)
    """Decay of the exponential moving average of the weights; 0 keeps none."""
    clip: float | None = Field(default=None, gt=0)
    """Largest norm of a player's gradient."""
    preview: int = Field(default=0, ge=0, le=65_536)
    """Structures to draw before a model's last training and at 20 points of it, with averaged weights if there are
    any, for curves of what the domain says of them. Weights stay the same."""

    @model_validator(mode="after")
    def _one_length(self) -> "Train":
        if (self.epochs is None) == (self.steps is None):
            raise ValueError("give either epochs or steps")
        return self


class Generate(BaseModel):
    """What to draw from the trained model, as it stands in a recipe's `generate` block."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: int = Field(default=1000, gt=0)
    batch: int = Field(default=250, gt=0, le=65_536)
    """Samples drawn at once. Part of the recipe, since floating-point sums depend on it."""
    refine: list[str] = Field(default_factory=list)
    """Repairs of what is drawn, in this order: some of the domain's `refinements`. None by default: scores are then
    those of the model alone."""
    condition: dict[str, float] = Field(default_factory=dict)
    """Wanted values of the properties that the denoiser is conditioned on, in the data's units."""
