"""The machine: versions, processor, memory."""

import importlib.metadata
import platform
import resource
import sys
from pathlib import Path
from typing import Any

import torch

from zoo.errors import ZooError

_DISTRIBUTIONS = ("metamaterial-zoo", "torch", "diffusers", "accelerate", "timm", "numpy", "safetensors")


def environment() -> dict[str, Any]:
    """Versions and the kind of machine. Nothing that names the machine or its user."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "processor": _processor(),
        "threads": torch.get_num_threads(),
        "accelerator": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "versions": {name: _version(name) for name in _DISTRIBUTIONS},
    }


def machine_kind() -> str:
    """One line for tables: the accelerator, or the processor and its threads."""
    if torch.cuda.is_available():
        return f"{torch.cuda.device_count()} x {torch.cuda.get_device_name()}"
    return f"{_processor()}, {torch.get_num_threads()} threads"


def has_accelerators() -> bool:
    """Whether there are devices that several processes can have one each of."""
    return torch.accelerator.is_available() and not torch.backends.mps.is_available()


class PeakMemory:
    """The largest resident size of this process, in MiB, since `reset`; where Linux cannot forget, since its start."""

    def reset(self) -> None:
        """Start measuring anew."""
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        try:
            Path("/proc/self/clear_refs").write_text("5")
        except OSError:
            return

    def mebibytes(self) -> dict[str, int]:
        """`host` and, where there is a GPU, `device`."""
        peak = {"host": _host_peak_kib() // 1024}
        if torch.cuda.is_available():
            peak["device"] = torch.cuda.max_memory_allocated() >> 20
        return peak


def _host_peak_kib() -> int:
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // 1024 if sys.platform == "darwin" else peak
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None


def free_memory() -> int | None:
    """Bytes of memory that a program can have before the machine begins to swap; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("MemAvailable")), None)


def require_memory(needed: int, what: str, advice: str) -> None:
    """ZooError, which says that `what` takes so many bytes of memory and gives `advice`, if fewer are free. Where the
    system does not say what is free, nothing happens."""
    free = free_memory()
    if free is not None and needed > free:
        raise ZooError(f"{what} takes {needed / 1e9:,.1f} GB of memory, and {free / 1e9:,.1f} GB are free: {advice}")
