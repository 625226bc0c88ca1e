"""Every message that the page Troubleshooting quotes is provoked, and is what the page says."""

import os
import re
import shutil
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch

from zoo import discovery
from zoo.cli import main
from zoo.cli.support.stopping import say_stopped
from zoo.errors import ZooError
from zoo.pretrained.loading import load
from zoo.system.files import append_line
from zoo.system.locks import locked

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
MESSAGES = [line for block in re.findall(r"^```text\n(.*?)^```$", PAGE, re.M | re.S) for line in block.splitlines()]
PUBLISHED = ROOT / "tests/pretrained/kirigami-vae"
KIRIGAMI = ("run", "kirigami-vae", "--dataset", "kirigami-60", "--size", "tiny")
MINE = """\
zoo: 1
models:
  mine:
    base: voxploer
    guidance: strong
    train:
      encoder: {epochs: 2}
"""
HOOK = "import zoo\n\n@zoo.hookimpl\ndef zoo_components():\n    return [{}]\n"
COMPONENT = 'zoo.Component("regulariser", "{}", "nowhere:Nowhere", "Is not there", {})'


class Person:
    """Someone at a terminal, in a folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)

    def zoo(self, *arguments: str) -> str:
        """What the program says."""
        self._monkeypatch.setattr(sys, "argv", ["zoo", *arguments])
        with discovery.using(), warnings.catch_warnings(), pytest.raises(SystemExit):
            warnings.simplefilter("always", discovery.PluginWarning)
            main()
        return self.heard()

    def heard(self) -> str:
        return "\n".join(self._capsys.readouterr())

    def write(self, name: str, text: str) -> str:
        (self.folder / name).write_text(text)
        return name

    def without_plugins(self) -> None:
        self._monkeypatch.setenv("ZOO_PLUGINS", "voxels")


@pytest.fixture
def person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Person]:
    with discovery.using():
        yield Person(tmp_path, monkeypatch, capsys)


def names(person: Person) -> str:
    return person.zoo("run", "voxplorer", "--dataset", "metashell")


def arguments(person: Person) -> str:
    return person.zoo("show", "voxploer", "-d", "metashell", "--size", "tiny", "--set", "encoder.widht=3")


def recipe(person: Person) -> str:
    person.write("registry.yaml", MINE)
    return person.zoo("run", "mine", "--dataset", "metashell", "--size", "tiny")


def families(person: Person) -> str:
    return person.zoo("run", "voxploer", "-d", "metashell", "--size", "tiny", "--set", "schedule.use=rectified-flow")


def misfit(person: Person) -> str:
    return person.zoo("run", "voxploer", "--dataset", "kirigami-60", "--size", "tiny")


def stopped(person: Person) -> str:
    say_stopped()
    return person.heard()


def waiting(person: Person) -> str:
    def work() -> None:
        with locked(Path("work")):
            pass

    other = threading.Thread(target=work)
    with locked(Path("work")):
        other.start()
        other.join(0.5)
    other.join()
    return person.heard()


def full_disk(person: Person) -> str:
    return told(lambda: append_line(Path("/dev/full"), "a line"))


def forbidden(person: Person) -> str:
    folder = person.folder / "closed"
    folder.mkdir(mode=0o500)
    with nobody():
        return told(lambda: append_line(folder / "log.jsonl", "a line"))


def no_folder(person: Person) -> str:
    return told(lambda: append_line(person.folder / person.write("runs", "a file") / "run/log.jsonl", "a line"))


def damaged(person: Person) -> str:
    person.zoo(*KIRIGAMI)
    [weights] = person.folder.glob("runs/.stages/autoencoder-*/output.safetensors")
    found = bytearray(weights.read_bytes())
    found[-1] ^= 1
    weights.write_bytes(found)
    return person.zoo(*KIRIGAMI)


def blown_up(person: Person) -> str:
    return person.zoo(*KIRIGAMI, "--set", "train.autoencoder.lr=1.0e+30")


def not_finite(person: Person) -> str:
    loaded = load(PUBLISHED, device="cpu")
    with torch.no_grad():
        for parameter in loaded.model.parameters():
            parameter.fill_(torch.nan)
    return told(lambda: loaded.sample(2, seed=0))


def no_gpu(person: Person) -> str:
    if torch.accelerator.is_available():
        pytest.skip("there is a GPU")
    return person.zoo("show", "voxploer")


def too_large(person: Person) -> str:
    return person.zoo(*KIRIGAMI, "--set", "encoder.width=4000000")


def unshared(person: Person) -> str:
    return person.zoo(*KIRIGAMI, "--set", "train.autoencoder.accumulate=3")


def torchvision(person: Person) -> str:
    """What a torchvision for another torch does, reduced to the line that fails."""
    code = "import torch; torch.library.register_fake('torchvision::nms')(print)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr


def broken(person: Person) -> str:
    """In a process of its own: this one has torch already."""
    files = [
        person.write("absent.py", "import no_such_package"),
        person.write("misspelt.py", HOOK.format("").replace("zoo_components", "zoo_component")),
        person.write("slow.py", "import torch"),
    ]
    command = [sys.executable, "-m", "zoo", "plugins", *(f"--plugin={file}" for file in files)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def clash(person: Person) -> str:
    file = person.write("my_clash.py", HOOK.format(COMPONENT.format("ras", "()")))
    return person.zoo("show", "regulariser/ras", "--plugin", file)


def needs_more(person: Person) -> str:
    file = person.write("my_needy.py", HOOK.format(COMPONENT.format("needy", '("no-such-distribution",)')))
    return person.zoo("show", "needy", "--plugin", file)


def a_run(person: Person) -> str:
    shutil.copytree(PUBLISHED, person.folder / "run/model")
    return person.zoo("sample", "run", "-o", "cells.npz")


def there_already(person: Person) -> str:
    (person.folder / "my-model").mkdir()
    person.write("my-model/README.md", "Somebody's")
    return person.zoo("publish", "run", "my-model")


def weights(person: Person) -> Path:
    shutil.copytree(PUBLISHED, person.folder / "my-model")
    return person.folder / "my-model/encoder/diffusion_pytorch_model.safetensors"


def missing(person: Person) -> str:
    weights(person).unlink()
    return person.zoo("sample", "my-model", "-o", "cells.npz")


def link(person: Person) -> str:
    file = weights(person)
    file.rename(person.folder / "blob")
    file.symlink_to(person.folder / "blob")
    return person.zoo("sample", "my-model", "-o", "cells.npz")


def not_installed(person: Person) -> str:
    person.without_plugins()
    return person.zoo("sample", str(PUBLISHED), "-o", "cells.npz")


PROVOKED: dict[Callable[[Person], str], tuple[str, ...]] = {
    names: ("there is no model",),
    arguments: ("--set encoder.widht",),
    recipe: ("registry.yaml:5", "registry.yaml:7"),
    families: ("…: sampler", "…: a flow"),
    misfit: ("…: encoder: patch-transformer: structures",),
    stopped: ("Stopped",),
    waiting: ("waiting",),
    full_disk: ("cannot write …: No space",),
    forbidden: ("cannot write …: Permission",),
    no_folder: ("cannot write …: Not a",),
    damaged: ("…/output.safetensors",),
    blown_up: ("autoencoder: the loss",),
    not_finite: ("sampling gave",),
    no_gpu: ("size small",),
    too_large: ("memory ran out",),
    unshared: ("batch 32",),
    torchvision: ("operator torchvision",),
    broken: ("plugin '…' of …: it cannot", "plugin '…' of …: 'zoo_component'", "plugin '…' of …: importing"),
    clash: ("regulariser 'ras'",),
    needs_more: ("regulariser '…'",),
    a_run: ("… is a run",),
    there_already: ("… exists",),
    missing: ("encoder/diffusion_pytorch_model.safetensors: it is missing",),
    link: ("encoder/diffusion_pytorch_model.safetensors: it is a link",),
    not_installed: ("encoder '…'",),
}
"""Who provokes which messages, each by its first words; in the order of the page."""


def told(provoke: Callable[[], object]) -> str:
    with pytest.raises(ZooError) as caught:
        provoke()
    return str(caught.value)


@contextmanager
def nobody() -> Iterator[None]:
    """Root may write anywhere: be someone else for a while."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_every_message_is_provoked() -> None:
    starts = [start for group in PROVOKED.values() for start in group]
    assert len(MESSAGES) == len(starts)
    for message, start in zip(MESSAGES, starts, strict=True):
        assert message.startswith(start)


@pytest.mark.parametrize("provoke", PROVOKED, ids=lambda provoke: provoke.__name__)
def test_it_says_what_the_page_says(provoke: Callable[[Person], str], person: Person) -> None:
    heard = provoke(person)
    for message in MESSAGES:
        if message.startswith(PROVOKED[provoke]):
            pattern = ".+".join(re.escape(part) for part in message.split("…"))
            assert re.search(rf"^(?:\w+: )?{pattern}$", heard, re.MULTILINE), heard
