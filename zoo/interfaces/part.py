"""What every component has in common."""

from abc import ABC
from collections.abc import Callable, Mapping
from typing import Any, ClassVar


class Part(ABC):
    """A component. Its `__init__` signature is its schema: JSON-able arguments, annotated, with defaults.

    An argument annotated with another contract (`base: Sampler`) is a nested component. Two argument names are
    reserved and never stand in a recipe: `structure` (`Structure`) and `latent_shape` (`tuple[int, ...]`).
    """

    revision: ClassVar[int] = 1
    """Raise it when the same arguments and data no longer give the same result: cached stages are then made anew."""

    retired: ClassVar[Mapping[str, str]] = {}
    """Arguments that earlier revisions took: name -> a sentence on what takes its place. A recipe that gives one is
    told so; a published model that names one is read without it, and a warning says that it has changed."""

    common: ClassVar[Mapping[str, Any]] = {}
    """What every component of this kind takes beside the arguments of its own `__init__`: annotations by name. None is
    given by default."""

    def with_common(self, given: Mapping[str, Any], build: Callable[..., Any]) -> "Part":
        """The component with the `common` arguments that a recipe gives; `build(contract, block)` builds others."""
        return self
