"""Real bundles for tests: a small pack, compiled, and sealed as a builder seals it."""

from __future__ import annotations

from pathlib import Path

from packgate.bundle.archive import write_archive
from packgate.bundle.canonical import canonical
from packgate.bundle.compiled import COMPILED, to_data
from packgate.bundle.manifest import MANIFEST, read_manifest, seal
from packgate.bundle.names import file_name
from packgate.source.vocabulary import builtin_vocabulary
from packgate.source.workspace import load_workspace

PACK = """\
name: {pack}
title: A demonstration
version: "1.0.0"
owners: ["@acme/security"]
threats:
  data: {{title: Data, description: Data is lost.}}
"""
POLICY = """\
policies:
  - id: {pack}-force
    title: Force push
    threat: data
    impact: one-way
    rationale: Work of others is lost.
    when: [git-action]
    if: {{operation: force-push, branch: {branch}}}
    then: block
    risk: 50
    message: Push to a branch of your own.
    tests:
      must_fire:
        - prompt: Force push to main.
          command: git push --force origin {branch}
      must_not_fire:
        - prompt: Push my branch.
          command: git push origin feature/x
"""
ROLLOUT = "pack: block\n"


def write_pack(folder: Path, pack: str, branch: str) -> Path:
    """A pack in ``folder/packs/PACK`` with one policy: no force push to a branch."""
    place = folder / "packs" / pack
    (place / "policies").mkdir(parents=True, exist_ok=True)
    (place / "pack.yaml").write_text(PACK.format(pack=pack))
    (place / "policies" / "all.yaml").write_text(POLICY.format(pack=pack, branch=branch))
    (place / "rollout.yaml").write_text(ROLLOUT)
    (folder / "packgate.yaml").write_text("version: 1\n")
    return place


def make_bundle(
    folder: Path, revision: int, *, pack: str = "demo", branch: str = "main", stage: str = "block", not_before: str = "2026-01-01T00:00:00Z",
    expires: str = "2099-01-01T00:00:00Z",
) -> tuple[str, bytes]:
    """The file name and the bytes of a bundle of a small pack, whose policy is about one branch."""
    write_pack(folder, pack, branch)
    space = load_workspace(str(folder), [pack])
    assert space.ok, space.diagnostics
    members = {COMPILED: canonical(to_data(space.packs[0], space.vocabulary, builtin_vocabulary(), space.lists))}
    fields = {
        "pack": pack, "version": "1.0.0", "stage": stage, "revision": revision, "commit": None, "tag": None, "created": not_before,
        "not_before": not_before, "expires": expires, "minimum_engine": "0.0.0",
    }
    manifest = seal(fields, members)
    everything = {MANIFEST: manifest, **members}
    return file_name(read_manifest(manifest)), write_archive(everything, [MANIFEST, *sorted(members)])
