"""A small policy repository whose policies show every way in which native rules are rendered, or left to the hook."""

from __future__ import annotations

from pathlib import Path

from packgate.render.options import Options, Settings
from packgate.render.rendered import render
from packgate.render.subject import Subject, from_workspace
from packgate.source.workspace import load_workspace

PACK = """\
name: demo
title: A demonstration
version: "1.2.0"
owners: [security]
threats:
  work: {title: Work, description: Work is lost.}
lists:
  guarded: [.guard/rules.json, "ci/**", ~/.guard.json]
"""


def policy(name: str, when: str, then: str, fires: list[str], harmless: list[str], more: str = "") -> str:
    """A policy as YAML; ``more`` holds further keys, a line each."""
    def cases(items: list[str]) -> str:
        return "\n".join([f"        - prompt: Do it.\n          {items[0]}", *(f"        - {item}" for item in items[1:])])

    return f"""\
  - id: {name}
    title: A policy
    threat: work
    impact: {"one-way" if then in ("block", "terminate") else "risky"}
    rationale: It is lost for good.
    when: [{when}]
{more}
    then: {then}
    risk: 60
    message: Ask "somebody" first.
    tests:
      must_fire:
{cases(fires)}
      must_not_fire:
{cases(harmless)}
"""


POLICIES = "policies:\n" + "".join((
    policy("forced", "git-action", "block", ["command: git push --force origin feature/x", "command: git push -f"],
           ["command: git push origin feature/x", "command: git commit -m 'git push --force'"], "    if: {operation: force-push}"),
    policy("volumes", "container-operation", "require-approval", ["command: docker volume rm data"],
           ["command: docker volume ls"], "    if: {operation: volume-remove}"),
    policy("images", "container-operation", "block", ["command: docker rmi app"],
           ["command: docker images", "command: docker image rm --help"], "    if: {operation: [image-remove, rmi]}"),
    policy("contexts", "cloud-config", "block", ["command: kubectl config use-context prod"],
           ["command: kubectl config use-context dev"], "    if: {operation: use-context, environment: production}"),
    policy("elsewhere", "delete-file", "block", ["command: rm /srv/zz"], ["command: rm zz"],
           "    if: {operation: delete, scope: other}\n    unless: {scope: temporary}"),
    policy("of-a-team", "deployment", "block", ["command: helm upgrade api ./charts"], ["command: helm list"],
           "    if: {operation: upgrade}\n    where: {team: [payments]}").replace(
               "command: helm upgrade api ./charts", "command: helm upgrade api ./charts\n          context: {actor: {team: payments}}"),
    policy("told", "process-kill", "warn", ["command: pkill node"], ["command: pgrep node"]),
    policy("guarded-files", "modify-file", "block", ["action: {surface: file, operation: edit, path: .guard/rules.json}"],
           ["action: {surface: file, operation: edit, path: ci/local/notes.md}"],
           "    if: {path: {list: guarded}}\n    unless: {path: ['ci/local/*']}"),
))
ROLLOUT = "pack: block\n"


def write_repository(root: Path, policies: str = POLICIES, **files: str) -> Path:
    """A repository with the pack `demo`; ``files`` by name, `/` written as `__` and without `.yaml`."""
    written = {"packs/demo/pack.yaml": PACK, "packs/demo/policies/work.yaml": policies, "packs/demo/rollout.yaml": ROLLOUT}
    written |= {f"{name.replace('__', '/')}.yaml": text for name, text in files.items()}
    for name, text in written.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def subject_of(root: Path, stage: str | None = None, releases: dict[str, str] | None = None) -> Subject:
    """What is rendered of a repository."""
    return from_workspace(load_workspace(str(root)), stage=stage, releases=releases, corpora=root / "testcases", carried=False)


def rendered_files(root: Path, target: str, options: Options | None = None, **files: str) -> dict[str, str]:
    """The files of a target, of the repository with ``files``, as text."""
    found = render(subject_of(write_repository(root, **files)), [target], Settings({target: options or Options()}))[target].files
    return {name: data.decode() for name, data in found.items()}
