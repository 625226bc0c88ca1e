"""Overrides: a trained model told to draw otherwise."""

from collections.abc import Iterable, Mapping
from typing import Any

from zoo.building.schema import check
from zoo.errors import ZooError
from zoo.interfaces.model import Model
from zoo.pretrained.index import Index
from zoo.recipes.checking import check_settings
from zoo.recipes.drafts import read_override
from zoo.recipes.layers import merge
from zoo.recipes.settings import Generate
from zoo.recipes.yaml_lines import Marked
from zoo.registry import registry


def override(index: Index, overrides: Iterable[str]) -> tuple[Mapping[str, Any], Generate]:
    """The index's model block, and how samples are drawn, with overrides `path=value`.

    ZooError if weights depend on what is changed, or the change does not fit.
    """
    component = registry().load(Model, index.model["use"])
    legal = (*component.sampling, "generate")
    whole = _marked(index.model | {"generate": index.generate.model_dump(mode="json")})
    for text in overrides:
        layer = read_override(text)
        for name, item in layer.value.items():
            if name not in legal:
                changeable = ", ".join(legal)
                raise ZooError(f"{item.origin}: weights depend on it; what can be changed is {changeable}.")
        whole = merge(whole, layer)
    block = whole.without("generate").plain()
    settings, problems = check_settings(Generate, whole.value["generate"].plain(), "generate")
    problems = [*check("model", block).problems, *problems]
    if problems or settings is None:
        raise ZooError(*(f"--set {problem.path}: {problem.message}" for problem in problems))
    return block, settings


def _marked(value: Any) -> Marked:
    return Marked({key: _marked(item) for key, item in value.items()} if isinstance(value, dict) else value, "")
