"""What lies where in the folder of a run."""

from pathlib import Path

from zoo.data.store import SAMPLES
from zoo.pretrained.index import MODEL

_SCORES = "scores.json"


class RunFolder:
    """The folder of a run, finished or not, and the paths in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.recipe = path / "recipe.yaml"
        self.environment = path / "environment.json"
        self.log = path / "log.jsonl"
        self.samples = path / SAMPLES
        self.model = path / MODEL
        self.stages = path / "stages.json"
        self.scores = path / _SCORES
        self.latents = path / "latents.json"
        self.report = path / "report.html"

    @property
    def finished(self) -> bool:
        """Whether all of it is there: the report is written last."""
        return self.report.exists()


def scored_runs(runs: Path) -> list[RunFolder]:
    """The runs that lie in a folder of runs and have scores, in the order of their paths."""
    return [RunFolder(path.parent) for path in sorted(runs.glob(f"*/*/{_SCORES}"))]
