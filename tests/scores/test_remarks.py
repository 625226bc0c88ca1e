"""Where rows that know nothing win, the table says so."""

import math

from zoo.scores.remarks import ahead_of_data, remark


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


def test_models_that_beat_real_structures_are_told_where_chance_does_not_explain_it() -> None:
    intervals = {"one": (0.8, 0.9), "other": (0.6, 0.75)}
    found = ahead_of_data(intervals, 0.7, higher_is_better=True)
    assert found.startswith("one: ahead of real structures that no model has seen (0.7)")
    assert ahead_of_data(intervals, 0.7, higher_is_better=False) == ""
    assert ahead_of_data({"one": (0.1, 0.2)}, 0.3, higher_is_better=False).startswith("Ahead of real structures")
    assert (
        ahead_of_data({"one": None}, 0.3, higher_is_better=True)
        == ahead_of_data(intervals, None, higher_is_better=True)
        == ""
    )
