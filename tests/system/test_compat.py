"""A torchvision that does not match torch breaks nothing, here or in child processes; a matched one is not touched."""

import subprocess
import sys
from pathlib import Path

import pytest

IMPORTS = """
import timm
from accelerate import Accelerator
from diffusers import DDPMScheduler, DiffusionPipeline
from diffusers.training_utils import EMAModel
"""

# What torchvision does on import, reduced to what matters here.
TORCHVISION = {
    "__init__.py": "from torchvision import extension, _meta_registrations",
    "_meta_registrations.py": """
import torch
@torch.library.register_fake("torchvision::nms")
def nms(dets, scores, iou_threshold):
    return dets.new_empty(0, dtype=torch.long)
""",
}
MISMATCHED = "import torch"
MATCHED = """
import torch
library = torch.library.Library("torchvision", "DEF")
library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
library.impl("nms", lambda dets, scores, iou_threshold: scores + 1, "CPU")
"""


def run(*command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def python(code: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-c", code, cwd=cwd)


def torchvision(folder: Path, extension: str) -> Path:
    """A folder in which `import torchvision` finds ours."""
    package = folder / "torchvision"
    package.mkdir()
    for name, text in {**TORCHVISION, "extension.py": extension}.items():
        (package / name).write_text(text)
    return folder


def test_what_needs_torchvision_imports_after_zoo(tmp_path: Path) -> None:
    done = python("import zoo\nzoo.Encoder" + IMPORTS, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_mismatched_torchvision_fails_without_zoo_and_imports_with_it(tmp_path: Path) -> None:
    folder = torchvision(tmp_path, MISMATCHED)
    assert "nms does not exist" in python("import torchvision", folder).stderr
    done = python("import zoo\nzoo.load\nimport torchvision", folder)
    assert done.returncode == 0, done.stderr
    done = python("import zoo.cli, torchvision", folder)
    assert done.returncode == 0, done.stderr


def test_a_notebook_that_only_imports_zoo_sees_its_torchvision_as_it_is(tmp_path: Path) -> None:
    folder = torchvision(tmp_path, MISMATCHED)
    assert "nms does not exist" in python("import zoo, torchvision", folder).stderr
    assert not python(
        "import sys\nbefore = list(sys.meta_path)\nimport zoo\nassert sys.meta_path == before", folder
    ).stderr


def test_a_matched_torchvision_is_not_touched(tmp_path: Path) -> None:
    folder = torchvision(tmp_path, MATCHED)
    code = """
import torch, torchvision, zoo.interfaces, zoo.system.compat
assert zoo.system.compat._library is None
assert torch.ops.torchvision.nms(torch.ones(1, 4), torch.ones(1), 0.5).item() == 2
assert not hasattr(torch.ops.torchvision, "qnms")
"""
    done = python(code, folder)
    assert done.returncode == 0, done.stderr


def test_a_package_that_only_looks_for_torchvision_costs_nothing(tmp_path: Path) -> None:
    look = "importlib.util.find_spec('torchvision')"
    code = f"import zoo.cli, sys, importlib.util; {look}; assert 'torch' not in sys.modules"
    done = python(code, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_multiprocessing_children(tmp_path: Path, method: str) -> None:
    (tmp_path / "script.py").write_text(f"""
import multiprocessing
import zoo.cli
def child():
    import torchvision
if __name__ == "__main__":
    process = multiprocessing.get_context("{method}").Process(target=child)
    process.start()
    process.join()
    raise SystemExit(process.exitcode)
""")
    done = run(sys.executable, "script.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "launcher",
    [
        ["torch.distributed.run", "--nproc_per_node", "2"],
        ["accelerate.commands.launch", "--cpu", "--num_processes", "1"],
    ],
    ids=["torchrun", "accelerate-launch"],
)
def test_launched_processes(tmp_path: Path, launcher: list[str]) -> None:
    (tmp_path / "script.py").write_text("import zoo.cli\nimport torchvision\nopen('done.txt', 'a').write('x')\n")
    done = run(sys.executable, "-m", *launcher, "script.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "done.txt").exists()
