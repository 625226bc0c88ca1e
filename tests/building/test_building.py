"""A class's signature is its schema; what is wrong is told, all of it; parts are built inside out."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from zoo import Structure, ZooError
from zoo.building.builder import Builder, build
from zoo.building.schema import REQUIRED, booleans, check, complete, describe, schema
from zoo.interfaces.denoiser import Denoiser
from zoo.interfaces.encoder import Encoder
from zoo.interfaces.model import Model
from zoo.interfaces.negatives import Negatives
from zoo.interfaces.objective import Objective
from zoo.interfaces.property import Property
from zoo.registry import registry

pytestmark = pytest.mark.usefixtures("toy")

MODEL: dict[str, Any] = {
    "use": "latent-diffusion",
    "encoder": {"use": "halving"},
    "schedule": {"use": "linear"},
    "denoiser": {"use": "scale"},
    "sampler": {"use": "ddpm"},
}
EIGHT = Structure((8,), 0.0, 1.0)


def everything(**arguments: Any) -> dict[str, Any]:
    return {"use": "everything", "must": 1, **arguments}


def test_the_signature_is_the_schema() -> None:
    arguments = schema(registry().load(Objective, "everything"))
    assert list(arguments) == ["must", "share", "flag", "name", "choice", "sizes", "table", "base"]
    assert arguments["must"].default is REQUIRED
    assert arguments["share"].default == 0.5
    assert arguments["base"].kind == "sampler"
    assert [argument.kind for argument in arguments.values()].count(None) == 7


def test_reserved_arguments_are_no_part_of_the_schema() -> None:
    assert list(schema(registry().load(Encoder, "halving"))) == ["width", "depth"]
    assert list(schema(registry().load(Denoiser, "scale"))) == ["prediction", "conditions"]


@pytest.mark.parametrize(
    ("argument", "value", "read"),
    [
        ("share", "1e-4", 1e-4),
        ("share", 1, 1.0),
        ("must", 2.0, 2),
        ("must", "3", 3),
        ("flag", True, True),
        ("sizes", [3, 4], (3, 4)),
        ("table", {"a": "1e-3"}, {"a": 1e-3}),
        ("table", None, None),
        ("base", None, None),
    ],
)
def test_yaml_is_read_kindly(argument: str, value: Any, read: Any) -> None:
    built = build(Objective, everything(**{argument: value}))
    names = list(schema(type(built)))
    given = built.given[names.index(argument)]
    assert given == read
    assert type(given) is type(read)


@pytest.mark.parametrize(
    ("argument", "value", "words"),
    [
        ("must", "abc", "a whole number, got 'abc'"),
        ("must", 3.5, "a whole number, got 3.5"),
        ("must", True, "a whole number, got True"),
        ("must", None, "a whole number, got None"),
        ("share", True, "a number, got True"),
        ("share", [1], "a number, got [1]"),
        ("flag", 1, "true or false, got 1"),
        ("flag", "yes", "true or false, got 'yes'"),
        ("name", 3, "text, got 3"),
        ("choice", "grene", "'red' or 'green', got 'grene'. Did you mean 'green'?"),
        ("sizes", [1, True], "tuple[int, ...], got [1, True]"),
        ("table", {"a": "b"}, "got {'a': 'b'}"),
        ("base", "ddpm", "expected a sampler, {use: name, …}, got 'ddpm'"),
        ("base", {"steps": 3}, "expected a sampler, {use: name, …}, got {'steps': 3}"),
    ],
)
def test_wrong_types_are_named(argument: str, value: Any, words: str) -> None:
    checked = check("objective", everything(**{argument: value}), "role")
    [problem] = checked.problems
    assert problem.path == f"role.{argument}"
    assert words in problem.message


def test_all_problems_at_once_with_their_paths() -> None:
    block = {"use": "everything", "shair": 1, "flag": 0, "base": {"use": "srr", "base": {"use": "dddpm"}, "cap": "x"}}
    found = {problem.path: problem.message for problem in check("objective", block).problems}
    assert set(found) == {"shair", "", "flag", "base.base.use", "base.cap"}
    assert "Did you mean 'share'?" in found["shair"]
    assert "needs 'must'" in found[""]
    assert "Did you mean 'ddpm'?" in found["base.base.use"]


def test_a_retired_argument_is_told_what_takes_its_place() -> None:
    base = {"use": "srr", "base": {"use": "ddpm"}, "radius_scale": 2.0}
    [problem] = check("objective", everything(base=base)).problems
    assert problem.path == "base.radius_scale"
    assert problem.message.startswith("srr no longer takes 'radius_scale'. The radius follows from `coverage`")


def test_what_is_wrong_is_left_out_so_that_the_rest_can_be_tried() -> None:
    checked = check("objective", everything(shair=1, share="x", sizes=[5]))
    assert checked.block is not None
    assert checked.block["share"] == 0.5
    assert checked.block["sizes"] == [5]
    assert "shair" not in checked.block


def test_reserved_arguments_are_not_given() -> None:
    [problem] = check("encoder", {"use": "halving", "structure": [8]}).problems
    assert problem.path == "structure"
    assert "never given" in problem.message


def test_complete_fills_in_defaults_and_revisions() -> None:
    assert complete("sampler", {"use": "srr", "base": {"use": "ddim"}})["base"] == {
        "use": "ddim",
        "steps": 50,
        "eta": 0.0,
        "revision": 1,
    }
    full = complete("model", MODEL)
    assert full["regulariser"] is None
    assert full["revision"] == 1


def test_a_completed_block_without_revisions_is_complete() -> None:
    checked = check("model", MODEL)
    assert checked.block is not None
    assert check("model", checked.block).block == checked.block


def test_parts_get_structure_and_the_latent_of_the_part_before() -> None:
    model = build(Model, MODEL, structure=EIGHT)
    assert model.encoder.latent_shape == (4,)
    assert model.denoiser.seen_shape == (4,)


def test_the_order_is_that_of_the_signature() -> None:
    block = {**MODEL, "negatives": {"use": "needs-latent"}}
    turned = dict(reversed(block.items()))
    assert build(Model, turned, structure=EIGHT).negatives.latent_shape_seen == (4,)


def test_a_latent_that_no_part_has_is_told() -> None:
    with pytest.raises(ZooError, match="needs-latent needs a latent_shape, and no part before it has one"):
        build(Negatives, {"use": "needs-latent"})


def test_constructors_objections_carry_their_path() -> None:
    with pytest.raises(ZooError) as caught:
        build(Model, MODEL, structure=Structure((7,), 0.0, 1.0))
    assert caught.value.problems == ("encoder: halving: length 7 is odd",)


def test_a_bug_is_a_bug_unless_tried() -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        build(Property, {"use": "breaks"})
    trial = Builder(trial=True)
    assert trial.build("property", {"use": "breaks"}, "role") is None
    assert trial.problems == [("role", "Breaks failed: RuntimeError: a bug")]


def test_a_trial_costs_no_memory() -> None:
    structure = Structure((20_000_000,), 0.0, 1.0)  # The layers of the encoder would need 1.6 PB.
    checked = check("model", MODEL)
    assert checked.block is not None
    model = Builder(trial=True).build("model", checked.block, structure=structure)
    assert model.encoder.down.weight.numel() == 2 * 10**14


@pytest.mark.parametrize(
    ("name", "words"), [("unannotated", "'thing' has no annotation"), ("opaque", "'where' is not JSON-able")]
)
def test_an_author_hears_what_is_wrong_with_a_signature(name: str, words: str) -> None:
    with pytest.raises(ZooError, match=words):
        build(Property, {"use": name})


@pytest.mark.parametrize("block", [None, 3, "linear", [], {}, {"use": 3}])
def test_what_is_no_block_is_told(block: Any) -> None:
    [problem] = check("schedule", block).problems
    assert problem.message.startswith("expected a schedule, {use: name, …}")


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_any_yaml_value_is_read_or_refused(value: Any) -> None:
    for argument in schema(registry().load(Objective, "everything")).values():
        if argument.kind:
            continue
        try:
            read = argument.read(value)
        except ValueError:
            continue
        assert argument.read(argument.plain(read)) == read


@given(plain)
def test_booleans_are_where_they_are(value: Any) -> None:
    def count(item: Any) -> int:
        if isinstance(item, list):
            return sum(map(count, item))
        return sum(map(count, item.values())) if isinstance(item, dict) else isinstance(item, bool)

    assert len(list(booleans(value))) == count(value)


def test_types_in_words() -> None:
    assert describe(int | None) == "a whole number or null"
    assert describe(dict[str, float]) == "a mapping, each value a number"
