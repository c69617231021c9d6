"""Who may sign releases: the file of allowed signers that the settings name, and what git says about a tag by it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packgate.errors import UserError
from packgate.source.files import read_checked
from packgate.source.result import has_errors

if TYPE_CHECKING:
    from packgate.gitio import Repository

HOW_TO_SIGN = "git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub"


def allowed_signers(root: str) -> str | None:
    """The file that ``keys.allowed_signers`` of a policy repository's packgate.yaml names; None where it names none.

    Raises `UserError` when the settings have errors or the file is not there: without it no signature could be believed.
    """
    path = os.path.join(root, "packgate.yaml")
    if not os.path.lexists(path):
        return None
    source, found = read_checked(path, "packgate")
    if source is None or source.unfit or has_errors(found):
        raise UserError("packgate.yaml has errors, so it is not known who may sign", "packgate lint")
    named = (source.data.get("keys") or {}).get("allowed_signers")
    if named is None:
        return None
    file = os.path.join(root, named)
    if not os.path.isfile(file):
        hint = 'it has a line for each person: you@example.com namespaces="git" ssh-ed25519 AAAA…'
        raise UserError(f"there is no file {named}, which keys.allowed_signers of packgate.yaml names", hint)
    return file


def key_is_set(repository: Repository) -> bool:
    """Whether git is set up to sign by SSH."""
    return repository.setting("gpg.format") == "ssh" and repository.setting("user.signingkey") is not None


def wants_signature(repository: Repository, asked: bool | None, signers: str | None) -> bool:
    """Whether a new tag is signed: as asked for; else when git has a key or the settings name allowed signers.

    Raises `UserError` when it is to be signed and git has no key.
    """
    ready = key_is_set(repository)
    if asked is False:
        return False
    if (asked or signers is not None) and not ready:
        why = "" if asked else ": keys.allowed_signers in packgate.yaml asks for it"
        hint = HOW_TO_SIGN + ("" if asked else "; or --no-sign")
        raise UserError(f"the tag is to be signed{why}, and git has no SSH key for that", hint)
    return ready
