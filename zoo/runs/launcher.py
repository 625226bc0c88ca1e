"""What a launcher, or the environment, asks of Accelerate behind a run's back."""

import os

from zoo.errors import ZooError

_WHOLE = "every process has the whole model"
_SETTINGS = {
    "ACCELERATE_GRADIENT_ACCUMULATION_STEPS": ({"1"}, "train.<stage>.accumulate takes a batch in parts"),
    "ACCELERATE_MIXED_PRECISION": ({"no"}, "--precision decides"),
    "ACCELERATE_DYNAMO_BACKEND": ({"no"}, "networks are not compiled"),
    "ACCELERATE_USE_FSDP": ({"0", "false"}, _WHOLE),
    "ACCELERATE_USE_DEEPSPEED": ({"0", "false"}, _WHOLE),
    "ACCELERATE_USE_MEGATRON_LM": ({"0", "false"}, _WHOLE),
    "ACCELERATE_USE_PARALLELISM_CONFIG": ({"0", "false"}, _WHOLE),
}
"""What a launcher sets, in small letters, where nobody has asked for anything; and what a user may do instead."""


def refuse_hidden_settings(precision: str) -> None:
    """ZooError for settings that would change a training and stand in no key of it: the cache of stages would mix what
    was trained with them and without. A mixed precision that is the run's own is no news."""
    problems = []
    for name, (nothing, instead) in _SETTINGS.items():
        value = os.environ.get(name, "")
        own = name == "ACCELERATE_MIXED_PRECISION" and value == precision
        if value and value.lower() not in nothing and not own:
            problems.append(f"{name}={value} has no place in zoo: {instead}.")
    if problems:
        raise ZooError(*problems)
