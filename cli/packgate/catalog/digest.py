"""What the compiled catalog was made from, as a digest: cheap to compare whenever a checkout decides."""

from __future__ import annotations

import hashlib
import os

from packgate.resources import vocabulary_path


def catalog_files(folder: str) -> list[str]:
    """The YAML files of a catalog folder, sorted."""
    return sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".yaml"))


def source_digest(folder: str) -> str:
    """Changes whenever a catalog file, the vocabulary or the compiler's own code does."""
    digest = hashlib.sha256()
    here = os.path.dirname(os.path.abspath(__file__))
    code = sorted(os.path.join(here, name) for name in os.listdir(here) if name.endswith(".py"))
    for path in [*catalog_files(folder), vocabulary_path(), *code]:
        with open(path, "rb") as file:
            data = file.read()
        digest.update(f"{os.path.basename(path)}\0{len(data)}\0".encode())
        digest.update(data)
    return "sha256:" + digest.hexdigest()
