import io

import pytest
from rich.console import Console

from zoo.system import progress


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What goes to a file, with a clock that the test moves."""
    written = io.StringIO()
    monkeypatch.setattr(progress, "console", Console(file=written))
    return written


def test_without_a_terminal_there_is_a_line_each_half_minute_and_one_at_the_end(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    with progress.bar("denoiser", 100, done=40) as shown:
        for step in range(1, 61):
            now += 1.0
            shown.note(f"loss {1 / step:.2f}")
            shown.advance()
    assert log.getvalue().splitlines() == [
        "denoiser     70/100  0:00:30  left 0:00:30  loss 0.03",
        "denoiser     100/100  0:01:00  left 0:00:00  loss 0.02",
    ]


def test_work_that_is_stopped_says_where(log: io.StringIO) -> None:
    with pytest.raises(KeyboardInterrupt), progress.bar("samples", 10) as shown:
        shown.advance(3)
        raise KeyboardInterrupt
    assert log.getvalue().startswith("samples      3/10  ")


def test_quiet_work_says_nothing(log: io.StringIO) -> None:
    with progress.bar("samples", 1, quiet=True) as shown:
        shown.advance()
    assert log.getvalue() == ""
