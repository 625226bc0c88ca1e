"""Whatever is wrong with a model folder is said, with the file and the entry, and all at once."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

import zoo
from zoo import discovery
from zoo.recipes import resolve
from zoo.runs.run import Options, run

Change = Callable[[str, Callable[[Any], Any]], None]
INDEX = "model_index.json"
WEIGHTS = "denoiser/diffusion_pytorch_model.safetensors"


def problems(folder: Path) -> str:
    with pytest.raises(zoo.ZooError) as caught:
        zoo.load(folder, device="cpu")
    return str(caught.value)


def change_weights(folder: Path, name: str, how: Callable[[dict[str, Tensor]], Any]) -> None:
    tensors = load_file(folder / name)
    how(tensors)
    save_file(tensors, folder / name, metadata={"format": "pt"})


ENTRIES = [
    (lambda c: c.pop("model"), "model_index.json: model: Field required"),
    (lambda c: c.update(modle=1), "model_index.json: unknown key 'modle'. Did you mean 'model'"),
    (lambda c: c.update(summary=3), "model_index.json: summary: Input should be a valid string; it is 3."),
    (lambda c: c.update(model=[]), "model_index.json: model: Input should be"),
    (lambda c: c.update(structure=[[12, 12, "a"], 0, 1]), "model_index.json: structure.0.2: Input should be"),
    (lambda c: c.update(structure=[[13, 13, 13], 0.0, 1.0]), "structure is ((13, 13, 13), 0.0, 1.0), and by the"),
    (lambda c: c["generate"].update(batch="4"), "model_index.json: generate.batch: Input should be a valid integer"),
    (lambda c: c["card"].update(edition=None), "model_index.json: card.edition: Input should be a valid string"),
    (lambda c: c["card"].update(titel="x"), "model_index.json: card: a card has no 'titel'. Did you mean 'title'"),
    (lambda c: c["provenance"].pop("weights"), "'weights', the hash of the weights, is missing"),
    (lambda c: c["provenance"].update(weights="0" * 16), "the weights are not those of model_index.json"),
    (lambda c: c["tables"].update(latents="0" * 16), "latents.safetensors: it is not the one that model_index.json"),
    (lambda c: c["tables"].update({"../x": "0"}), "model_index.json: tables: the model has no '../x'."),
    (lambda c: c["model"]["encoder"].update(widht=3), "model.encoder.widht: patch-transformer takes no 'widht'. Did"),
    (lambda c: c["model"]["encoder"].update(width=True), "model.encoder.width: expected a whole number, got True"),
    (lambda c: c["model"]["encoder"].update(structure=1), "model.encoder.structure: structure is worked out"),
    (lambda c: c["model"]["encoder"].update(use="patch-trans"), "there is no encoder 'patch-trans'. Did you mean"),
    (lambda c: c["model"]["encoder"].update(width=-16), "model_index.json: model.encoder: "),
    (lambda c: c["model"]["encoder"].update(depth=10**18), "model_index.json: model.encoder: it has more than 20,000"),
    (lambda c: c["model"]["schedule"].update(steps=10**18), "model_index.json: model.schedule: "),
    (lambda c: c["model"]["sampler"].pop("base"), "model.sampler: srr needs 'base'"),
    (lambda c: c["domain"].update(resolution=10**400), "and by the domain it is ((1000000"),
    (lambda c: c["domain"].update(resolution=1), "model_index.json: domain: voxels: resolution 1 is less than 2"),
    (lambda c: c["model"]["encoder"].update(width=32), "encoder/config.json: width is 16, and by model_index.json it"),
    (lambda c: c["model"]["encoder"].pop("width"), "encoder/config.json: unknown key 'width'."),
    (lambda c: c["generate"].update(batch=10**18), "generate.batch: Input should be less than or equal to 65536"),
    (lambda c: c.update(zoo=2), "the format is 2, and this zoo reads up to 1: pip install --upgrade metamaterial-zoo"),
    (lambda c: c.update(zoo="1"), "this is not a model of zoo's"),
    (lambda c: c.pop("zoo"), "this is not a model of zoo's"),
]


@pytest.mark.parametrize(("how", "message"), ENTRIES, ids=[message for _, message in ENTRIES])
def test_an_index_with_a_wrong_entry(folder: Path, change: Change, how: Callable[[Any], Any], message: str) -> None:
    change(INDEX, how)
    assert message in problems(folder)


def test_a_key_that_is_missing_everywhere_is_noticed(folder: Path) -> None:
    """Its default would take its place, and samples would be others without a word."""
    contents = json.loads((folder / INDEX).read_text())
    del contents["model"]["sampler"]["strength"]
    (folder / INDEX).write_text(json.dumps(contents))
    assert "model_index.json: it is not as it was written" in problems(folder)


def test_an_argument_that_was_added_later_has_its_default(folder: Path, change: Change) -> None:
    change(INDEX, lambda c: c["model"]["encoder"].pop("reconstruction"))
    change("encoder/config.json", lambda c: c.pop("reconstruction"))
    assert zoo.load(folder).model.encoder.reconstruction == "mse"


CONFIGS = [
    ("encoder/config.json", lambda c: c.pop("width"), "encoder/config.json: 'width' is missing."),
    ("encoder/config.json", lambda c: c.pop("structure"), "encoder/config.json: 'structure' is missing."),
    ("encoder/config.json", lambda c: c.update(depht=1), "encoder/config.json: unknown key 'depht'. Did you mean"),
    ("encoder/config.json", lambda c: c.update(width=17), "encoder/config.json: width is 17, and by model_index.json"),
    ("encoder/config.json", lambda c: c.update(width=True), "encoder/config.json: width is True, and by"),
    ("denoiser/config.json", lambda c: c.update(latent_shape=[9]), "denoiser/config.json: latent_shape is [9], and by"),
    ("scheduler/scheduler_config.json", lambda c: c.update(num_train_timesteps=51), "num_train_timesteps is 51, and"),
    ("scheduler/scheduler_config.json", lambda c: c.update(beta_strat=1), "unknown key 'beta_strat'. Did you mean"),
    ("scheduler/scheduler_config.json", lambda c: c["trained_betas"].pop(), "trained_betas is [0.0001"),
]


@pytest.mark.parametrize(("name", "how", "message"), CONFIGS, ids=[message for *_, message in CONFIGS])
def test_a_config_with_a_wrong_entry(
    folder: Path, change: Change, name: str, how: Callable[[Any], Any], message: str
) -> None:
    change(name, how)
    assert message in problems(folder)


def test_the_scheduler_of_another_diffusers_may_have_other_keys(folder: Path, change: Change) -> None:
    name = "scheduler/scheduler_config.json"
    change(name, lambda c: (c.update(_diffusers_version="0.1", once_known=1), c.pop("thresholding")))
    zoo.load(folder)
    change(name, lambda c: c.update(num_train_timesteps=51))
    assert "num_train_timesteps is 51" in problems(folder)


TENSORS: list[tuple[str, Callable[[dict[str, Tensor]], Any], str]] = [
    (WEIGHTS, lambda t: t.pop("enter.bias"), f"{WEIGHTS}: enter.bias is missing."),
    (WEIGHTS, lambda t: t.update(more=torch.ones(1)), f"{WEIGHTS}: 'more' is not a part of the model."),
    (WEIGHTS, lambda t: t.update({f"m{i}": torch.ones(1) for i in range(99)}), "'m17' is not a part of the model."),
    (WEIGHTS, lambda t: t.update({f"m{i}": torch.ones(1) for i in range(99)}), "and so are 88 more."),
    (WEIGHTS, lambda t: t.update({"enter.bias": torch.ones(31)}), "enter.bias has the shape [31], expected [32]."),
    (WEIGHTS, lambda t: t.update({"enter.bias": t["enter.bias"].half()}), "enter.bias is float16, expected float32."),
    (WEIGHTS, lambda t: t["enter.bias"].fill_(torch.nan), "enter.bias holds numbers that are not finite."),
    (WEIGHTS, lambda t: t["enter.bias"].fill_(-torch.inf), "enter.bias holds numbers that are not finite."),
    (WEIGHTS, lambda t: t["enter.bias"].add_(1e-3), "the weights are not those of model_index.json"),
    ("model.safetensors", lambda t: t.pop("latent_std"), "model.safetensors: latent_std is missing."),
    (
        "latents.safetensors",
        lambda t: t.update(latents=torch.ones(9, 7)),
        "latents has the shape [9, 7], expected [any, 8]",
    ),
    (
        "latents.safetensors",
        lambda t: t.update(latents=torch.ones(0, 8)),
        "latents has the shape [0, 8], expected [any, 8]",
    ),
    ("latents.safetensors", lambda t: t.update(latents=torch.ones(9, 8)), "latents.safetensors: it is not the one"),
]


@pytest.mark.parametrize(("name", "how", "message"), TENSORS, ids=[message for *_, message in TENSORS])
def test_weights_that_do_not_fit(
    folder: Path, name: str, how: Callable[[dict[str, Tensor]], Any], message: str
) -> None:
    change_weights(folder, name, how)
    assert message in problems(folder)


def test_weights_without_the_tag_of_their_format(folder: Path) -> None:
    save_file(load_file(folder / WEIGHTS), folder / WEIGHTS)
    assert f"{WEIGHTS}: its metadata do not say format 'pt'." in problems(folder)


FILES = [
    path.relative_to(Path(__file__).parent / "voxploer").as_posix()
    for path in sorted((Path(__file__).parent / "voxploer").rglob("*"))
    if path.suffix in {".json", ".safetensors"}
]


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name}: it is missing." in problems(folder)


@pytest.mark.parametrize(
    "name",
    [
        "encoder/diffusion_pytorch_model.bin",
        "encoder/notes.txt",
        "critic/config.json",
        "critic/diffusion_pytorch_model.safetensors",
        "pytorch_model.bin",
        "MODEL.PT",
        "more.safetensors",
    ],
)
def test_a_file_too_many(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"")
    assert f"'{name}': no part of the model" in problems(folder)


def test_cards_pictures_and_hidden_folders_are_welcome(folder: Path) -> None:
    (folder / ".cache/huggingface").mkdir(parents=True)
    (folder / ".cache/huggingface/x.bin").write_bytes(b"")
    (folder / "LICENSE").write_text("")
    (folder / "docs").mkdir()
    (folder / "docs/page.md").write_text("")
    zoo.load(folder)


def test_everything_is_said_at_once(folder: Path, change: Change) -> None:
    change("encoder/config.json", lambda c: (c.pop("width"), c.update(depht=1)))
    change("denoiser/config.json", lambda c: c.update(width=1))
    change_weights(folder, WEIGHTS, lambda t: (t.pop("enter.bias"), t.update(more=torch.ones(1))))
    (folder / "latents.safetensors").unlink()
    (folder / "more.bin").write_bytes(b"")
    found = problems(folder).splitlines()
    assert [line.split(":")[0] for line in found] == [
        "encoder/config.json",
        "encoder/config.json",
        "denoiser/config.json",
        WEIGHTS,
        WEIGHTS,
        "latents.safetensors",
        "'more.bin'",
    ]


def test_every_wrong_entry_of_an_index_is_said_at_once(folder: Path, change: Change) -> None:
    change(INDEX, lambda c: (c.update(summary=3, more=4), c["card"].update(title=5)))
    assert len(problems(folder).splitlines()) == 3
    change(INDEX, lambda c: (c.update(summary=""), c.pop("more"), c["card"].update(title="")))
    change(INDEX, lambda c: (c["model"]["encoder"].update(x=1), c["domain"].update(y=2), c["model"].update(z=3)))
    assert len(problems(folder).splitlines()) == 3


def test_a_plugin_that_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZOO_PLUGINS", "voxels")
    with discovery.using():
        found = problems(folder).splitlines()
    assert len(found) == 3
    assert found[0].startswith("encoder 'patch-transformer' is not installed. It comes from metamaterial-zoo 0.1.0: ")
    assert all(line.endswith("pip install metamaterial-zoo") for line in found)


def test_a_plugin_that_nobody_here_knows(folder: Path, change: Change) -> None:
    def of_another(contents: Any) -> None:
        contents["model"]["sampler"] = {"use": "quantum"}
        contents["components"]["sampler"] = {"quantum": "acme-lattices 1.2.post1+cpu"}

    change(INDEX, of_another)
    expected = (
        "sampler 'quantum' is not installed. It comes from acme-lattices 1.2.post1+cpu: pip install acme-lattices"
    )
    assert problems(folder) == expected


@pytest.mark.parametrize("origin", ["x; rm -rf /", "--index-url=http://evil", "a\nb", "a b c", "", "../x"])
def test_what_to_install_can_only_be_a_name(folder: Path, change: Change, origin: str) -> None:
    change(INDEX, lambda c: c["components"]["sampler"].update(quantum=origin))
    assert "components.sampler.quantum: String should match pattern" in problems(folder)


@pytest.mark.usefixtures("toy")
def test_a_plugin_that_is_a_file(tmp_path: Path) -> None:
    recipe = resolve("toy-diffusion", "random-rows", size="paper", folder=tmp_path)
    finished = run(recipe, Options(runs=tmp_path), ["zoo", "run"])
    assert zoo.load(finished.model).sample(3).shape == (3, 8)
    with discovery.using():
        found = problems(finished.model)
    assert "encoder 'halving' is not installed. It comes from toy_plugin.py: load that file with --plugin" in found
    assert str(tmp_path) not in (finished.model / INDEX).read_text()


def test_no_folder(tmp_path: Path) -> None:
    assert problems(tmp_path / "nothing") == f"{tmp_path / 'nothing'}: no such folder."
    assert problems(tmp_path) == "model_index.json: it is missing."
    shutil.copy(__file__, tmp_path / "file")
    assert problems(tmp_path / "file").endswith("file: no such folder.")
