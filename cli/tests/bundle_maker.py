"""Real bundles of a small pack, for tests."""

from __future__ import annotations

from pathlib import Path

from packgate.bundle.build import Facts, build
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
    folder: Path, revision: int, *, pack: str = "demo", branch: str = "main", stage: str = "block", created: str = "2026-01-01T00:00:00Z",
    days: int = 20_000,
) -> tuple[str, bytes]:
    """The file name and the bytes of a bundle of a small pack, whose policy is about one branch."""
    write_pack(folder, pack, branch)
    space = load_workspace(str(folder), [pack])
    assert space.ok, space.diagnostics
    built = build(space, space.results[0], Facts(stage, revision, created, days=days))
    return built.name, built.data
