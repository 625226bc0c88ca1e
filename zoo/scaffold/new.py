"""A new plugin, written from the template that the page "Writing a plugin" explains."""

import importlib.util
import re
from pathlib import Path

from zoo.discovery import discovery
from zoo.errors import ZooError
from zoo.system.files import whole_folder

TEMPLATE = Path(__file__).parent / "template"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def new_plugin(name: str, folder: Path) -> list[Path]:
    """Write the distribution `zoo-<name>` into a new folder of that name in `folder`; returns its files.

    ZooError if the name is not made of small letters, digits and single hyphens, or if it or the folder is taken.
    """
    from jinja2 import Environment, StrictUndefined

    words = {"name": name, "distribution": f"zoo-{name}", "package": f"zoo_{name.replace('-', '_')}"}
    target = folder / words["distribution"]
    _check(name, words["package"], target)
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True)
    written = []
    with whole_folder(target) as temporary:
        for source in sorted(TEMPLATE.rglob("*.jinja")):
            where = source.relative_to(TEMPLATE).with_suffix("").as_posix().replace("package", words["package"])
            file = temporary / where
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(environment.from_string(source.read_text(encoding="utf-8")).render(words), encoding="utf-8")
            written.append(target / file.relative_to(temporary))
    return written


def _check(name: str, package: str, target: Path) -> None:
    if not _NAME.fullmatch(name):
        raise ZooError(f"{name!r} is not a name for a plugin: small letters, digits, single hyphens, a letter first.")
    taken = [plugin for plugin in discovery().plugins if plugin.name == name]
    if taken:
        raise ZooError(f"there is a plugin {name!r} already, of {taken[0].origin}.")
    if importlib.util.find_spec(package) is not None:
        raise ZooError(f"there is a package {package!r} already.")
    if target.exists():
        raise ZooError(f"{target} is there already.")
