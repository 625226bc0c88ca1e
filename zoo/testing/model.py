"""What models promise."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from zoo.building.schema import schema
from zoo.interfaces.conditions import property_number
from zoo.interfaces.model import Fitting, Model, Player, Stage, Table, Tabulation, Training
from zoo.interfaces.noise import Noise
from zoo.testing.compare import ROUNDING, check_all_same, check_same, check_tensor
from zoo.testing.subject import SEED, Subject, gpus

ROWS = 8
STEPS = 3
LEARNING_RATE = 1e-3
BATCH = 4
"""How many samples are drawn at once."""
CPU = torch.device("cpu")


def trains_in_order(subject: Subject) -> None:
    """Its training stages are those that it names, in that order, and their roles are its arguments."""
    model = subject.build()
    assert set(model.trains) <= set(type(model).trains), f"It names {model.trains}, its class {type(model).trains}."
    stages = list(_stages(model, subject))
    trained = tuple(stage.name for stage in stages if isinstance(stage, Training))
    assert trained == model.trains, f"It names {model.trains}, and the stages are {trained}."
    roles = {f"The stage {stage.name!r}": stage.roles for stage in stages} | {"Sampling": model.sampling}
    for who, names in roles.items():
        unknown = ", ".join(sorted(set(names) - schema(subject.component).keys()))
        assert not unknown, f"{who} depends on {unknown}, and there is no such argument."


def teaches_every_player(subject: Subject) -> None:
    """In each stage, a player's losses are finite scalars, and their gradient reaches all its parameters."""
    for stage, player in _players(subject.build(), subject):
        who = f"{player.name!r} of the stage {stage.name!r}"
        terms = _terms(player, stage, 0)
        assert terms, f"{who} has no losses."
        for name, term in terms.items():
            check_tensor(f"The loss {name!r} of {who}", term, ())
        player.module.zero_grad()
        torch.autograd.backward(list(terms.values()))
        learning = [(name, p) for name, p in player.module.named_parameters() if p.requires_grad]
        assert learning, f"{who} has nothing to learn."
        missed = ", ".join(name for name, parameter in learning if parameter.grad is None)
        assert not missed, f"For {who} it misses {missed}."


def trains_the_same_way(subject: Subject) -> None:
    """The same batches and the same noise train the same weights."""
    check_all_same(_trained(subject).state_dict(), _trained(subject).state_dict())


def samples(subject: Subject) -> None:
    """Once trained it draws soft structures, and sample i depends on `(seed, i)` only."""
    model = _trained(subject)
    drawn = model.sample([4, 5, 6], SEED, {}, BATCH)
    check_tensor("What it draws", drawn, (3, *subject.structure.shape))
    check_same("Drawn again, it", drawn, model.sample([4, 5, 6], SEED, {}, BATCH))
    check_same("Beside others, sample 5", drawn[1:2], model.sample([5, 9], SEED, {}, BATCH)[:1], 10 * ROUNDING)
    assert not torch.equal(drawn, model.sample([4, 5, 6], SEED + 1, {}, BATCH)), "The seed changes nothing."


def survives_publication(subject: Subject) -> None:
    """All that sampling needs is in its weights and tables: another one that is given them draws the same."""
    # Gradients off, as a run leaves its model and `zoo.load` gives it back: with them, torch may take other kernels.
    first, second = _trained(subject), subject.build().eval().requires_grad_(False)
    second.load_state_dict(first.state_dict())
    second.set_tables(first.tables())
    check_all_same(first.tables(), second.tables())
    drawn, again = (model.sample([0, 1, 2], SEED, {}, BATCH) for model in (first, second))
    check_same("What it draws", drawn, again)


def takes_conditions(subject: Subject) -> None:
    """It takes a value for each condition that it names, and the data have such a property."""
    model = _trained(subject)
    if model.conditions:
        known = subject.data.train.batch(np.arange(1), CPU)["properties"]
        numbers = {name: property_number(known, name) for name in model.conditions}
        unknown = ", ".join(name for name, values in numbers.items() if values is None)
        assert not unknown, f"The data have no {unknown}."
        wanted = {name: float(values[0]) for name, values in numbers.items() if values is not None}
        check_tensor("What it draws", model.sample([0], SEED, wanted, BATCH), (1, *subject.structure.shape))


def runs_on_gpu(subject: Subject) -> None:
    """Moved to a GPU and given its tables there, it draws too."""
    for device in gpus():
        model = _trained(subject)
        tables = model.tables()
        model.to(device)
        model.set_tables(tables)
        check_tensor("What it draws", model.sample([0, 1], SEED, {}, BATCH), (2, *subject.structure.shape))


PROMISES = (
    trains_in_order,
    teaches_every_player,
    trains_the_same_way,
    samples,
    survives_publication,
    takes_conditions,
    runs_on_gpu,
)


def _trained(subject: Subject) -> Model:
    """The model after a few steps of each of its stages."""
    model: Model = subject.build()
    for stage, player in _players(model, subject):
        _teach(player, stage)
        player.module.requires_grad_(False)
        player.module.eval()
    return model.eval()


def _players(model: Model, subject: Subject) -> Iterator[tuple[Training, Player]]:
    for stage in _stages(model, subject):
        if isinstance(stage, Training):
            yield from ((stage, player) for player in stage.players)


def _stages(model: Model, subject: Subject) -> Iterator[Stage]:
    """The stages in order, to be trained by whoever asks for them; tables are made here."""
    stages = model.stages(subject.data)
    table: Table | None = None
    while True:
        try:
            stage = stages.send(table)
        except StopIteration:
            return
        yield stage
        table = _tabulate(stage) if isinstance(stage, Tabulation) else None
        if isinstance(stage, Fitting):
            stage.function()


@torch.no_grad()
def _tabulate(stage: Tabulation) -> Table:
    indices = np.arange(len(stage.source))
    parts = [stage.function(stage.source.batch(indices[i : i + ROWS], CPU)) for i in range(0, len(indices), ROWS)]
    columns = {name: torch.cat([part[name] for part in parts]) for name in parts[0]}
    mean = {name: column.mean(0) for name, column in columns.items()}
    return Table(columns, mean, {name: column.std(0) for name, column in columns.items()})


def _teach(player: Player, stage: Training) -> None:
    player.module.train()
    optimiser = torch.optim.Adam([p for p in player.module.parameters() if p.requires_grad], LEARNING_RATE)
    for step in range(STEPS):
        optimiser.zero_grad()
        torch.autograd.backward(list(_terms(player, stage, step).values()))
        optimiser.step()
        if player.after_move is not None:
            player.after_move()


def _terms(player: Player, stage: Training, step: int) -> Mapping[str, Tensor]:
    """The player's losses on the batch of a step."""
    positions = np.arange(ROWS * step, ROWS * (step + 1))
    batch = stage.source.batch(positions % len(stage.source), CPU)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(step)
        terms: Any = player.module(batch, Noise(SEED, positions.tolist()))
    assert isinstance(terms, dict), f"The player {player.name!r} returns a {type(terms).__name__}, expected a dict."
    return terms
