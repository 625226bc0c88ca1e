"""The one argument that all schedules share."""

from zoo import ZooError

MAX_STEPS = 100_000


def check_steps(steps: int) -> None:
    """ZooError unless there are training steps, and a table of them can be kept."""
    if not 1 <= steps <= MAX_STEPS:
        raise ZooError(f"schedule: {steps} steps; there must be 1 to {MAX_STEPS:,}.")
