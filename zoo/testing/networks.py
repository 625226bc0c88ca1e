"""What every network promises: encoder, denoiser, generator, critic."""

import json
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from zoo.building.schema import schema
from zoo.interfaces.network import Network
from zoo.testing.compare import GPU_ROUNDING, ROUNDING, check_all_same
from zoo.testing.probes import PROBES, Probe
from zoo.testing.subject import SEED, Subject, gpus

STEPS = 40
LEARNING_RATE = 5e-3
MAX_LOSS_RATIO = 0.9
"""Share of its first value below which the loss must fall."""


def saves_and_loads(subject: Subject) -> None:
    """Saved and loaded again, it has the same config and the same weights, and gives the same answers."""
    network = subject.build().eval()
    with tempfile.TemporaryDirectory() as folder:
        network.save_pretrained(folder, safe_serialization=True)
        files = {path.name for path in Path(folder).iterdir()}
        loaded = _load(type(network), folder).eval()
    assert all(name == "config.json" or name.endswith(".safetensors") for name in files), f"It wrote {sorted(files)}."
    lost = schema(subject.component).keys() - network.config.keys()
    assert not lost, f"Its config lacks {', '.join(sorted(lost))}: decorate __init__ with zoo.register_to_config."
    first, second = _arguments(network), _arguments(loaded)
    assert first == second, f"Its config was {first}, and is {second}."
    check_all_same(_answers(subject, network), _answers(subject, loaded))


def repeats_itself(subject: Subject) -> None:
    """In evaluation, the same inputs give the same answers, and a seed the same weights."""
    first, second = subject.build().eval(), subject.build().eval()
    check_all_same(_answers(subject, first), _answers(subject, first))
    check_all_same(dict(first.named_parameters()), dict(second.named_parameters()))


def learns(subject: Subject) -> None:
    """It learns: gradients reach every parameter, and the loss on one small batch falls."""
    network = subject.build().train()
    names = {name for name, parameter in network.named_parameters() if parameter.requires_grad}
    if not names:
        return
    losses, reached = train(network, probe_of(subject))
    missed = ", ".join(sorted(names - reached))
    assert not missed, f"No gradient reaches {missed}; several processes would wait for it for ever."
    first, last = losses[0], max(losses[-3:])
    assert last < MAX_LOSS_RATIO * first, f"After {STEPS} steps of Adam it is {last:.3g}, and was {first:.3g}."


def runs_in_bfloat16(subject: Subject) -> None:
    """Its loss is finite under the automatic mixed precision of `--precision bf16`."""
    network, probe = subject.build().train(), probe_of(subject)
    if any(True for _ in network.parameters()):
        with torch.autocast("cpu", torch.bfloat16):
            loss = probe.loss(network, probe.inputs(network))
        assert bool(torch.isfinite(loss)), f"It is {float(loss)}."


def runs_on_gpu(subject: Subject) -> None:
    """On a GPU it gives what it gives on the CPU."""
    network = subject.build().eval()
    expected = _answers(subject, network)
    for device in gpus():
        answers = _answers(subject, network.to(device), device)
        assert all(answer.device.type == device for answer in answers.values()), f"Answers are not on {device}."
        check_all_same(expected, answers, GPU_ROUNDING)


def keeps_rows_apart(subject: Subject) -> None:
    """In evaluation, an answer depends on its own row only: samples must not depend on how they are batched."""
    network, probe = subject.build().eval(), probe_of(subject)
    inputs = probe.inputs(network)
    others = {name: torch.cat([values[:1], values[-1:].expand_as(values)[1:]]) for name, values in inputs.items()}
    with torch.no_grad():
        first, second = probe.answers(network, inputs), probe.answers(network, others)
    check_all_same({name: a[:1] for name, a in first.items()}, {name: a[:1] for name, a in second.items()}, ROUNDING)


PROMISES = (saves_and_loads, repeats_itself, learns, runs_in_bfloat16, runs_on_gpu)


def probe_of(subject: Subject) -> Probe:
    """How to ask and teach a network of this kind."""
    return PROBES[subject.kind](subject)


def train(network: Network, probe: Probe) -> tuple[list[float], set[str]]:
    """The losses of a few steps on one batch, and the names of the parameters that any gradient reached."""
    optimiser = torch.optim.Adam(network.parameters(), LEARNING_RATE)
    inputs, losses, reached = probe.inputs(network), [], set[str]()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        for _ in range(STEPS):
            optimiser.zero_grad()
            loss = probe.loss(network, inputs)
            torch.autograd.backward(loss)
            optimiser.step()
            losses.append(loss.item())
            reached |= {name for name, p in network.named_parameters() if p.grad is not None and bool(p.grad.any())}
    return losses, reached


def check_latent_shape(shape: Any) -> None:
    """Asserts that a `latent_shape` is a tuple of whole numbers."""
    sound = isinstance(shape, tuple) and all(isinstance(size, int) for size in shape)
    assert sound, f"`latent_shape` is {shape!r}, expected a tuple of whole numbers."


def check_gradient(outputs: Tensor, inputs: Tensor) -> None:
    """Asserts that every row of the inputs has a share in the outputs' gradient."""
    assert outputs.requires_grad, "What it returns is detached."
    weights = torch.randn(outputs.shape, generator=torch.Generator().manual_seed(SEED))
    (gradient,) = torch.autograd.grad((outputs * weights).sum(), inputs, allow_unused=True)
    assert gradient is not None and bool(torch.isfinite(gradient).all()), "The gradient is missing or not finite."
    dead = int((gradient.flatten(1) == 0).all(1).sum())
    assert dead == 0, f"The gradient is zero for {dead} of {len(inputs)} rows."


@torch.no_grad()
def _answers(subject: Subject, network: Network, device: str = "cpu") -> dict[str, Tensor]:
    probe = probe_of(subject)
    inputs = {name: values.to(device) for name, values in probe.inputs(network).items()}
    return probe.answers(network, inputs)


def _load(component: type[Network], folder: str) -> Network:
    if not list(Path(folder).glob("*.safetensors")):  # Nothing to learn, nothing saved.
        bare: Network = component.from_config(component.load_config(folder))
        return bare
    loaded, told = component.from_pretrained(folder, output_loading_info=True)
    for problem in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        assert not told[problem], f"Its weights have {problem.replace('_', ' ')}: {told[problem]}."
    network: Network = loaded
    return network


def _arguments(network: Network) -> Any:
    """The config as JSON has it, without diffusers' own entries."""
    return {key: json.loads(json.dumps(value)) for key, value in network.config.items() if not key.startswith("_")}
