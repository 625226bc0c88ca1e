"""Conditions: what is not known is not given, and switches nothing off; groups are hidden as often as is asked."""

import math
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from zoo import Conditions, Noise, ZooError

VALUES = {
    "C11": torch.tensor([1.0, 3.0, torch.nan, 2.0]),
    "volume": torch.tensor([0.2, 0.4, 0.3, torch.nan]),
    "tensor": torch.ones(4, 6, 6),
    "unknown": torch.full((4,), torch.nan),
    "constant": torch.tensor([5.0, 5.0, torch.nan, 5.0]),
}
DATA: Any = SimpleNamespace(train=SimpleNamespace(properties=VALUES.__getitem__))
NAN = torch.nan


def conditions(*names: str, scale: Any = "range") -> Conditions:
    made = Conditions(nn.Module(), names, scale)
    made.fit(DATA)
    return made


def same(one: Tensor, other: list[float]) -> bool:
    return torch.allclose(one, torch.tensor(other), equal_nan=True)


def test_the_known_values_become_0_to_1_and_the_others_are_not_given() -> None:
    scaled = conditions("C11", "volume").scaled({"C11": VALUES["C11"]}, 4)
    assert same(scaled["C11"], [0.0, 1.0, NAN, 0.5])
    assert same(scaled["volume"], [NAN] * 4)


def test_by_spread_the_known_values_have_mean_0_and_deviation_1() -> None:
    scaled = conditions("C11", "volume", scale="spread").scaled(VALUES, 4)
    assert same(scaled["C11"], [-1.0, 1.0, NAN, 0.0])
    assert same(scaled["volume"], [-1.0, 1.0, 0.0, NAN])


def test_what_cannot_be_conditioned_on_is_told_all_at_once() -> None:
    with pytest.raises(ZooError) as caught:
        conditions("tensor", "C11", "unknown", "constant")
    assert len(caught.value.problems) == 3
    assert "'tensor': tensor is an array [6, 6]; name one of its numbers, as tensor[0][0]" in caught.value.problems[0]
    assert "'unknown': no structure to learn from has a value" in caught.value.problems[1]
    assert "'constant': all structures to learn from have the value 5" in caught.value.problems[2]


def test_components_of_a_tensor_are_conditions_like_others() -> None:
    tensor = torch.arange(4 * 36.0).view(4, 6, 6)
    tensor[1, 0, 3] = NAN
    properties = {"stiffness": tensor, "volume": VALUES["volume"]}
    made = Conditions(nn.Module(), ["stiffness[0][3]", "volume"])
    made.fit(SimpleNamespace(train=SimpleNamespace(properties=properties.__getitem__)))
    # 3, unknown, 75, 111: by the whole properties of a batch, and by the condition's own name.
    assert same(made.scaled(properties, 4)["stiffness[0][3]"], [0.0, NAN, 2 / 3, 1.0])
    assert same(made.scaled({"stiffness[0][3]": torch.tensor([57.0])}, 1)["stiffness[0][3]"], [0.5])
    assert same(made.scaled({}, 2)["stiffness[0][3]"], [NAN, NAN])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tensor[6][0]", r"tensor is an array \[6, 6\]; name one of its numbers, as tensor\[0\]\[0\]"),
        ("tensor[0]", r"tensor is an array \[6, 6\]"),
        ("tensor[0][0][0]", r"tensor is an array \[6, 6\]"),
        ("C11[0]", "C11 is a single number, and has no components"),
    ],
)
def test_numbers_that_are_not_there(name: str, message: str) -> None:
    with pytest.raises(ZooError, match=message):
        conditions(name)


def test_what_is_fitted_travels_with_the_weights() -> None:
    fitted, fresh = nn.Module(), nn.Module()
    Conditions(fitted, ["C11"]).fit(DATA)
    other = Conditions(fresh, ["C11"])
    fresh.load_state_dict(fitted.state_dict())
    assert same(other.scaled({"C11": torch.tensor([2.0])}, 1)["C11"], [0.5])
    assert sorted(fitted.state_dict()) == ["condition_high", "condition_low"]


def test_groups_are_hidden_apart_and_as_often_as_is_asked() -> None:
    count = 20_000
    made = conditions("C11", "volume")
    condition = made.scaled({"C11": torch.full((count,), 2.0), "volume": torch.full((count,), 0.3)}, count)
    noise = Noise(0, range(count), torch.device("cpu"))
    shown = made.drop(condition, noise, (("C11", "volume"), 0.1), (("C11",), 0.2), (("volume",), 0.3))
    hidden = torch.stack([shown["C11"].isnan(), shown["volume"].isnan()], 1)
    for pattern, chance in (([True, True], 0.1), ([True, False], 0.2), ([False, True], 0.3), ([False, False], 0.4)):
        share = float((hidden == torch.tensor(pattern)).all(1).float().mean())
        assert abs(share - chance) < 5 * math.sqrt(chance * (1 - chance) / count)
    assert same(shown["C11"][~hidden[:, 0]][:3], [0.5] * 3)
