"""A fix for a torchvision that was built for another torch, applied when something imports it.

timm, and through it parts of diffusers and of accelerate, import torchvision. With a CPU build of torch and a CUDA
build of torchvision the compiled operators cannot be loaded, and the import ends in "operator torchvision::nms does not
exist", raised where `torchvision._meta_registrations` gives two of those operators a fake kernel. zoo needs no operator
of torchvision, so it is enough to declare these two: calling one still fails, importing torchvision no longer does.

The finder below acts between torchvision's own attempt to load its operators (`torchvision.extension`, always its first
import) and that module. It asks torch whether the attempt went well, so a matched pair is left alone.

It is installed with `zoo.interfaces`, which programs, the registry and `zoo.load` import before they use diffusers; a
bare `import zoo` leaves it out. A child process is mended as soon as it does the same, as every child of a zoo program.
A launcher that imports torchvision before it starts zoo is out of reach: `accelerate launch` does, through a
sub-command of its own that needs timm; `accelerate-launch`, the same launcher as a program of its own, does not.
"""

import importlib.machinery
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)

_library: Any = None
"""The declarations live as long as this object."""


class _BeforeFakeKernels(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == "torchvision._meta_registrations":
            _declare_missing_operators()
        return None


def install() -> None:
    """Watch for the import of torchvision. Costs nothing until then; safe to call twice."""
    if not any(isinstance(finder, _BeforeFakeKernels) for finder in sys.meta_path):
        sys.meta_path.insert(0, _BeforeFakeKernels())


def _declare_missing_operators() -> None:
    import torch

    global _library
    if _library is None and not hasattr(torch.ops.torchvision, "nms"):
        _library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for schema in _SCHEMAS:
            _library.define(schema)
