"""Where the files that packgate carries are: packs, schemas, vocabulary, compiled catalog.

An installed wheel carries them in ``packgate/data``; in an editable install they are those of the repository, whatever an
earlier build left in ``packgate/data``.
"""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_INSTALLED = os.path.join(_PACKAGE, "data")
_REPOSITORY = os.path.dirname(os.path.dirname(_PACKAGE))


class ResourceError(RuntimeError):
    """A file that every installation has is missing: the installation is broken."""


def resource(*parts: str) -> str:
    """The path of a carried file or folder, ``resource("schema", "vocabulary.yaml")``. Raises `ResourceError`."""
    roots = (_REPOSITORY, _INSTALLED) if os.path.isfile(os.path.join(_REPOSITORY, "pyproject.toml")) else (_INSTALLED,)
    for root in roots:
        path = os.path.join(root, *parts)
        if os.path.exists(path):
            return path
    raise ResourceError(f"this installation of packgate lacks {'/'.join(parts)}; install it again")


def packs_folder() -> str:
    """The folder of the packs that the package carries."""
    return resource("packs")


def schema_path(kind: str) -> str:
    """The JSON Schema of a kind of file: ``policies``, ``pack``, ``rollout``, ``waivers`` …"""
    return resource("schema", f"{kind}.schema.json")


def vocabulary_path() -> str:
    """The vocabulary's YAML."""
    return resource("schema", "vocabulary.yaml")
