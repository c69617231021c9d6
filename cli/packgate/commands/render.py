"""`packgate render`: policies as the rule files, hooks and bundles of agents and policy engines."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from packgate.commands.shared import STAGES, open_cache, open_workspace, pack_option, print_findings, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.model.policy import Pack
    from packgate.render.options import Settings
    from packgate.render.subject import Subject

_FORMATS = ("text", "json", "markdown")


def _complete(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from packgate.render.targets import TARGETS

    return [CompletionItem(name) for name in TARGETS if name.startswith(incomplete)]


@click.command("render")
@click.option("--target", "targets", multiple=True, metavar="TARGET", shell_complete=_complete,
              help="What to render for; repeatable. Default: `targets:` of packgate.yaml.")
@pack_option
@click.option("--bundles", type=click.Path(path_type=Path, file_okay=False, exists=True), metavar="DIR",
              help="Render the bundles that `bundle pull` installed there, instead of sources.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Write the files below this folder.")
@click.option("--stage", type=click.Choice(STAGES), help="Replaces all stages.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when files in --into are not what would be written.")
@click.option("--format", "form", type=click.Choice(_FORMATS), default="text", show_default=True, help="How the report is printed.")
def command(
    targets: tuple[str, ...], packs: tuple[str, ...], bundles: Path | None, into: Path | None, stage: str | None, check: bool, form: str
) -> int:
    """Render policies for agents and policy engines, and say what each can't do.

    Every target gets the hook, which decides with packgate itself, and rules of its own language as a second layer, for the times when
    the hook can't start. Native rules come from the catalog and from the cases of the policies; one that would stop a command which the
    hook lets run, in any case or corpus, is left out and listed. The report says by policy what is native and what only the hook does.
    Without --into nothing is written.

    \b
    Examples:
      packgate render --target claude-code
      packgate render --target claude-code --target codex --into dist/targets
      packgate render --target gemini --bundles /var/lib/packgate/bundles --into /tmp/gemini
      packgate render --into dist/targets --check
    """
    from packgate.commands.shared import BrokenPacks
    from packgate.render.rendered import all_files, render
    from packgate.render.report import report

    if bundles is not None and packs:
        raise UserError("--pack and --bundles exclude each other", "a folder of bundles says which packs hold")
    if check and into is None:
        raise UserError("--check compares with the files in a folder", "name it with --into")
    try:
        subject, settings = _subject(packs, bundles, stage)
    except BrokenPacks as broken:
        print_findings(broken.findings)
        return FINDINGS
    names = targets or tuple(settings.targets)
    if not names:
        raise UserError("there is nothing to render for", "name a target with --target, or `targets:` in packgate.yaml")
    rendered = render(subject, names, settings)
    files = all_files(rendered)
    if check and into is not None:
        return _check(files, into, sorted(rendered))
    if into is not None:
        _write(files, into)
    from packgate.guard.detectors import mask

    print_text(mask(report(rendered, form)))
    return CLEAN


def _subject(packs: Sequence[str], bundles: Path | None, stage: str | None) -> tuple[Subject, Settings]:
    from packgate.commands.shared import BrokenPacks
    from packgate.render.options import Settings, read_settings
    from packgate.render.subject import from_workspace

    space = open_workspace(packs)
    data = None if space.settings is None or space.settings.unfit else space.settings.data
    settings = read_settings(data) if data is not None else Settings()
    if bundles is not None:
        from packgate.bundle.rendering import from_bundles

        on_failure = data.get("on_failure") if isinstance(data, dict) else None
        return from_bundles(str(bundles), stage=stage, on_failure=on_failure), settings
    if not space.ok:
        raise BrokenPacks(space.diagnostics)
    corpora = Path(space.root) / "testcases" if space.root else None
    return from_workspace(space, stage=stage, releases=_releases(space.packs, stage), corpora=corpora, cache=open_cache()), settings


def _releases(packs: Sequence[Pack], stage: str | None) -> dict[str, str]:
    """The stages of the newest releases; they play no part when a stage is asked for."""
    if stage is not None:
        return {}
    from packgate.commands.effective import newest_releases

    return {pack: release.name.stage for pack, release in newest_releases([pack.name for pack in packs]).items()}


def _write(files: Mapping[str, bytes], into: Path) -> None:
    for name, data in files.items():
        path = into / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(0o755 if data.startswith(b"#!") else 0o644)
        except OSError as error:
            raise UserError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from error


def _check(files: Mapping[str, bytes], into: Path, targets: Sequence[str]) -> int:
    """List what differs, one file a line."""
    stale = [name for name, data in files.items() if not (into / name).is_file() or (into / name).read_bytes() != data]
    others = [f"{name}: no longer rendered" for name in _others(files, into)]
    wrong = sorted([*(f"{name}: not what would be rendered" for name in stale), *others])
    print_text("".join(f"{into / line}\n" for line in wrong) or f"{into}: {len(files)} files of {', '.join(targets)} are up to date\n")
    return FINDINGS if wrong else CLEAN


def _others(files: Mapping[str, bytes], into: Path) -> list[str]:
    """Files in the folders of the rendered targets that are not rendered (any more); a person removes them."""
    found = []
    for target in sorted({name.partition("/")[0] for name in files}):
        for folder, _, names in os.walk(into / target):
            found += [os.path.relpath(os.path.join(folder, name), into) for name in names]
    return sorted(set(found) - set(files))
