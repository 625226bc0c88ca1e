"""Trackers of a run's numbers: a JSON-lines file by default, Accelerate's other trackers on request."""

import json
import time
from pathlib import Path
from typing import Any

from accelerate.tracking import GeneralTracker, on_main_process

from zoo.system.files import append_line


class JsonLines(GeneralTracker):
    """One JSON object a line: the time, the step and whatever was logged. A resumed run goes on in the same file."""

    name = "jsonl"
    requires_logging_directory = False

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    @property
    def tracker(self) -> Any:
        return self._path

    @on_main_process
    def store_init_configuration(self, values: dict[str, Any]) -> None:
        self._write({"event": "start", "recipe": values})

    @on_main_process
    def log(self, values: dict[str, Any], step: int | None = None, **kwargs: Any) -> None:
        self._write({"step": step} | values)

    def _write(self, line: dict[str, Any]) -> None:
        append_line(self._path, json.dumps({"time": round(time.time(), 3)} | line))
