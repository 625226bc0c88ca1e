"""Checking a recipe's blocks of settings, `train` and `generate`, against their pydantic models."""

from typing import Any, TypeVar

import annotated_types
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from zoo.building.schema import booleans, describe
from zoo.errors import Problem, did_you_mean, shorten

Settings = TypeVar("Settings", bound=BaseModel)


def check_settings(settings: type[Settings], block: Any, path: str) -> tuple[Settings | None, list[Problem]]:
    """The settings of a block, or everything that is wrong with it; paths begin with `path`."""
    if not isinstance(block, dict):
        return None, [Problem(path, f"expected a block of settings, got {shorten(block)}.")]
    # pydantic reads true as 1, and no setting is a boolean.
    known = {key: value for key, value in block.items() if key in settings.model_fields}
    problems = [_misread(settings, key, value, path) for key, value in known.items() if any(booleans(value))]
    try:
        read = settings.model_validate(block)
    except ValidationError as error:
        problems += [_problem(settings, block, details, path) for details in error.errors()]
        return None, list({problem.path: problem for problem in problems}.values())
    return (None if problems else read), problems


def _problem(settings: type[BaseModel], block: dict[str, Any], details: Any, path: str) -> Problem:
    if not details["loc"]:
        return Problem(path, f"{details['msg'].removeprefix('Value error, ')}.")
    key = str(details["loc"][0])
    if details["type"] == "extra_forbidden":
        return Problem(f"{path}.{key}", f"unknown key {key!r}.{did_you_mean(key, settings.model_fields)}")
    if key not in block:
        return Problem(path, f"{key!r} is missing: {_wanted(settings.model_fields[key])}.")
    return _misread(settings, key, block[key], path)


def _misread(settings: type[BaseModel], key: str, value: Any, path: str) -> Problem:
    return Problem(f"{path}.{key}", f"expected {_wanted(settings.model_fields[key])}, got {shorten(value)}.")


def _wanted(info: FieldInfo) -> str:
    bounds = [bound for item in info.metadata if (bound := _bound(item))]
    return " ".join([describe(info.annotation), " and ".join(bounds)]).strip()


def _bound(item: Any) -> str:
    match item:
        case annotated_types.Gt(gt=limit):
            return f"> {limit}"
        case annotated_types.Ge(ge=limit):
            return f">= {limit}"
        case annotated_types.Lt(lt=limit):
            return f"< {limit}"
        case annotated_types.Le(le=limit):
            return f"<= {limit}"
    return ""
