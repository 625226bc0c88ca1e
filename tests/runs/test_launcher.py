"""Settings that a launcher or the environment gives Accelerate are refused, or are the run's own."""

import pytest

from zoo import ZooError
from zoo.runs.launcher import refuse_hidden_settings


def test_what_would_change_a_training_behind_its_key_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCELERATE_GRADIENT_ACCUMULATION_STEPS", "3")
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(ZooError) as caught:
        refuse_hidden_settings("no")
    accumulation, precision, sharding = caught.value.problems
    assert "ACCELERATE_GRADIENT_ACCUMULATION_STEPS=3" in accumulation
    assert "train.<stage>.accumulate" in accumulation
    assert "ACCELERATE_MIXED_PRECISION=bf16" in precision
    assert "--precision decides" in precision
    assert "ACCELERATE_USE_FSDP=true" in sharding


def test_what_launchers_set_unasked_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("GRADIENT_ACCUMULATION_STEPS", "1"), ("MIXED_PRECISION", "no"), ("DYNAMO_BACKEND", "no")):
        monkeypatch.setenv(f"ACCELERATE_{name}", value)
    refuse_hidden_settings("no")
    refuse_hidden_settings("bf16")


def test_the_run_s_own_precision_may_be_said_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    refuse_hidden_settings("bf16")
