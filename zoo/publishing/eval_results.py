"""Scores in the form that the Hugging Face Hub reads: `.eval_results/<evaluator>.yaml`."""

import math
from pathlib import Path

import yaml
from huggingface_hub import EvalResultEntry, eval_result_entries_to_yaml

from zoo.pretrained.index import Index
from zoo.runs.results import Results
from zoo.system.files import write_text

FOLDER = ".eval_results"
OWNER = "metamaterial-zoo"
"""The Hub asks for a dataset's ID, owner/name. The notes of each entry say which edition it is."""


def write_eval_results(folder: Path, index: Index, results: Results) -> None:
    """Write a file per evaluator. Scores that are not finite are left out: the form knows only numbers."""
    dataset = str(index.provenance["dataset"])
    for evaluator, scores in results.scores.items():
        entries = [
            EvalResultEntry(
                dataset_id=f"{OWNER}/{dataset.split('@')[0]}",
                task_id=f"{evaluator}.{name}",
                value=score.value,
                notes=(
                    f"{score.sentence} {'Higher' if score.higher_is_better else 'Lower'} is better. Of "
                    f"{len(results.samples)} samples, seed {results.provenance['seed']}, weights "
                    f"{results.provenance['weights']}, on {dataset}."
                ),
            )
            for name, score in scores.items()
            if math.isfinite(score.value)
        ]
        text = yaml.safe_dump(eval_result_entries_to_yaml(entries), sort_keys=False, allow_unicode=True)
        write_text(folder / FOLDER / f"{evaluator}.yaml", text)
