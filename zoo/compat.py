"""Mends a torchvision that was built for another torch, the moment something imports it.

timm, and through it parts of diffusers and of accelerate, import torchvision. With a CPU build of torch and a CUDA build
of torchvision the compiled operators are missing and that import fails with "operator torchvision::nms does not exist".
zoo needs none of those operators; declaring the two that torchvision registers fake kernels for lets the import succeed.
A matched pair is left alone.
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


class _BeforeTorchvision(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname == "torchvision":
            _declare_missing_operators()
        return None


def install() -> None:
    """Watch for the import of torchvision. Costs nothing until then; safe to call twice."""
    if not any(isinstance(finder, _BeforeTorchvision) for finder in sys.meta_path):
        sys.meta_path.insert(0, _BeforeTorchvision())


def _declare_missing_operators() -> None:
    raise NotImplementedError
