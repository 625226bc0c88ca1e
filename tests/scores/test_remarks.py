"""Where rows that know nothing win, the table says so."""

import math

from zoo.scores.remarks import remark


def test_trivial_rows_ahead_of_every_model_are_named_best_first() -> None:
    trivial = {"noise": 0.0, "thicker": 0.77, "union": 0.93, "lost": math.nan}
    models = {"voxploer": 0.7, "vae": 0.2, "broken": math.nan}
    found = remark(models, trivial, higher_is_better=True)
    assert found == "Trivial rows beat every model: union (0.93), thicker (0.77)."
    assert remark({"voxploer": 0.8}, trivial, higher_is_better=True) == "A trivial row beats the model: union (0.93)."
    assert remark(models, trivial, higher_is_better=False) == "A trivial row beats every model: noise (0)."


def test_there_is_nothing_to_say_of_a_tie_or_without_models() -> None:
    assert remark({"voxploer": 0.93}, {"union": 0.93}, higher_is_better=True) == ""
    assert remark({}, {"union": 0.93}, higher_is_better=True) == ""
    assert remark({"broken": math.nan}, {"union": 0.93}, higher_is_better=True) == ""
    assert remark({"voxploer": 0.5}, {}, higher_is_better=True) == ""
