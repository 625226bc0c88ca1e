"""Suites: files near one that can be planned."""

from pathlib import Path

import yaml
from hypothesis import strategies as st

from fuzzing.configs import SNIPPETS
from fuzzing.values import spoilt
from zoo.evals.planning import plan_suite
from zoo.evals.suites import read_suite
from zoo.runs.run import Options

SUITE = {
    "suite": 1,
    "version": 1,
    "summary": "A try",
    "datasets": ["kirigami-60@zoo"],
    "sizes": ["tiny", "small"],
    "seeds": [0, 1],
    "count": 8,
    "counts": {"tiny": 4},
    "evaluators": {"crossings": {"use": "cut-crossings"}},
    "headline": ["crossings.novelty"],
    "plane": ["crossings.novelty", "crossings.diversity"],
    "published": ["Figure 5"],
    "rows": {
        "few": {"model": "kirigami-ddpm", "set": {"sampler": {"steps": 5}}, "sizes": {"small": {"latent_norm": "std"}}}
    },
    "trivial": {"solid": {"model": "kirigami-uniform"}},
}


class Suites:
    """Suites that are read and planned."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        text = yaml.safe_dump(SUITE, sort_keys=False)
        places = st.integers(0, len(text))
        inserted = st.builds(lambda at, snippet: text[:at] + snippet + text[at:], places, SNIPPETS)
        self.cases = inserted | spoilt(SUITE).map(lambda suite: yaml.safe_dump(suite, sort_keys=False))

    def __call__(self, case: str) -> str:
        path = self._folder / "mine.yaml"
        path.write_bytes(case.encode("utf-8", "surrogatepass"))
        suite = read_suite(path)
        head = suite.head
        planned = plan_suite(
            suite,
            head.sizes[0],
            Options(),
            datasets=suite.chosen([], "datasets"),
            rows=suite.chosen([], "rows"),
            seeds=head.seeds,
            folder=self._folder,
        )
        assert len(planned) == len(head.datasets) * len(suite.rows) * len(head.seeds)
        assert all(run.name and not run.finished for run in planned)
        return "planned"
