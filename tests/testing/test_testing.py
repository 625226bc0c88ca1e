"""The conformance kit finds what is broken, says which promise it breaks, and nothing else."""

import importlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import zoo
from zoo import Component, discovery, hookimpl
from zoo.registry import KINDS
from zoo.testing import check, promises

# Laminates keep every contract, as test_third_party.py shows; what is here breaks one promise each.
sys.path.insert(0, str(Path(__file__).parents[1] / "third_party"))
plugin = importlib.import_module("zoo_laminates")
(
    across_modulus,
    decorrelation,
    laminate,
    laminate_moduli,
    laminate_text,
    laminates,
    layer_autoencoder,
    layer_critic,
    layer_denoiser,
    layer_generator,
    layer_scores,
    markov_chain,
    odd_layer,
    sigmoid,
    unipc,
) = (
    importlib.import_module(f"zoo_laminates.components.{component.name.replace('-', '_')}")
    for component in sorted(plugin.zoo_components(), key=lambda c: c.name)
)
del sys.path[0]

DATA = {"use": "laminates", "layers": 8, "count": 12}
STACKS = {"file": Path(__file__).parents[1] / "third_party" / "tests" / "stacks.layers"}


class Undocumented(decorrelation.Decorrelation):
    __doc__ = None


class StrangeDefault(decorrelation.Decorrelation):
    """A default that its annotation does not allow."""

    def __init__(self, weight: int = 0.5) -> None:  # type: ignore[assignment]
        super().__init__(weight)


class Misnamed(layer_generator.LayerGenerator):
    """Its reserved argument is something else."""

    @zoo.register_to_config
    def __init__(self, structure: tuple[int, ...] = (8,)) -> None:
        super().__init__(structure=((8,), 0.0, 1.0))


class Fails(decorrelation.Decorrelation):
    """Has a bug."""

    def loss(self, positive: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
        return {"ratio": positive.no_such_thing}


class NotOnMeta(decorrelation.Decorrelation):
    """Asks a tensor for its number while it is made."""

    def __init__(self) -> None:
        super().__init__(float(torch.ones(1).sum()))


class TooHigh(laminate.Laminate):
    """Hardens to what is out of range."""

    def harden(self, soft: Tensor) -> Tensor:
        return 2 * super().harden(soft)


class Restless(laminate.Laminate):
    """Changes what is hard already."""

    def harden(self, soft: Tensor) -> Tensor:
        return super().harden(soft).roll(1, 1)


class Forgetful(laminate.Laminate):
    """Orientation 1 loses layers."""

    def orient(self, structures: Tensor, orientation: Tensor) -> Tensor:
        return structures.roll(1, 1).cummax(1).values.where(orientation.view(-1, 1) == 1, structures)


class TurnsAll(laminate.Laminate):
    """Orients a batch as its first structure asks."""

    def orient(self, structures: Tensor, orientation: Tensor) -> Tensor:
        return structures.flip(1) if orientation[0] == 1 else structures


class Flat(laminate.Laminate):
    """A lattice without a volume."""

    def lattice(self, count: int) -> Tensor:
        return torch.ones(count, 3, 3)


class Scribbles(laminate.Laminate):
    """Writes something else."""

    def write(self, structures: np.ndarray, path: Path) -> None:
        super().write(1 - structures, path)


class NoPicture(laminate.Laminate):
    """Its PNG is none."""

    def figures(self, structures: np.ndarray) -> list[zoo.Figure]:
        return [replace(super().figures(structures)[0], media_type="image/png")]


class Miscounts(laminates.Laminates):
    """Says that it has one item more."""

    def chunks(self) -> Iterator[zoo.Chunk]:
        for chunk in super().chunks():
            yield zoo.Chunk(chunk.structures[1:], {name: v[1:] for name, v in chunk.properties.items()})


class Random(laminates.Laminates):
    """Different every time."""

    def make(self, items: range) -> zoo.Chunk:
        self.seed = int(np.random.default_rng().integers(2**32))
        return super().make(items)


class Sequential(laminates.Laminates):
    """An item depends on those before it."""

    def make(self, items: range) -> zoo.Chunk:
        return super().make(range(len(items)))


class Unitless(laminates.Laminates):
    """Its card forgets a property."""

    def card(self) -> zoo.Card:
        return replace(super().card(), units={})


class ReadsAll(laminate_text.LaminateText):
    """Takes any file for its own."""

    @classmethod
    def recognises(cls, path: Path) -> bool:
        return True


class OneLayerShort(laminate_text.LaminateText):
    """Loses a layer."""

    def convert(self, entry: str) -> zoo.Entry:
        return super().convert(entry[1:])


class Believes(laminate_text.LaminateText):
    """Does not look at what it reads."""

    def convert(self, entry: str) -> zoo.Entry:
        return zoo.Entry(np.array([int(layer) for layer in entry], np.uint8))


class Unmeasured(laminate_text.LaminateText):
    """Its card does not know what it reads."""

    def card(self) -> zoo.Card:
        return zoo.Card("Laminates", "", "own", "not stated")


class MeanModuli(laminate_moduli.LaminateModuli):
    """The batch's mean."""

    def values(self, structures: Tensor, lattice: Tensor) -> dict[str, Tensor]:
        return {name: value.mean().expand(len(value)) for name, value in super().values(structures, lattice).items()}


class WithoutUnit(laminate_moduli.LaminateModuli):
    """Has no unit for one of its values."""

    units = {"along": "Pa"}  # noqa: RUF012


class Detached(layer_autoencoder.LayerAutoencoder):
    """Its decoder cuts the gradient."""

    def decode(self, latents: Tensor) -> Tensor:
        return super().decode(latents).detach()


class Summed(layer_autoencoder.LayerAutoencoder):
    """Its loss is a sum over the batch."""

    def loss(self, structures: Tensor, posterior: zoo.Posterior, noise: zoo.Noise) -> dict[str, Tensor]:
        return {name: len(structures) * term for name, term in super().loss(structures, posterior, noise).items()}


class Unsaved(layer_autoencoder.LayerAutoencoder):
    """Its argument is not in its config."""

    def __init__(self, structure: zoo.Structure, large: bool = False) -> None:
        super().__init__(structure, width=128 if large else 64)


class Idle(layer_denoiser.LayerDenoiser):
    """Has a layer that it never uses."""

    @zoo.register_to_config
    def __init__(self, latent_shape: tuple[int, ...], width: int = 16) -> None:
        super().__init__(latent_shape, width)
        self.idle = nn.Linear(1, 1)


class Stubborn(layer_denoiser.LayerDenoiser):
    """Never learns: its parameters hardly bear on what it says."""

    def forward(self, noisy: Tensor, level: zoo.Level, condition: zoo.Condition, previous: Any = None) -> Tensor:
        return 1e-6 * super().forward(noisy, level, condition, previous)


class Mixes(layer_denoiser.LayerDenoiser):
    """Rows know of each other."""

    def forward(self, noisy: Tensor, level: zoo.Level, condition: zoo.Condition, previous: Any = None) -> Tensor:
        return super().forward(noisy, level, condition, previous) + noisy.mean(0)


class Deaf(layer_denoiser.LayerDenoiser):
    """Takes no notice of its conditions."""

    def forward(self, noisy: Tensor, level: zoo.Level, condition: zoo.Condition, previous: Any = None) -> Tensor:
        return super().forward(noisy, level, dict.fromkeys(condition, 0 * noisy[:, 0]), previous)


class NaNDenoiser(layer_denoiser.LayerDenoiser):
    """Divides by what is 0 at pure noise."""

    def forward(self, noisy: Tensor, level: zoo.Level, condition: zoo.Condition, previous: Any = None) -> Tensor:
        return super().forward(noisy, level, condition, previous) / (1 - level.time)[:, None]


class Unstable(layer_generator.LayerGenerator):
    """Draws noise of its own."""

    def forward(self, codes: Tensor) -> Tensor:
        return super().forward(codes + 0.1 * torch.randn_like(codes))


class TwoNumbers(layer_critic.LayerCritic):
    """One number too many."""

    def forward(self, structures: Tensor) -> Tensor:
        return super().forward(structures).repeat(2)


class Shared(odd_layer.OddLayer):
    """All rows draw from the first row's noise."""

    def __call__(self, structures: Tensor, noise: zoo.Noise) -> Tensor:
        lot = noise.uniform(structures.shape[1]).sum(0, keepdim=True).expand_as(structures)
        return (structures - (lot == lot.amax(1, keepdim=True)).float()).abs()


class InPlace(odd_layer.OddLayer):
    """Damages what it is given."""

    def __call__(self, structures: Tensor, noise: zoo.Noise) -> Tensor:
        return structures.copy_(super().__call__(structures, noise))


class FirstCounts(decorrelation.Decorrelation):
    """The first latent counts for more."""

    def loss(self, positive: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
        return {"first": positive[0].square().mean()}


class Pole(decorrelation.Decorrelation):
    """The inverse distance, without softening."""

    def loss(self, positive: Tensor, negative: Tensor | None) -> dict[str, Tensor]:
        norm = positive.flatten(1).norm(dim=1)
        return {"pole": (1 / norm).mean()}


class Backwards(sigmoid.Sigmoid):
    """Clean at the end."""

    def signal(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        return super().signal(self.steps - 1 - timesteps)


class Disagrees(sigmoid.Sigmoid):
    """Tells diffusers of another schedule."""

    def scheduler_config(self) -> dict[str, Any]:
        return {"num_train_timesteps": self.steps, "beta_schedule": "linear"}


class WrongTarget(sigmoid.Sigmoid):
    """A velocity of the wrong sign."""

    def target(self, prediction: Any, clean: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        target = super().target(prediction, clean, noise, timesteps)
        return -target if prediction == "velocity" else target


class Late(sigmoid.Sigmoid):
    """Timesteps past the last."""

    def draw(self, noise: zoo.Noise) -> Tensor:
        return super().draw(noise) + 10


class Timid(unipc.UniPC):
    """Takes shorter steps."""

    def advance(self, walk: zoo.Walk, scheduler: Any, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        return super().advance(walk, scheduler, 0.8 * clean, noisy, timestep)


class Sociable(unipc.UniPC):
    """Rows are drawn towards their mean."""

    def advance(self, walk: zoo.Walk, scheduler: Any, clean: Tensor, noisy: Tensor, timestep: Tensor) -> Tensor:
        return super().advance(walk, scheduler, clean + 0.01 * clean.mean(0), noisy, timestep)


class Lost(unipc.UniPC):
    """Its inverse leads elsewhere."""

    def invert(self, walk: zoo.Walk, clean: Tensor) -> Tensor:
        return torch.zeros_like(clean)


class WrongSlope(across_modulus.AcrossModulus):
    """Half of its gradient is cut."""

    def energy(self, structures: Tensor, target: Mapping[str, float]) -> Tensor:
        energy = super().energy(structures, target)
        return energy * energy.detach()


class Vague(layer_scores.LayerScores):
    """Does not say what it measures."""

    def scores(self, generated: np.ndarray, reference: Any, facts: zoo.Facts) -> dict[str, zoo.Score]:
        return {"vague": zoo.Score(1.0, "good")}


class Moody(layer_scores.LayerScores):
    """Different the second time."""

    def scores(self, generated: np.ndarray, reference: Any, facts: zoo.Facts) -> dict[str, zoo.Score]:
        seen = facts.once("seen", list)
        seen.append(generated)
        return {"moody": zoo.Score(float(len(seen)), "How often it was asked.")}


class Skips(markov_chain.MarkovChain):
    """Names a stage that it has not."""

    trains = ("layers",)


class Careless(markov_chain.MarkovChain):
    """Draws from torch's own random numbers."""

    def draw(self, noise: zoo.Noise, condition: zoo.Condition) -> Tensor:
        return torch.rand(len(noise), self.layers)


class Secretive(markov_chain.MarkovChain):
    """Keeps what it has learned where nothing is saved."""

    def __init__(self, structure: zoo.Structure, memory: int = 3) -> None:
        super().__init__(structure, memory)
        share = self.stiff_share
        del self.stiff_share
        self.register_buffer("stiff_share", share, persistent=False)
        self.register_buffer("something", torch.zeros(1))


CASES: list[tuple[str, type, str, dict[str, Any]]] = [
    ("regulariser", Undocumented, "docstring of its own. Undocumented has no docstring.", {}),
    ("regulariser", StrangeDefault, "default is what its annotation allows.", {}),
    ("generator", Misnamed, "'structure' is a reserved name", {"dataset": DATA}),
    ("regulariser", NotOnMeta, "on the meta device too", {}),
    ("regulariser", Fails, "AttributeError: 'Tensor' object has no attribute 'no_such_thing' (", {}),
    ("domain", TooHigh, "lies between 0 and 2, expected 0 to 1.", {}),
    ("domain", Restless, "Hardened again, it differs by up to 1.", {}),
    ("domain", Forgetful, "Orientation 1, done 120 times, never comes back", {}),
    ("domain", TurnsAll, "What is turned together differs", {}),
    ("domain", Flat, "Its vectors lie in a plane.", {}),
    ("domain", Scribbles, "What is read from .npz was not written.", {}),
    ("domain", NoPicture, "PNG or SVG files with captions", {}),
    ("dataset", Miscounts, "`count` is 30, and the chunks hold 29.", {"block": {"count": 30}}),
    ("dataset", Random, "Built again, it gives the same bytes. Its structures differ.", {"block": {"count": 30}}),
    ("dataset", Sequential, "Item i depends on the arguments and on i only", {"block": {"count": 30}}),
    ("dataset", Unitless, "There are units for [], the properties are ['stiff_share'].", {"block": {"count": 30}}),
    ("importer", ReadsAll, "It recognises a file that is not there.", STACKS),
    ("importer", OneLayerShort, "A structure has the shape (7,).", STACKS),
    ("importer", Believes, "never another error. ValueError", STACKS),
    ("importer", Unmeasured, "There are no units for ['stiff_share'].", STACKS),
    ("property", MeanModuli, "The value of a structure depends on no other.", {"dataset": DATA}),
    ("property", WithoutUnit, "Values are ['across', 'along'], units ['along'].", {"dataset": DATA}),
    ("encoder", Detached, "What it returns is detached.", {"dataset": DATA}),
    ("encoder", Summed, "rows that come twice change nothing. reconstruction differs", {"dataset": DATA}),
    ("encoder", Unsaved, "Its config lacks large: decorate __init__", {"dataset": DATA}),
    ("denoiser", Idle, "No gradient reaches idle.bias, idle.weight", {}),
    ("denoiser", Stubborn, "After 40 steps of Adam", {}),
    ("denoiser", Mixes, "an answer depends on its own row only", {}),
    ("denoiser", Deaf, "The value of 'stiff_share' changes nothing.", {"block": {"conditions": ["stiff_share"]}}),
    ("denoiser", NaNDenoiser, "At time 1.0, the prediction holds NaN or infinities.", {}),
    ("generator", Unstable, "the same inputs give the same answers", {"dataset": DATA}),
    ("critic", TwoNumbers, "The judgement is float32 [16], expected float32 [8].", {"dataset": DATA}),
    ("negatives", Shared, "With other noise for the others, row 0 differs", {"dataset": DATA}),
    ("negatives", InPlace, "It changes what it is given.", {"dataset": DATA}),
    ("regulariser", FirstCounts, "The order of a batch means nothing. first differs", {}),
    ("regulariser", Pole, "Where latents are zero, 'pole' is inf.", {}),
    ("schedule", Backwards, "alpha grows.", {}),
    ("schedule", Disagrees, "adds the same noise. The noisy latent differs", {}),
    ("schedule", WrongTarget, "From the velocity, what it finds differs", {}),
    ("schedule", Late, "What it draws lies between", {}),
    ("sampler", Timid, "Along a diffusion they have mean 0.8", {}),
    ("sampler", Sociable, "Row b depends on row b of the noise only", {}),
    ("sampler", Lost, "Where it leads differs", {}),
    ("objective", WrongSlope, "The gradient of its energy is what finite differences say.", {"dataset": DATA}),
    ("evaluator", Vague, "'vague' says 'good', which is not a sentence.", {"dataset": DATA}),
    ("evaluator", Moody, "'moody' is 1.0, then 2.0.", {"dataset": DATA}),
    ("model", Skips, "It names ('layers',), and the stages are ().", {"dataset": DATA}),
    ("model", Careless, "Drawn again, it differs", {"dataset": DATA}),
    ("model", Secretive, "another one that is given them draws the same.", {"dataset": DATA}),
]


@hookimpl
def zoo_components() -> Iterable[Component]:
    return [Component(kind, part.__name__, f"{__name__}:{part.__name__}", "Broken") for kind, part, _, _ in CASES]


@pytest.fixture(autouse=True)
def _plugins() -> Iterator[None]:
    with discovery.using():
        discovery.discovery().add("laminates", "zoo-laminates 0.3.0", plugin)
        discovery.discovery().add("broken", "broken-parts 1.0", sys.modules[__name__])
        yield


@pytest.mark.parametrize(("kind", "part", "words", "example"), CASES, ids=[part.__name__ for _, part, _, _ in CASES])
def test_what_is_broken_is_told(kind: str, part: type, words: str, example: dict[str, Any]) -> None:
    example = {"target": {"across": 3.0}, **example}
    with pytest.raises(AssertionError) as caught:
        check(kind, {"use": part.__name__, **example.pop("block", {})}, **example)
    first, *lines = str(caught.value).split("\n- ")
    assert first == f"{kind} {part.__name__!r} of broken-parts 1.0 breaks its contract, zoo.{kind.capitalize()}."
    assert any(words in line for line in lines), lines
    assert all(line.startswith(tuple(promises(kind))) for line in lines)


def test_what_cannot_be_loaded_is_told() -> None:
    with pytest.raises(zoo.ZooError, match="there is no regulariser 'decorelation'. Did you mean 'decorrelation'?"):
        check("regulariser", {"use": "decorelation"})
    with pytest.raises(zoo.ZooError, match="there is no kind 'regularizer'. Did you mean 'regulariser'?"):
        check("regularizer", {"use": "decorrelation"})


def test_want_of_a_docstring_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FirstCounts, "__doc__", None)
    with pytest.raises(AssertionError, match=r"FirstCounts has no docstring\.\n- .*The order of a batch means nothing"):
        check("regulariser", {"use": "FirstCounts"})


def test_an_example_that_is_missing_is_asked_for() -> None:
    with pytest.raises(zoo.ZooError, match="a check of encoder 'layer-autoencoder' needs structures"):
        check("encoder", {"use": "layer-autoencoder"})


@pytest.mark.parametrize("kind", KINDS)
def test_promises_are_sentences(kind: str) -> None:
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in promises(kind))
    assert len(promises(kind)) == len(set(promises(kind))) >= 7
