"""`make gpu` where there is no GPU: at size tiny, on the CPU."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "gpu.py"


def test_every_model_is_timed_and_what_fails_costs_the_others_nothing(tmp_path: Path) -> None:
    parts = ["homogenisation", "neighbours", "sampling"]
    command = [sys.executable, SCRIPT, tmp_path / "out", "--size", "tiny", "--minutes", "2", "--parts", *parts]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    report = json.loads((tmp_path / "out" / "gpu.json").read_text())
    assert list(report["parts"]) == parts
    assert report["parts"]["homogenisation"]["seconds"]["12^3"] > 0
    models = report["parts"]["sampling"]
    assert {"voxploer", "guided-diffusion"} <= models.keys()
    assert {name: model for name, model in models.items() if "ratio" not in model} == {}
    for model in models.values():
        assert model["ratio"] == model["seconds_for_1000"] / model["published_seconds_for_1000"] > 0


def test_a_training_that_does_not_fit_is_stopped_and_says_how_far_it_came() -> None:
    script = runpy.run_path(str(SCRIPT))
    stopped = script["training"]("tiny", script["ENDING"] + 4.0)
    assert stopped["seconds"] < 4 + script["ENDING"]
    assert stopped["exit"] in (0, 130) and stopped["says"]
