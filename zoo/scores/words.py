"""Numbers, durations and sizes as text."""

import math


def number(value: float) -> str:
    """Three decimals where that says something, else three digits."""
    if value == 0 or 0.001 <= abs(value) < 1000:
        return f"{value:.3f}"
    return f"{value:.3g}" if math.isfinite(value) else "none"


def duration(seconds: float) -> str:
    """Seconds, or minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"


def size(mebibytes: float) -> str:
    """Memory in the unit that fits."""
    return f"{mebibytes / 1024:.2f} GiB" if mebibytes >= 1024 else f"{mebibytes:.0f} MiB"
