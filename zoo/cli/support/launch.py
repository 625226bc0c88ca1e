"""One command in several processes of this machine, as torchrun starts them, with one message at the end."""

import logging
import os
import signal
import sys
from collections.abc import Sequence

import typer

from zoo.cli.support.stopping import say_stopped
from zoo.errors import ZooError
from zoo.system import processes


def share_out(count: int) -> None:
    """Start this command anew in `count` processes, unless a launcher has started this one."""
    if processes.launched():
        if count not in (1, processes.count()):
            raise ZooError(f"--processes {count}: the launcher has started {processes.count()}.")
    elif count > 1:
        raise typer.Exit(launch(count, sys.argv[1:]))


def launch(count: int, arguments: Sequence[str]) -> int:
    """Run `zoo` with these arguments in `count` processes. Returns 0, or the exit code of the first to fail, which
    ends the others. The first Ctrl-C is passed on, and they stop when it suits; the second ends them."""
    from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, SignalException, start_processes
    from torch.distributed.elastic.utils.distributed import get_free_port

    from zoo.system.progress import console

    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)
    shared = {
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(get_free_port()),  # type: ignore[no-untyped-call]
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", str(max(1, (os.cpu_count() or 1) // count))),
    }
    group = start_processes(
        "zoo",
        sys.executable,
        args=dict.fromkeys(range(count), ("-m", "zoo", *arguments)),
        envs={number: shared | {"RANK": str(number), "LOCAL_RANK": str(number)} for number in range(count)},
        logs_specs=DefaultLogsSpecs(log_dir=os.devnull),
    )
    stopped = False
    while True:
        try:
            result = group.wait(period=0.1)
            assert result is not None, "it waits for ever"
            return next((abs(failure.exitcode) for failure in result.failures.values()), 0)
        except SignalException as caught:
            if stopped or caught.sigval != signal.SIGINT:
                group.close(signal.SIGKILL)
                console.show_cursor()
                say_stopped()
                return 128 + caught.sigval
            stopped = True
            for worker in group.pids().values():
                os.kill(worker, signal.SIGINT)
