"""Reading a model folder, strictly: everything that is wrong with it is said at once, and nothing in it can run code.

A folder names components, and the registry finds their classes; no import path is read from it, no pickle, and no file
but those whose names the classes imply.
"""

from collections.abc import Iterable
from pathlib import Path

import torch

from zoo.building.builder import build
from zoo.errors import ZooError, shorten
from zoo.interfaces.domain import Domain
from zoo.interfaces.model import Model
from zoo.pretrained.index import INDEX, Index, on_paper, read_index
from zoo.pretrained.overrides import override
from zoo.pretrained.pretrained import Pretrained
from zoo.pretrained.reading import read_model


def load(
    folder: Path | str,
    *,
    overrides: Iterable[str] = (),
    resolution: int | None = None,
    device: torch.device | str | None = None,
) -> Pretrained:
    """The model in a folder that a run or `zoo publish` has written.

    `overrides` change how it draws, as in `sampler.use=ddim` or `generate.batch=50`; nothing that weights depend on can
    be changed. `resolution` is another one to draw at than that of the data, for models that can: the same structure on
    another grid. `device` is the accelerator by default, else the CPU. ZooError lists everything that is wrong with the
    folder: weights, configs and keys that are missing, left over or do not fit, or what must be installed.
    """
    folder = Path(folder)
    index = read_index(folder)
    domain = on_paper("domain", index.domain)
    if domain.structure != index.structure:
        stated, expected = shorten(tuple(index.structure)), shorten(tuple(domain.structure))
        raise ZooError(f"{INDEX}: structure is {stated}, and by the domain it is {expected}.")
    block, generate = override(index, overrides)
    sketch = on_paper("model", index.model, structure=domain.structure)
    if resolution is not None:
        domain = _at_resolution(index, domain, sketch, resolution)
    state, tables = read_model(folder, index, sketch)
    with torch.random.fork_rng(devices=[]):
        model = build(Model, block, structure=domain.structure)
    untrained = " and ".join(stage for stage in model.trains if stage not in sketch.trains)
    if untrained:
        raise ZooError(f"the sampler needs the {untrained}, and the run that made this folder has trained none.")
    model.scheduler()  # One that does not fit the schedule is refused now, not at the first sample.
    model.load_state_dict(state)
    model.to(device or torch.accelerator.current_accelerator() or "cpu").eval().requires_grad_(False)
    missing = model.tables().keys() - tables
    if missing:
        raise ZooError(f"the sampler needs the training {' and '.join(missing)}, which this folder does not hold.")
    model.set_tables(tables)
    return Pretrained(model, domain, index.card, index.provenance, generate)


def _at_resolution(index: Index, domain: Domain, sketch: Model, resolution: int) -> Domain:
    """The domain at another resolution; ZooError for a model that knows its own only."""
    shape = domain.structure.shape
    arguments = domain.arguments_for((resolution,) * len(shape))
    if not sketch.any_resolution or not arguments:
        raise ZooError(
            f"resolution {resolution}: this model draws at that of its data alone, {shape[-1]}; one over the encoder "
            "spectral-distance draws at any."
        )
    other: Domain = on_paper("domain", {**index.domain, **arguments})
    on_paper("model", index.model, structure=other.structure)  # What does not go with it is said now.
    return other
