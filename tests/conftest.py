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


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all processes of a test session: for what takes long to make and is there to be found."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def zoo_home(shared: Path) -> Iterator[Path]:
    folder = shared / "zoo-home"
    os.environ["ZOO_HOME"] = str(folder)
    yield folder
    del os.environ["ZOO_HOME"]


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> None:
    """A shell starts what it puts in the background deaf to Ctrl-C, and the tests and their children with it. A command
    that was stopped in an earlier test has made this process deaf, too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def toy() -> Iterator[None]:
    """The components of toy_plugin.py are there beside all others."""
    with discovery.using(TOY):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", discovery.PluginWarning)  # It imports numpy and torch, as no plugin should.
            discovery.discovery()
        yield
    sys.modules.pop(TOY.stem, None)
