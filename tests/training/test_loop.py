"""The training loop: an interrupted stage ends in the same bytes; processes and parts change no mathematics."""

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from accelerate import Accelerator
from torch import nn

from zoo import Noise, Player, Training, ZooError
from zoo.recipes.settings import Train
from zoo.training.loop import Loop

InTwo = Callable[[Callable[[], object]], None]


class Line:
    """y = 3x + noise, 64 items."""

    def __init__(self) -> None:
        self.x = torch.linspace(-1, 1, 64).unsqueeze(1)

    def __len__(self) -> int:
        return len(self.x)

    def batch(self, indices: np.ndarray, device: torch.device) -> dict[str, torch.Tensor]:
        return {"x": self.x[torch.from_numpy(indices)].to(device)}


class Fit(nn.Module):
    """A small network with everything that has state or chance: dropout, batch statistics, noise."""

    def __init__(self, chance: bool = True) -> None:
        super().__init__()
        torch.manual_seed(0)
        layers = (
            [nn.Linear(1, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3)] if chance else [nn.Linear(1, 8), nn.Tanh()]
        )
        self.net = nn.Sequential(*layers, nn.Linear(8, 1))

    def forward(self, batch: dict[str, torch.Tensor], noise: Noise) -> dict[str, torch.Tensor]:
        target = 3 * batch["x"] + 0.1 * noise.normal(1)
        error = (self.net(batch["x"]) - target).square().mean()
        size = self.net(batch["x"]).square().mean()
        return {"fit": error, "size": 0.01 * size}


class Follow(Fit):
    """Learns what another network says too, as a critic looks at what its generator makes."""

    def __init__(self, other: Fit, chance: bool = True) -> None:
        super().__init__(chance)
        self.others = (other,)

    def forward(self, batch: dict[str, torch.Tensor], noise: Noise) -> dict[str, torch.Tensor]:
        wanted = self.others[0].net(batch["x"]).detach()
        return super().forward(batch, noise) | {"distance": (self.net(batch["x"]) - wanted).square().mean()}


def loop(settings: Train, chance: bool = True, log=lambda point: None) -> Loop:
    second = Fit(chance)
    players = [Player("first", Follow(second, chance), moves=2), Player("second", second)]
    stage = Training("fit", players, Line(), Line(), ())
    return Loop(stage, settings, seed=5, accelerator=Accelerator(cpu=True), log=log)


def weights(done: Loop) -> list[torch.Tensor]:
    return [t for learner in done.learners for t in learner.player.module.state_dict().values()]


SETTINGS = {
    "adam": {"lr": 0.01},
    "adamw with everything": {
        "lr": {"first": 0.01, "second": 0.003},
        "optimiser": "adamw",
        "weight_decay": 0.01,
        "ema": 0.9,
        "clip": 0.5,
        "lr_schedule": "cosine",
        "warmup": 5,
        "accumulate": 2,
    },
    "rmsprop": {"lr": 0.01, "optimiser": "rmsprop", "lr_schedule": "linear"},
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("stop_at", [1, 13, 38])
def test_an_interrupted_stage_ends_in_the_same_bytes(name: str, stop_at: int, tmp_path: Path) -> None:
    settings = Train(steps=40, batch=8, **SETTINGS[name])
    whole = loop(settings)
    curves = whole.run(tmp_path / "whole.safetensors")

    def interrupt(point: dict) -> None:
        if point["step"] == stop_at and point.get("player") == "second" and "terms" in point:
            os.kill(os.getpid(), signal.SIGINT)

    stopped = loop(settings, log=interrupt)
    with pytest.raises(KeyboardInterrupt):
        stopped.run(tmp_path / "stopped.safetensors")
    resumed = loop(settings)
    assert resumed.run(tmp_path / "stopped.safetensors") == curves
    for a, b in zip(weights(whole), weights(resumed), strict=True):
        assert torch.equal(a, b)


def test_previews_see_averaged_weights_and_change_none(tmp_path: Path) -> None:
    settings = Train(steps=40, batch=8, lr=0.01, ema=0.5)
    plain = loop(settings)
    plain.run(tmp_path / "plain.safetensors")
    watched = loop(settings)
    seen: list[list[torch.Tensor]] = []

    def preview() -> dict[str, float]:
        assert not any(learner.module.training for learner in watched.learners)
        seen.append([tensor.clone() for tensor in weights(watched)])
        return {"number": float(len(seen))}

    watched.preview = preview
    curves = watched.run(tmp_path / "watched.safetensors")
    points = [(point["step"], point["samples"]["number"]) for point in curves if "samples" in point]
    assert points == [(step, step / 2 + 1) for step in range(0, 41, 2)]
    for a, b, last in zip(weights(plain), weights(watched), seen[-1], strict=True):
        assert torch.equal(a, b) and torch.equal(a, last)  # What is left in the end is the average.


def test_training_learns_the_line(tmp_path: Path) -> None:
    done = loop(Train(epochs=200, batch=16, lr=0.005), chance=False)
    curves = done.run(tmp_path / "checkpoint.safetensors")
    held_out = [point["held_out"]["fit"] for point in curves if "held_out" in point]
    # A constant leaves var(3x) = 3.1; the noise alone leaves 0.01.
    assert held_out[-1] < 0.1 < held_out[0]


def test_a_batch_beyond_what_is_held_out_has_a_curve_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoo.training.loop.HELD_OUT_ITEMS", 32)
    curves = loop(Train(steps=20, batch=64, lr=0.005)).run(tmp_path / "checkpoint.safetensors")
    assert [point["step"] for point in curves if "held_out" in point and point["player"] == "first"] == list(
        range(1, 21)
    )


@pytest.mark.parametrize(("steps", "judged"), [(20, 8), (160, 16), (2000, 64)])
def test_the_held_out_curve_costs_a_fraction_of_the_training(steps: int, judged: int, tmp_path: Path) -> None:
    """20 points, each of at most a batch for every four steps since the last, and of all 64 items where that is
    nothing."""
    trained = loop(Train(steps=steps, batch=8, lr=1e-3), chance=False)
    module = trained.learners[1].player.module
    seen: list[int] = []
    module.register_forward_hook(lambda net, inputs, output: None if net.training else seen.append(len(inputs[0]["x"])))
    trained.run(tmp_path / "checkpoint.safetensors")
    assert sum(seen) == 20 * judged


def test_parts_of_a_batch_add_up_to_the_batch(tmp_path: Path) -> None:
    results = []
    for accumulate in (1, 4):
        settings = Train(steps=10, batch=8, lr=0.01, accumulate=accumulate)
        done = loop(settings, chance=False)
        done.run(tmp_path / f"{accumulate}.safetensors")
        results.append(weights(done))
    for a, b in zip(*results, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def train_and_tell(folder: Path) -> None:
    done = loop(Train(steps=10, batch=8, lr=0.01, accumulate=2, ema=0.9), chance=False)
    curves = done.run(folder / "checkpoint.safetensors")
    if done.accelerator.is_main_process:
        values = [w.flatten().tolist() for w in weights(done)]
        out = {"curves": curves, "weights": values, "processes": done.accelerator.num_processes}
        (folder / "out.json").write_text(json.dumps(out))


def test_two_processes_train_as_one(in_two_processes: InTwo, tmp_path: Path) -> None:
    in_two_processes(lambda: train_and_tell(tmp_path))
    two = json.loads((tmp_path / "out.json").read_text())
    assert two["processes"] == 2
    one = loop(Train(steps=10, batch=8, lr=0.01, ema=0.9), chance=False)
    curves = one.run(tmp_path / "one.safetensors")
    for a, b in zip(weights(one), two["weights"], strict=True):
        np.testing.assert_allclose(a.flatten(), b, rtol=1e-4, atol=1e-6)
    for a, b in zip(curves, two["curves"], strict=True):
        for kind in {"terms", "held_out"} & a.keys():
            assert a[kind] == pytest.approx(b[kind], rel=1e-4)


def test_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(ZooError, match="'secnd' is not a player. Did you mean 'second'"):
        loop(Train(steps=1, batch=8, lr={"first": 0.1, "secnd": 0.1}))
    with pytest.raises(ZooError, match="batch 9 cannot be shared .* multiple of 2"):
        loop(Train(steps=1, batch=9, accumulate=2))
    with pytest.raises(ZooError, match="loss of 'first' is (nan|inf) at step"):
        loop(Train(steps=300, batch=8, lr=1e30), chance=False).run(tmp_path / "c.safetensors")
