"""Open Policy Agent: a bundle of policies as data, one generic Rego module over packgate's facts, and the cases as Rego tests.

Format: openpolicyagent.org/docs (bundles, Rego v1, policy testing).
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from typing import TYPE_CHECKING

from packgate.render import no_patterns
from packgate.render.portable import BASE, cases_data, policies_data
from packgate.render.target import ENGINE
from packgate.render.writing import as_json, from_template, validated

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packgate.render.plan import Plan

NAME = "opa"
TITLE = "Open Policy Agent"
SUPPORT = ENGINE
ANSWERS: tuple[str, ...] = ()
POLICY, DATA, MANIFEST = "policy/packgate.rego", "policy/data.json", "policy/.manifest"
TESTS, CASES, BUNDLE = "tests/packgate_test.rego", "tests/data.json", "bundle.tar.gz"
PLACES = {
    BUNDLE: "the server that OPA downloads bundles from",
    POLICY: "in the bundle", DATA: "in the bundle", MANIFEST: "in the bundle",
    TESTS: "`opa test policy tests`", CASES: "`opa test policy tests`",
}
NOTES = (
    "OPA decides over packgate's facts, not over a command line: ask it with what `packgate facts --format json` prints, and the context.",
    "A value that is only partly known (`/etc/$X`) is matched as it is printed; packgate itself knows what it may and must match.",
    "Redactions, alerts and what may match are packgate's alone.",
)
_ROOTS = ("packgate", "packgate_policies")


# An engine sees facts: no commands, no files.
command_patterns, command_matches = no_patterns.command_patterns, no_patterns.command_matches
path_pattern, path_matches = no_patterns.path_pattern, no_patterns.path_matches


def files(plan: Plan) -> dict[str, bytes]:
    """The bundle's files, the bundle, and the tests. The manifest's revision is a digest of what the bundle holds."""
    cases = cases_data(plan)
    inside = {
        "packgate.rego": from_template("opa-policy.rego.j2", label=plan.candidates.subject.label, base=BASE),
        "data.json": as_json({"packgate_policies": policies_data(plan)}),
    }
    revision = hashlib.sha256(b"\0".join(inside[name] for name in sorted(inside))).hexdigest()
    manifest = {"revision": f"sha256:{revision}", "roots": list(_ROOTS), "rego_version": 1,
                "metadata": {"packs": plan.candidates.subject.label}}
    inside[".manifest"] = as_json(validated(manifest, "opa-manifest", MANIFEST))
    return {
        POLICY: inside["packgate.rego"], DATA: inside["data.json"], MANIFEST: inside[".manifest"],
        TESTS: from_template("opa-tests.rego.j2", cases=sorted(cases)), CASES: as_json({"packgate_cases": cases}), BUNDLE: _archive(inside),
    }


def _archive(members: Mapping[str, bytes]) -> bytes:
    """A gzipped tar with the same bytes everywhere: sorted, without times or owners, and stored rather than compressed, since compression
    differs between versions of zlib."""
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", 0, buffer, 0) as packed, tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(members):
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(members[name]), 0o644
            archive.addfile(member, io.BytesIO(members[name]))
    return buffer.getvalue()
