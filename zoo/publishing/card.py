"""The card of a published model, `README.md`: what it is, what it has learned from, how good it is, how to use it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from huggingface_hub import ModelCard, ModelCardData
from jinja2 import Environment, PackageLoader, StrictUndefined

from zoo.interfaces.domain import Figure
from zoo.interfaces.score import Score
from zoo.pretrained.index import Index
from zoo.runs.results import Results
from zoo.scores.papers import PublishedTable, published
from zoo.scores.words import number

LIBRARY = "metamaterial-zoo"


class ScoreSection(NamedTuple):
    """The scores of one evaluator."""

    name: str
    settings: str
    """Its component and arguments."""
    scores: Mapping[str, Score]
    held_out: Mapping[str, Score]


def write_card(
    path: Path, index: Index, results: Results, figures: Mapping[str, Figure], conditions: tuple[str, ...], licence: str
) -> None:
    """Write the card. `figures` are by their file; `licence` is that of the weights, `conditions` are the model's."""
    environment = Environment(
        loader=PackageLoader("zoo.publishing"), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    distributions, plugins = requirements(index)
    environment.filters |= {"number": number, "cell": cell}
    text = environment.get_template("card.md.jinja").render(
        index=index,
        results=results,
        recipe=yaml.safe_dump(results.recipe, sort_keys=False),
        sections=[_section(name, results) for name in results.scores],
        published=_published(index, results),
        figures=figures,
        conditions=conditions,
        licence=licence,
        distributions=distributions,
        plugins=plugins,
    )
    data = ModelCardData(
        license=licence.lower(),
        library_name=LIBRARY,
        tags=[LIBRARY, "metamaterials", "generative-model", index.model["use"], index.domain["use"]],
    )
    ModelCard(f"---\n{data.to_yaml()}\n---\n\n{text}").save(path)


def requirements(index: Index) -> tuple[list[str], list[str]]:
    """The distributions that bring the model's components, ours first, and the plugins that are mere files."""
    origins = sorted({origin for names in index.components.values() for origin in names.values()})
    names = {origin.split(" ")[0] for origin in origins if " " in origin}
    distributions = sorted(names | {LIBRARY}, key=lambda name: (name != LIBRARY, name))
    return distributions, [origin for origin in origins if " " not in origin]


def cell(text: Any) -> str:
    """Text for a cell of a Markdown table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def _section(name: str, results: Results) -> ScoreSection:
    settings = results.evaluators[name]
    arguments = [f"{key}: {value}" for key, value in settings.items() if key != "use"]
    label = ", ".join([settings["use"], *arguments])
    return ScoreSection(name, label, results.scores[name], results.held_out.get(name, {}))


def _published(index: Index, results: Results) -> list[PublishedTable]:
    """What papers have published in these scores; once, however many evaluators measure them."""
    dataset = str(index.provenance["dataset"]).split("@")[0]
    tables: list[PublishedTable] = []
    for name in results.scores:
        tables += [table for table in published(dataset, results.evaluators[name]) if table not in tables]
    return tables
