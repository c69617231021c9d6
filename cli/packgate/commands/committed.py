"""The committed state of a policy repository, opened beside the working tree."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packgate.commands.shared import open_cache
from packgate.errors import UserError

if TYPE_CHECKING:
    from contextlib import ExitStack

    from packgate.gitio import Repository
    from packgate.impact.sides import Side


def open_committed(stack: ExitStack, repository: Repository, ref: str = "HEAD") -> tuple[Side, str]:
    """The packs of a commit, unpacked to a folder that goes with ``stack``, and the policy repository's folder relative to the root.

    Raises `UserError` outside of a policy repository, and when nothing is committed yet.
    """
    from packgate.impact.sides import open_side
    from packgate.source.files import YAML
    from packgate.source.workspace import find_root

    root = find_root(".")
    if root is None:
        raise UserError("there is no policy repository here", "packgate.yaml or packs/ marks one")
    if not repository.knows(ref):
        raise UserError("nothing is committed yet", "commit the packs first: a stage is given to what is recorded")
    prefix = repository.prefix(root)
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="packgate-commit-")))
    repository.export(repository.commit(ref), prefix, folder, YAML)
    return open_side(ref, folder, (), os.path.relpath(root), open_cache()), prefix
