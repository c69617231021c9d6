"""Where a bundle came from: an in-toto statement with a SLSA provenance, about every other member by its digest.

Formats: in-toto Statement v1 (https://in-toto.io/Statement/v1) and SLSA provenance v1 (https://slsa.dev/spec/v1.0/provenance). The
subjects are the listing of files with their digests. Nothing in it depends on who builds where: no host, no clone's address, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.bundle.canonical import canonical, digest, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVENANCE = "provenance.json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://slsa.dev/provenance/v1"
BUILD_TYPE = "urn:packgate:bundle:1"
_BUILDER = "pkg:pypi/packgate@"


def provenance(fields: Mapping[str, Any], members: Mapping[str, bytes], version: str) -> bytes:
    """The statement about members. ``fields`` are the manifest's, ``version`` is that of the packgate that builds."""
    parameters = {name: fields[name] for name in ("pack", "version", "stage", "revision", "tag", "created", "expires")}
    commit = fields["commit"]
    materials = [] if commit is None else [{"name": "commit", "digest": {"gitCommit": commit}, "annotations": {"tag": fields["tag"]}}]
    return canonical({
        "_type": STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest(members[name])}} for name in sorted(members)],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {"buildType": BUILD_TYPE, "externalParameters": parameters, "resolvedDependencies": materials},
            "runDetails": {"builder": {"id": _BUILDER + version}},
        },
    })


def builder(data: bytes) -> str | None:
    """The version of packgate that a statement says was the builder; None where it says none."""
    try:
        found = parse(data)["predicate"]["runDetails"]["builder"]["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return found.removeprefix(_BUILDER) if isinstance(found, str) and found.startswith(_BUILDER) else None
