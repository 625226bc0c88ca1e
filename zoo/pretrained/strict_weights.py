"""Weights that fit: every tensor that is wanted and no other, of the right shape and type, finite."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from zoo.errors import ZooError, shorten
from zoo.pretrained.strict_files import plain_file

SHOWN = 10
"""Upper limit on problems of one kind in one file; a wrong file would otherwise list hundreds of names."""


def read_weights(
    folder: Path, name: str, wanted: Mapping[str, Tensor], *, rows: bool = False
) -> tuple[dict[str, Tensor], list[str]]:
    """The tensors of a safetensors file, mapped into memory, and what is wrong with them.

    With `rows`, the first axis may have any length but 0.
    """
    try:
        with safe_open(plain_file(folder, name), framework="pt") as file:
            if (file.metadata() or {}).get("format") != "pt":
                return {}, [f"{name}: its metadata do not say format 'pt'."]
            shapes = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}  # noqa: SIM118
            problems = list(_misfits(shapes, {key: tuple(tensor.shape) for key, tensor in wanted.items()}, rows))
            if problems:
                return {}, [f"{name}: {problem}" for problem in problems]
            tensors = {key: file.get_tensor(key) for key in wanted}
    except ZooError as error:
        return {}, list(error.problems)
    except (OSError, SafetensorError) as error:
        return {}, [f"{name}: not a readable safetensors file ({error})."]
    return tensors, [f"{name}: {problem}" for problem in _wrong_values(tensors, wanted)]


Shape = tuple[int, ...]


def _misfits(found: Mapping[str, Shape], wanted: Mapping[str, Shape], rows: bool) -> Iterator[str]:
    yield from _few(f"{key} is missing" for key in wanted if key not in found)
    yield from _few(f"{shorten(key)} is not a part of the model" for key in found if key not in wanted)
    for key in wanted.keys() & found.keys():
        expected = ("any", *wanted[key][1:]) if rows else wanted[key]
        shape = ("any", *found[key][1:]) if rows and found[key][:1] != (0,) else found[key]
        if shape != expected:
            yield f"{key} has the shape {shorten(list(found[key]))}, expected [{', '.join(map(str, expected))}]."


def _wrong_values(tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> Iterator[str]:
    for key, tensor in tensors.items():
        if tensor.dtype != wanted[key].dtype:
            yield f"{key} is {_type(tensor)}, expected {_type(wanted[key])}."
        elif tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            yield f"{key} holds numbers that are not finite."


def _type(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _few(problems: Iterator[str]) -> Iterator[str]:
    """Some problems of one kind, and how many more there are."""
    listed = list(problems)
    yield from (f"{problem}." for problem in listed[:SHOWN])
    if len(listed) > SHOWN:
        yield f"{listed[SHOWN]}, and so are {len(listed) - SHOWN - 1} more."
