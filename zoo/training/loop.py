"""The loop that trains one stage."""

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from zoo.errors import ZooError
from zoo.interfaces.model import Training
from zoo.interfaces.noise import Noise
from zoo.interfaces.split import Source
from zoo.recipes.settings import Train
from zoo.system import processes
from zoo.system.progress import bar
from zoo.system.tensors import hash_of, write_kept
from zoo.training.batches import Stream, derive_seed
from zoo.training.checkpoint import read_checkpoint
from zoo.training.learner import Learner, learning_rate

CURVE_POINTS = 400
HELD_OUT_POINTS = 20
PREVIEW_POINTS = 20
HELD_OUT_ITEMS = 1024
STEPS_PER_HELD_OUT_BATCH = 4
"""A batch of held-out items is judged for so many steps of training at least, lest a short training of a large network
spends more time on its curve than on learning."""
SECONDS_BETWEEN_TALKS = 0.5

Point = dict[str, Any]
"""One point of a curve: stage and step, with player and terms (training) or held_out; or with epoch and samples, what
is said of those drawn then."""


class Loop:
    """Trains a stage's players.

    Batch, noise and dropout of step t are pure functions of `(seed, t)`, so a stage that was interrupted anywhere ends
    in the same bytes as one that was not. Batches and noise do not depend on the number of processes; dropout does.
    """

    def __init__(
        self,
        stage: Training,
        settings: Train,
        *,
        seed: int,
        accelerator: Accelerator,
        log: Callable[[Point], None] = lambda point: None,
        preview: Callable[[], Mapping[str, float]] | None = None,
    ) -> None:
        self.stage = stage
        self.settings = settings
        self.seed = derive_seed(seed, stage.name)
        self.accelerator = accelerator
        self.log = log
        self.preview = preview
        self.steps = steps_of(stage, settings)
        self.share = _share(settings, accelerator.num_processes)
        names = [player.name for player in stage.players]
        self.learners = [
            Learner(
                player,
                settings.model_copy(update={"lr": learning_rate(player.name, names, settings)}),
                self.steps,
                accelerator,
            )
            for player in stage.players
        ]
        originals = getattr(stage.source, "originals", None)
        self.streams = [Stream(len(stage.source), derive_seed(self.seed, name), originals) for name in names]
        self.history: list[Point] = []
        self.state = ""
        self.step = 0
        self.earlier_seconds = 0.0
        self._started = time.monotonic()

    def run(
        self, checkpoint: Path, every: float = 60.0, after_checkpoint: Callable[[], None] = lambda: None
    ) -> list[Point]:
        """Train to the end, resuming from `checkpoint` if it is there, writing it each `every` seconds. Returns the
        loss curves."""
        self._resume(checkpoint)
        if self.step == 0:
            self._preview()
        saved = time.monotonic()
        wish = _Wish(self.step)
        with _interruptible() as interrupted, bar(self.stage.name, self.steps, done=self.step) as progress:
            while self.step < self.steps:
                self._round(progress.note)
                progress.advance()
                stop = wish.agreed(self.step, interrupted())
                if stop or time.monotonic() - saved >= every:
                    self._save(checkpoint)
                    after_checkpoint()
                    saved = time.monotonic()
                if stop:
                    processes.wait_for_all()
                    raise KeyboardInterrupt
        self.state = hash_of(self._tensors())
        for learner in self.learners:
            learner.finish()
        return self.history

    def _round(self, note: Callable[[str], None]) -> None:
        self._set_mode(training=True)
        logged = self.step % _every(self.steps, CURVE_POINTS) == 0 or self.step == self.steps - 1
        for learner, stream in zip(self.learners, self.streams, strict=True):
            for move in range(learner.player.moves):
                terms = self._move(learner, stream, self.step * learner.player.moves + move)
            if logged:
                note(self._record(learner, terms))
        self.step += 1
        if self.stage.held_out is not None and self.step % _every(self.steps, HELD_OUT_POINTS) == 0:
            self._hold_out(self.stage.held_out)
        if self.step % _every(self.steps, PREVIEW_POINTS) == 0:
            self._preview()

    def _move(self, learner: Learner, stream: Stream, move: int) -> dict[str, Tensor]:
        total: dict[str, Tensor] = {}
        parts = self.settings.accumulate
        for part in range(parts):
            first = move * self.settings.batch + (part * self.accelerator.num_processes + self._rank) * self.share
            positions = np.arange(first, first + self.share)
            torch.manual_seed(derive_seed(self.seed, "dropout", learner.player.name, first))
            last = part == parts - 1
            with nullcontext() if last else self.accelerator.no_sync(learner.module):
                terms = self._terms(learner.module, self.stage.source, stream.items(positions), positions, learner)
                learner.accumulate(terms)
            for name, term in terms.items():
                total[name] = total.get(name, torch.zeros_like(term)) + term.detach() / parts
        learner.move()
        return total

    def _terms(
        self, module: nn.Module, source: Source, items: np.ndarray, positions: np.ndarray, learner: Learner
    ) -> dict[str, Tensor]:
        batch = source.batch(items, self.accelerator.device)
        seed = derive_seed(self.seed, "noise", learner.player.name)
        noise = Noise(seed, positions.tolist(), self.accelerator.device)
        terms: dict[str, Tensor] = module(batch, noise)
        return terms

    def _record(self, learner: Learner, terms: dict[str, Tensor]) -> str:
        values = self._mean_over_processes(terms)
        loss = sum(values.values())
        name = learner.player.name
        if not math.isfinite(loss):
            raise ZooError(
                f"{self.stage.name}: the loss of {name!r} is {loss} at step {self.step}. "
                f"Try a smaller learning rate, or clip: --set train.{self.stage.name}.clip=1."
            )
        self._keep({"stage": self.stage.name, "step": self.step, "player": name, "terms": values, "lr": learner.lr})
        return f"{name} {loss:.4g}" if len(self.learners) > 1 else f"loss {loss:.4g}"

    @torch.no_grad()
    def _hold_out(self, source: Source) -> None:
        count = self.accelerator.num_processes
        batch = min(self.settings.batch, HELD_OUT_ITEMS, len(source)) // count
        if batch == 0:
            return
        affordable = max(1, _every(self.steps, HELD_OUT_POINTS) // STEPS_PER_HELD_OUT_BATCH)
        rounds = min(affordable, min(HELD_OUT_ITEMS, len(source)) // (batch * count))
        self._set_mode(training=False)
        for learner in self.learners:
            total: dict[str, Tensor] = {}
            for i in range(rounds):
                items = np.arange(batch) + (i * count + self._rank) * batch
                terms = self._terms(learner.player.module, source, items, items, learner)
                for name, term in terms.items():
                    total[name] = total.get(name, torch.zeros_like(term)) + term / rounds
            values = self._mean_over_processes(total)
            self._keep(
                {
                    "stage": self.stage.name,
                    "step": self.step,
                    "player": learner.player.name,
                    "held_out": values,
                }
            )

    @torch.no_grad()
    def _preview(self) -> None:
        if self.preview is None or not self.accelerator.is_main_process:
            return
        self._set_mode(training=False)
        with ExitStack() as stack:
            for learner in self.learners:
                stack.enter_context(learner.averaged())
            values = dict(self.preview())
        if values:
            epoch = self.step * round_items(self.stage, self.settings) / len(self.stage.source)
            self._keep({"stage": self.stage.name, "step": self.step, "epoch": epoch, "samples": values})

    def _set_mode(self, *, training: bool) -> None:
        # All of them, whoever's turn it is: a critic looks at what its generator makes.
        for learner in self.learners:
            learner.module.train(training)

    def _mean_over_processes(self, terms: dict[str, Tensor]) -> dict[str, float]:
        stacked = self.accelerator.reduce(torch.stack([t.detach().float() for t in terms.values()]), "mean")
        return dict(zip(terms, (float(value) for value in stacked), strict=True))

    def _keep(self, point: Point) -> None:
        self.history.append(point)
        self.log(point)

    @property
    def _rank(self) -> int:
        return int(self.accelerator.process_index)

    def _save(self, checkpoint: Path) -> None:
        if not self.accelerator.is_main_process:
            return
        metadata = {
            "step": self.step,
            "history": self.history,
            "seconds": self.earlier_seconds + time.monotonic() - self._started,
            "learners": [learner.state() for learner in self.learners],
        }
        write_kept(checkpoint, self._tensors(), metadata)

    def _tensors(self) -> dict[str, Tensor]:
        tensors: dict[str, Tensor] = {}
        for learner in self.learners:
            tensors |= learner.tensors()
        return tensors

    def _resume(self, checkpoint: Path) -> None:
        found = read_checkpoint(checkpoint)
        if found is None:
            return
        tensors, metadata = found
        for learner, state in zip(self.learners, metadata["learners"], strict=True):
            learner.restore(tensors, state)
        self.step = metadata["step"]
        self.history = metadata["history"]
        self.earlier_seconds = metadata["seconds"]


def steps_of(stage: Training, settings: Train) -> int:
    """Rounds of a stage: in one epoch the player who moves most sees every item once."""
    if settings.steps is not None:
        return settings.steps
    assert settings.epochs is not None
    return max(1, math.ceil(settings.epochs * len(stage.source) / round_items(stage, settings)))


def round_items(stage: Training, settings: Train) -> int:
    """How many items a round takes from the stage's source: those of the player who moves most."""
    return settings.batch * max(player.moves for player in stage.players)


def _share(settings: Train, processes: int) -> int:
    share, left = divmod(settings.batch, processes * settings.accumulate)
    if left:
        raise ZooError(
            f"batch {settings.batch} cannot be shared by {processes} processes in {settings.accumulate} parts each; "
            f"choose a multiple of {processes * settings.accumulate}."
        )
    return share


def _every(steps: int, points: int) -> int:
    return max(1, steps // points)


class _Wish:
    """Whether the main process wishes to stop, learnt by all processes at the same step: in the middle of one, some
    would wait for gradients that never come. They talk twice a second, since talking at each step would slow short
    steps down."""

    def __init__(self, step: int) -> None:
        self._last = self._next = step
        self._time = time.monotonic()

    def agreed(self, step: int, own: bool) -> bool:
        if processes.count() == 1:
            return own
        if step < self._next:
            return False
        now = time.monotonic()
        pace = (step - self._last) / (now - self._time)
        self._last, self._time = step, now
        wish, self._next = processes.agreed((own, step + max(1, round(pace * SECONDS_BETWEEN_TALKS))))
        return wish


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Turns the first Ctrl-C into a flag, so that the step in hand is finished and saved; the second acts at once."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    asked = False
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)


def parameters(players: Sequence[Any]) -> int:
    """How many numbers the players learn."""
    return sum(p.numel() for player in players for p in player.module.parameters() if p.requires_grad)
