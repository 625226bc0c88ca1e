"""Every test session has its own `$ZOO_HOME`, so that nothing a user has built is read or changed; a toy plugin."""

import os
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
import torch
from accelerate.state import AcceleratorState
from torch.distributed.elastic.utils.distributed import get_free_port

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
def one_thread() -> Iterator[None]:
    """As in the processes that tests start: torch's results are the same to the bit only for the same number."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def in_two_processes() -> Callable[[Callable[[], object]], None]:
    """Calls a function in two copies of this process that share their work, as those that a launcher starts do. They
    have imported already what takes a launcher's children seconds."""

    def call(work: Callable[[], object]) -> None:
        port = get_free_port()
        children = [_forked(work, rank, port) for rank in (0, 1)]
        assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]

    return call


def _forked(work: Callable[[], object], rank: int, port: int) -> int:
    child = os.fork()
    if child:
        return child
    code: object = 1
    try:
        torch.set_num_threads(1)  # What a fork leaves of a pool of threads does not work.
        AcceleratorState._reset_state(reset_partial_state=True)
        os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
        os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
        work()
        code = 0
    except SystemExit as end:
        code = end.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


@pytest.fixture
def toy() -> Iterator[None]:
    """The components of toy_plugin.py are there beside all others."""
    with discovery.using(TOY):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", discovery.PluginWarning)  # It imports numpy and torch, as no plugin should.
            discovery.discovery()
        yield
    sys.modules.pop(TOY.stem, None)
