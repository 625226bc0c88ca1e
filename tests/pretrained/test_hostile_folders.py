"""A folder from a stranger runs no code, leads nowhere outside, and ends well or in a ZooError, whatever it holds."""

import json
import os
import pickle
import random
import shutil
import string
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import zoo
from zoo.pretrained.index import checksum

PUBLISHED = Path(__file__).parent
INDEX = "model_index.json"
CONFIG = "encoder/config.json"
WEIGHTS = "encoder/diffusion_pytorch_model.safetensors"

Change = Callable[[str, Callable[[Any], Any]], None]


def problems(folder: Path) -> str:
    with pytest.raises(zoo.ZooError) as caught:
        zoo.load(folder, device="cpu")
    return str(caught.value)


class Evil:
    """Unpickling it makes a folder named `ran` where the process is."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("ran",)


WATCH = """
import sys
import torch, diffusers, zoo.pretrained.loading  # so that what is watched is the folders' doing
def watch(event, arguments):
    if event in ("pickle.find_class", "os.system", "subprocess.Popen", "os.exec", "os.posix_spawn"):
        print("WATCHED", event, arguments)
sys.addaudithook(watch)
import zoo
for name in sys.argv[1:]:
    try:
        zoo.load(name)
        print(name, "loaded")
    except zoo.ZooError as error:
        print(name, "refused", error.problems)
assert "evil" not in sys.modules
"""
PICKLES = ["encoder/diffusion_pytorch_model.bin", "model.pt", "evil.pkl", WEIGHTS, CONFIG, INDEX]


def test_nothing_is_run(folder: Path, change: Change) -> None:
    """In a process that stands beside the folders, where a module `evil` can be imported, and that is watched."""
    beside = folder.parent
    (beside / "evil.py").write_text("import os\nos.mkdir('ran')\nclass Evil: pass\n")
    shutil.copytree(folder, beside / "whole")
    for i, name in enumerate(PICKLES):
        shutil.copytree(folder, beside / f"pickle{i}")
        (beside / f"pickle{i}" / name).write_bytes(pickle.dumps(Evil()))
    shutil.copy(beside / "evil.py", folder / "encoder" / "evil.py")
    for key in ("_class_name", "_target_", "auto_map", "custom_pipeline"):
        change(CONFIG, lambda c, key=key: c.update({key: "evil:Evil"}))  # type: ignore[misc]
    names = ["whole", *(f"pickle{i}" for i in range(len(PICKLES))), "model"]
    command = [sys.executable, "-c", WATCH, *names]
    done = subprocess.run(command, cwd=beside, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (beside / "ran").exists()
    ends = [line.split()[:2] for line in done.stdout.splitlines()]
    assert ends == [["whole", "loaded"], *([name, "refused"] for name in names[1:])]


def test_import_paths_are_refused(folder: Path, change: Change) -> None:
    (folder / "encoder" / "evil.py").write_text("")
    for key in ("_class_name", "_target_", "auto_map", "custom_pipeline"):
        change(CONFIG, lambda c, key=key: c.update({key: "evil:Evil"}))  # type: ignore[misc]
    found = problems(folder)
    for key in ("_target_", "auto_map", "custom_pipeline"):
        assert f"{CONFIG}: unknown key '{key}'." in found
    assert f"{CONFIG}: _class_name is 'evil:Evil', and by {INDEX} it is 'PatchTransformer'." in found
    assert "'encoder/evil.py': no part of the model" in found


@pytest.mark.parametrize(
    "use", ["evil:Evil", "evil.Evil", "../evil", "/evil", "os:system", "zoo_voxploer.components.patch_transformer"]
)
def test_a_component_is_no_path(folder: Path, change: Change, use: str) -> None:
    change(INDEX, lambda c: c["model"]["encoder"].update(use=use))
    assert f"{INDEX}: model.encoder.use: there is no encoder '{use}'." in problems(folder)


def test_an_index_of_diffusers_is_none_of_ours(folder: Path) -> None:
    index = {"_class_name": "evil.Evil", "_diffusers_version": "0.42.1", "encoder": ["evil", "Evil"]}
    (folder / INDEX).write_text(json.dumps(index))
    assert "this is not a model of zoo's" in problems(folder)


LINKED = [INDEX, CONFIG, WEIGHTS, "model.safetensors", "latents.safetensors", "scheduler/scheduler_config.json"]


@pytest.mark.parametrize("name", [*LINKED, "encoder", "scheduler"])
@pytest.mark.parametrize("relative", [False, True])
def test_links_are_not_followed(folder: Path, name: str, relative: bool) -> None:
    outside = folder.parent / "outside"
    shutil.move(folder / name, outside)
    target = os.path.relpath(outside, (folder / name).parent) if relative else outside
    (folder / name).symlink_to(target)
    found = problems(folder).splitlines()
    assert found
    assert all(line.startswith(name) and ": it is a link" in line for line in found)


@pytest.mark.parametrize("name", LINKED)
def test_what_is_no_plain_file_is_not_opened(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert f"{name}: it is not a plain file." in problems(folder)
    (folder / name).unlink()
    (folder / name).mkdir()
    assert f"{name}: it is not a plain file." in problems(folder)


JSON = {
    "empty": b"",
    "no text": b"\xff\xfe\x00",
    "cut": b'{"zoo": 1, "model',
    "a list": b"[1, 2]",
    "nothing": b"null",
    "a key twice": b'{"zoo": 1, "zoo": 1}',
    "no number": b'{"zoo": NaN}',
    "huge": b'{"zoo": "' + b"x" * (9 << 20) + b'"}',
    "a long number": b'{"zoo": ' + b"9" * 5000 + b"}",
    "deep": b'{"zoo": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "somewhat deep": b'{"zoo": ' + b"[" * 50 + b"]" * 50 + b"}",
    "half a character": rb'{"zoo": "\ud800"}',
    "orders to a terminal": rb'{"zoo": 1, "\u001b]0;evil\u0007": 1}',
}


@pytest.mark.parametrize("name", [INDEX, CONFIG, "scheduler/scheduler_config.json"])
@pytest.mark.parametrize("kind", JSON)
def test_what_is_not_plain_json(folder: Path, name: str, kind: str) -> None:
    (folder / name).write_bytes(JSON[kind])
    found = problems(folder)
    assert found.startswith(f"{name}: not ")
    assert found.isprintable()


def safetensors(header: Any, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps({"__metadata__": {"format": "pt"}} | header).encode()
    return struct.pack("<Q", len(text)) + text + body


def of_floats(*shape: int, size: int) -> dict[str, Any]:
    return {"dtype": "F32", "shape": shape, "data_offsets": [0, size]}


TENSORS = {
    "empty": b"",
    "a header longer than the file": struct.pack("<Q", 2**40) + b"{}",
    "a header longer than memory": struct.pack("<Q", 2**64 - 1) + b"{}",
    "a header of spaces": safetensors(b"{" + b" " * (20 << 20) + b"}"),
    "a deep header": safetensors(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "a header that is not JSON": safetensors(b"\x80\x04."),
    "metadata that are not text": safetensors({"__metadata__": {"format": ["pt"]}}),
    "a body cut short": safetensors({"a": of_floats(4, size=16)}, b"\0" * 8),
    "a body too long": safetensors({"a": of_floats(2, size=8)}, b"\0" * 16),
    "tensors beyond counting": safetensors({"a": of_floats(2**40, 2**40, size=8)}, b"\0" * 8),
    "a negative axis": safetensors({"a": of_floats(-2, size=8)}, b"\0" * 8),
    "a type that nobody has": safetensors({"a": of_floats(2, size=8) | {"dtype": "F6_E2M3"}}, b"\0" * 8),
    "a name for a terminal": safetensors({"\x1b]0;evil\x07": of_floats(2, size=8)}, b"\0" * 8),
    "very many names": safetensors({f"t{i}": of_floats(0, size=0) for i in range(50_000)}),
    "very many axes": safetensors({"a": of_floats(*[1] * 5000, size=4)}, b"\0" * 4),
}


@pytest.mark.parametrize("name", [WEIGHTS, "model.safetensors", "latents.safetensors"])
@pytest.mark.parametrize("kind", TENSORS)
def test_what_is_no_safetensors_file_of_ours(folder: Path, name: str, kind: str) -> None:
    (folder / name).write_bytes(TENSORS[kind])
    found = problems(folder)
    assert all(line.startswith(f"{name}: ") for line in found.splitlines())
    assert len(found) < 3000
    assert found.replace("\n", "").isprintable()


def test_every_way_to_cut_a_file_short(folder: Path) -> None:
    for name in LINKED:
        whole = (folder / name).read_bytes()
        for length in random.Random(0).sample(range(len(whole) - 2), 6):
            (folder / name).write_bytes(whole[:length])
            assert problems(folder).startswith(name)
        (folder / name).write_bytes(whole)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-1, 0, 1, 2, 3, 7, 500, 10**18]),
    st.floats(allow_nan=False),
    st.text(max_size=4),
    st.sampled_from(["ddpm", "srr", "identity", "metashell", "latent-diffusion", "../x", "1e-3", "12"]),
)
WORDS = st.text(string.ascii_lowercase + '_."', max_size=4) | st.sampled_from(["use", "base", "width", "steps", "zoo"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))


def places(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object in a JSON value with each of its keys."""
    for key, item in value.items():
        yield value, key
        if isinstance(item, dict):
            yield from places(item)


@st.composite
def spoiled_json(draw: st.DrawFn, name: str) -> bytes:
    """The file with a few entries taken away, replaced or added; an index is mostly signed again."""
    contents = json.loads((PUBLISHED / "voxploer" / name).read_text())
    for _ in range(draw(st.integers(1, 3))):
        known = list(places(contents))
        container, key = known[draw(st.integers(0, len(known) - 1))]
        action = draw(st.sampled_from(["take", "replace", "add"]))
        if action == "take":
            del container[key]
        elif action == "replace":
            container[key] = draw(VALUES)
        else:
            container[draw(WORDS)] = draw(VALUES)
        if not contents:
            break
    if name == INDEX and draw(st.integers(0, 3)):
        contents.pop("checksum", None)
        contents["checksum"] = checksum(contents)
    return json.dumps(contents).encode()


@st.composite
def spoiled_bytes(draw: st.DrawFn, name: str) -> bytes:
    """The file with some bytes replaced, or taken away, or put in; most of them where a header may be."""
    data = bytearray((PUBLISHED / "voxploer" / name).read_bytes())
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(8, min(1500, len(data))) | st.integers(0, len(data)))
        put = draw(st.binary(max_size=8) | WORDS.map(str.encode))
        data[start : start + draw(st.sampled_from([len(put), len(put), 0, 9]))] = put
    return bytes(data)


SPOILED = st.sampled_from(LINKED).flatmap(
    lambda name: st.tuples(
        st.just(name),
        st.one_of(spoiled_bytes(name), spoiled_json(name)) if name.endswith(".json") else spoiled_bytes(name),
    )
)


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(PUBLISHED / "voxploer", tmp_path_factory.mktemp("spoilt") / "model"))


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(case=SPOILED)
def test_a_spoilt_folder_ends_well_or_in_a_zoo_error(spoilt: Path, case: tuple[str, bytes]) -> None:
    name, data = case
    whole = (spoilt / name).read_bytes()
    try:
        (spoilt / name).write_bytes(data)
        pretrained = zoo.load(spoilt, device="cpu")
    except zoo.ZooError as error:
        said = str(error)
    else:
        said = pretrained.provenance["weights"]
    finally:
        (spoilt / name).write_bytes(whole)
    assert 0 < len(said) < 10_000
