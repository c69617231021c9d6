"""`packgate bundle build`: a bundle from a release tag or a folder."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from packgate.commands.shared import STAGES, open_cache, print_findings
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from packgate.bundle.build import Built, Facts
    from packgate.diagnostics import Diagnostic

_DAYS = 365


class _Unfit(Exception):
    """The pack has errors, or its cases fail."""

    def __init__(self, findings: list[Diagnostic]) -> None:
        super().__init__("the pack is not fit to be built")
        self.findings = findings


@click.command("build")
@click.argument("source", metavar="TAG|DIR")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Folder of the file. Default: here.")
@click.option("--pack", metavar="NAME", help="Which pack of a folder that has several.")
@click.option("--expires", "days", type=click.IntRange(1, 36500), default=_DAYS, show_default=True, metavar="DAYS",
              help="For how many days from the release on the bundle holds.")
@click.option("--stage", type=click.Choice(STAGES), help="For a folder: the stage of the release.")
@click.option("--revision", type=click.IntRange(1), help="For a folder: the revision.")
@click.option("--at", metavar="TIME", help="For a folder: when it counts as released (RFC 3339). Default: SOURCE_DATE_EPOCH.")
def command(
    source: str, out: Path, pack: str | None, days: int, stage: str | None, revision: int | None, at: str | None
) -> int:
    """Build a bundle from a release tag or a folder.

    A tag says everything: its pack, as it stands at the tag's commit, and stage, revision and time of the release. A folder is a pack, or
    a policy repository; what a tag would say is told by options. A pack with lint errors or failing cases is not built (exit 1). Where
    `targets:` of packgate.yaml names agents or engines, what `packgate render` makes for them is in the bundle too. The same input gives
    the same bytes on any machine; the clock is never asked.

    \b
    Examples:
      packgate bundle build recommended/v1.4.0-warn --out dist
      packgate bundle build packs/payments --stage audit --revision 1 --at 2026-01-31T09:30:00Z
    """
    from packgate.release.tags import parse_tag

    from_folder = (stage, revision, at)
    try:
        if parse_tag(source) is not None and not os.path.isdir(source):
            if from_folder != (None, None, None) or pack is not None:
                raise UserError("--pack, --stage, --revision and --at are for folders", "a tag says them itself")
            built = _from_tag(source, days)
        else:
            built = _from_folder(Path(source), pack, _told(stage, revision, at, days))
    except _Unfit as unfit:
        print_findings(unfit.findings)
        return FINDINGS
    out.mkdir(parents=True, exist_ok=True)
    path = out / built.name
    _write(path, built.data)
    click.echo(f"{path}  {len(built.data)} bytes")
    return CLEAN


def _told(stage: str | None, revision: int | None, at: str | None, days: int) -> Facts:
    """What the options say in place of a tag. Raises `UserError` for what is missing."""
    from packgate.bundle.build import Facts
    from packgate.times import from_epoch, moment

    if stage is None or revision is None:
        raise UserError("a folder needs --stage and --revision", "or name a release tag, which says both")
    if at is not None:
        created = moment(at)
        if created is None:
            raise UserError(f"--at {at}: expected a time such as 2026-01-31T12:00:00Z")
        return Facts(stage, revision, created, days=days)
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        raise UserError("a folder needs --at, the time that it counts as released", "or SOURCE_DATE_EPOCH; the clock is never asked")
    try:
        return Facts(stage, revision, from_epoch(int(epoch)), days=days)
    except (ValueError, OverflowError, OSError):
        raise UserError(f"SOURCE_DATE_EPOCH={epoch}: expected seconds since 1970") from None


def _from_folder(folder: Path, pack: str | None, facts: Facts) -> Built:
    from packgate.bundle.opening import pack_folder

    if not folder.is_dir():
        hint = "a release tag is PACK/vX.Y.Z-STAGE, such as recommended/v1.4.0-warn"
        raise UserError(f"'{folder}' is neither a folder nor the name of a release tag", hint)
    return _build(pack_folder(folder, pack), facts)


def _from_tag(name: str, days: int) -> Built:
    from packgate.bundle.build import Facts
    from packgate.bundle.opening import shown_from
    from packgate.gitio import Repository
    from packgate.release.history import find
    from packgate.source.files import YAML
    from packgate.source.workspace import find_root

    repository = Repository()
    release = find(repository, name)
    root = find_root(".") or repository.root
    prefix = repository.prefix(root)
    with TemporaryDirectory(prefix="packgate-bundle-") as place:
        folder = Path(place)
        links = repository.export(release.commit, prefix, folder, YAML)
        pack = folder / "packs" / release.name.pack
        inside = os.path.join(prefix, "packs", release.name.pack) + os.sep
        if any(link.startswith(inside) for link in links):
            raise UserError(f"{name}: the pack has symbolic links, which no bundle can hold", ", ".join(links[:5]))
        if not (pack / "pack.yaml").is_file():
            raise UserError(f"{name}: there is no packs/{release.name.pack} at its commit {release.commit[:12]}")
        facts = Facts(release.name.stage, release.revision, release.time, release.commit, name, days)
        try:
            return _build(pack, facts, release.name.version)
        except _Unfit as unfit:
            raise _Unfit(shown_from(unfit.findings, folder, os.path.relpath(root))) from None


def _build(pack: Path, facts: Facts, version: str | None = None) -> Built:
    """Raises `_Unfit` for a pack with errors."""
    from packgate.bundle.build import build
    from packgate.bundle.opening import open_pack
    from packgate.bundle.rendering import target_files

    opened = open_pack(pack, facts.created[:10], open_cache())
    if opened.result is None or opened.result.pack is None:
        raise _Unfit(opened.findings)
    found = opened.result.pack.version
    if version not in (None, found):
        raise UserError(f"{facts.tag}: the tag says version {version}, pack.yaml at its commit {found}")
    return build(opened.space, opened.result, facts, targets=target_files(opened.space, facts.stage, open_cache()))


def _write(path: Path, data: bytes) -> None:
    """At once or not at all: a half bundle is never found under a bundle's name."""
    from packgate.bundle.durable import write_whole

    try:
        write_whole(str(path), data, 0o666)
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from error
