"""Every test session has its own `$ZOO_HOME`, so that nothing a user has built is read or changed; a toy plugin."""

import os
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from zoo import discovery

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("zoo", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("zoo")

TOY = Path(__file__).parent / "toy_plugin.py"


@pytest.fixture(scope="session", autouse=True)
def zoo_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("zoo-home")
    os.environ["ZOO_HOME"] = str(folder)
    yield folder
    del os.environ["ZOO_HOME"]


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> None:
    """A shell starts what it puts in the background deaf to Ctrl-C, and the tests and their children with it. A command
    that was stopped in an earlier test has made this process deaf, too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The components of toy_plugin.py are there beside all others."""
    monkeypatch.setattr(discovery, "_files", [TOY])
    discovery.discovery.cache_clear()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", discovery.PluginWarning)  # It imports numpy and torch, as no plugin should.
        discovery.discovery()
    yield
    discovery.discovery.cache_clear()
    sys.modules.pop(TOY.stem, None)
