"""The one argument that all schedules share."""

from zoo.errors import ZooError


def check_steps(steps: int) -> None:
    """ZooError unless there is at least one training step."""
    if steps < 1:
        raise ZooError(f"schedule: {steps} steps; there must be at least one.")
