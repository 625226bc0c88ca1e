"""What lies where in a model folder: a sub-folder per network, as diffusers has it, and an index of our own.

model_index.json                              what the folder is (see `zoo.pretrained.index`)
<role>/config.json                            a network's arguments
<role>/diffusion_pytorch_model.safetensors    its weights
model.safetensors                             what the composition itself has learned: latent spread, ranges
<table>.safetensors                           training data that sampling needs: latents, for a repulsive sampler
scheduler/scheduler_config.json               the diffusers scheduler of the walk
"""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from zoo.interfaces.model import Model
from zoo.interfaces.network import Network
from zoo.pretrained.index import INDEX, Index, write_index
from zoo.system.files import whole_folder
from zoo.system.tensors import write_tensors

CONFIG = "config.json"
WEIGHTS = "diffusion_pytorch_model.safetensors"
OWN_WEIGHTS = "model.safetensors"
SCHEDULER = "scheduler/scheduler_config.json"


def save_model(model: Model, index: Index, folder: Path) -> None:
    """Write a trained model, whole or not at all; a folder that is there is replaced."""
    with whole_folder(folder) as temporary:
        write_index(temporary, index)
        for role, network in networks(model).items():
            network.save_config(temporary / role)
        for name, tensors in weight_files(model).items():
            write_tensors(temporary / name, {key: tensor.cpu() for key, tensor in tensors.items()}, {})
        for name, table in model.tables().items():
            write_tensors(temporary / table_file(name), {name: table.cpu()}, {})
        scheduler = model.scheduler()
        if scheduler is not None:
            scheduler.save_config((temporary / SCHEDULER).parent)


def networks(model: Model) -> dict[str, Network]:
    """The networks among a model's parts, by role, those with nothing to learn left out."""
    return {
        role: part
        for role, part in model.named_children()
        if isinstance(part, Network) and any(True for _ in part.parameters())
    }


def files(model: Model) -> set[str]:
    """The name of every file of a model's folder."""
    names = {INDEX, *weight_files(model), *map(table_file, model.tables())}
    names |= {f"{role}/{CONFIG}" for role in networks(model)}
    return names if model.scheduler() is None else names | {SCHEDULER}


def weight_files(model: Model) -> dict[str, Mapping[str, Tensor]]:
    """All of a model's state: the file of each network, and the file of what belongs to none."""
    parts = networks(model)
    files: dict[str, Mapping[str, Tensor]] = {f"{role}/{WEIGHTS}": part.state_dict() for role, part in parts.items()}
    own = {name: tensor for name, tensor in model.state_dict().items() if name.split(".")[0] not in parts}
    return files | {OWN_WEIGHTS: own} if own else files


def prefix(weight_file: str) -> str:
    """What the names in a file of weights lack of their names in the model's state."""
    return "" if weight_file == OWN_WEIGHTS else f"{weight_file.split('/')[0]}."


def table_file(name: str) -> str:
    """The file of a table."""
    return f"{name}.safetensors"
