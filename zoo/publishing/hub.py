"""Giving a published folder to the Hugging Face Hub."""

from pathlib import Path

from huggingface_hub import HfApi, get_token
from huggingface_hub.errors import HFValidationError, HTTPError
from huggingface_hub.utils import validate_repo_id

from zoo.errors import ZooError


def check_hub(hub_id: str) -> None:
    """ZooError unless `hub_id` is an ID and someone is logged in; asks nobody."""
    problems = []
    try:
        validate_repo_id(hub_id)
    except HFValidationError as error:
        problems.append(f"--push-to {hub_id}: {error}")
    if get_token() is None:
        problems.append("--push-to: you are not logged in to the Hugging Face Hub: hf auth login")
    if problems:
        raise ZooError(*problems)


def push(folder: Path, hub_id: str) -> str:
    """Upload a folder to the model `hub_id`, made if it is not there; returns its address."""
    hub = HfApi()
    try:
        hub.create_repo(hub_id, exist_ok=True)
        return str(hub.upload_folder(repo_id=hub_id, folder_path=folder, commit_message="Published by zoo"))
    except (OSError, HTTPError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ZooError(f"{folder} is written, but not pushed ({reason}). Later: hf upload {hub_id} {folder}") from error
