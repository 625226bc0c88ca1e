"""Running a suite: what is finished is kept, what is not is run."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image

from zoo.building.builder import build
from zoo.data.store import read_samples
from zoo.errors import ZooError
from zoo.evals.latents import latent_picture
from zoo.evals.planning import Planned, plan_everything
from zoo.evals.results import LATENT_SUFFIX, Collector, Entry, picture_path, result_path
from zoo.evals.suites import Suite
from zoo.interfaces.domain import Domain
from zoo.pretrained.index import read_index
from zoo.reports.run import finish_run
from zoo.runs.projection import read_projection
from zoo.runs.run import Options, run
from zoo.system import processes
from zoo.system.files import whole_file, write_text
from zoo.system.machine import has_accelerators

PICTURED = 6
"""Samples in the picture of a row."""
MAX_WIDTH, QUALITY = 720, 75
"""Pixels and WebP's quality: results travel with zoo."""


def run_suite(
    suite: Suite,
    size: str,
    options: Options,
    results: Path,
    chosen: Callable[[Planned], bool],
    *,
    command: Sequence[str],
    tell: Callable[[str], None],
) -> Path:
    """Run what is missing of the chosen runs, and return the file of results in the folder `results`, which is written
    anew after every run. A run that ends in a ZooError does not keep the others from being run; what went wrong is
    raised at the end. Of several processes, though, one cannot know how the others fare: there the first ends all."""
    processes.connect(cpu=not has_accelerators())
    everything = plan_everything(suite, size, options)
    selected = [planned for planned in everything if chosen(planned)]
    path = result_path(results, suite.name, size)
    collector = Collector(suite, size, path, everything)
    problems = []
    for i, planned in enumerate(selected, 1):
        finished = processes.agreed(planned.finished)
        tell(f"{i} of {len(selected)}: {planned.title} {'is there already' if finished else 'is run'}")
        try:
            if not finished:
                finish_run(run(planned.recipe, planned.options, command))
        except ZooError as error:
            if processes.count() > 1:
                raise
            problems += [f"{planned.row.label}, {planned.dataset}: {problem}" for problem in error.problems]
            continue
        if processes.is_main():
            entry = collector.add(planned)
            if planned.options.seed == min(each.options.seed for each in selected):
                _draw(planned, entry, picture_path(results, suite.name, size, entry, ""))
    if problems:
        raise ZooError(*problems)
    return path


def _draw(planned: Planned, entry: Entry, stem: Path) -> None:
    """Keep a picture of a run's first samples, and of its latents."""
    domain = build(Domain, read_index(planned.folder.model).domain)
    samples = read_samples(planned.folder.samples)[:PICTURED]
    for figure in domain.figures(samples)[:1]:
        vector = "svg" in figure.media_type
        with whole_file(stem.with_name(f"{stem.name}{'.svg' if vector else '.webp'}")) as temporary:
            if vector:
                temporary.write_bytes(figure.data)
            else:
                image = Image.open(BytesIO(figure.data))
                image.thumbnail((MAX_WIDTH, MAX_WIDTH))
                image.save(temporary, quality=QUALITY)
    if projection := read_projection(planned.folder.latents):
        write_text(stem.with_name(f"{stem.name}{LATENT_SUFFIX}"), latent_picture(projection))
