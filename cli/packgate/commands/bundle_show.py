"""`packgate bundle show`: what is in a bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate.commands.shared import print_text
from packgate.exitcodes import CLEAN

if TYPE_CHECKING:
    from packgate.bundle.verify import Bundle


@click.command("show")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How it is printed.")
def command(file: Path, form: str) -> int:
    """Show what is in a bundle.

    Whether or not it holds now: the manifest, how many policies at which mode, and every member with its size and digest.

    \b
    Examples:
      packgate bundle show recommended-1.4.0-warn-r17.packgate
      packgate bundle show recommended-1.4.0-warn-r17.packgate --format json
    """
    from packgate.commands.bundle_files import read_whole

    bundle = read_whole(file)
    print_text(_json(bundle) if form == "json" else _text(bundle))
    return CLEAN


def _modes(bundle: Bundle) -> dict[str, int]:
    from packgate.model.policy import MODES

    (pack,) = bundle.packs()
    counts = {mode: sum(policy.outcome.mode == mode for policy in pack.policies) for mode in reversed(MODES)}
    return {mode: count for mode, count in counts.items() if count}


def _facts(bundle: Bundle) -> dict[str, object]:
    manifest = bundle.manifest
    return {
        "pack": manifest.pack, "version": manifest.version, "stage": manifest.stage, "revision": manifest.revision, "tag": manifest.tag,
        "commit": manifest.commit, "created": manifest.created, "not_before": manifest.not_before, "expires": manifest.expires,
        "minimum_engine": manifest.minimum_engine, "digest": manifest.digest, "size": bundle.size,
    }


def _json(bundle: Bundle) -> str:
    members = [{"name": name, "size": each.size, "sha256": each.sha256} for name, each in sorted(bundle.manifest.members.items())]
    return json.dumps({**_facts(bundle), "policies": _modes(bundle), "members": members}, ensure_ascii=False, indent=2) + "\n"


def _text(bundle: Bundle) -> str:
    facts = {name.replace("_", " "): "none" if value is None else str(value) for name, value in _facts(bundle).items()}
    facts["size"] += " bytes"
    modes = _modes(bundle)
    facts["policies"] = f"{sum(modes.values())}: " + ", ".join(f"{count} {mode}" for mode, count in modes.items())
    lines = [f"{name:<15} {value}" for name, value in facts.items()]
    lines += ["", f"{len(bundle.manifest.members)} members"]
    lines += [f"{each.size:>9}  {each.sha256[:12]}  {name}" for name, each in sorted(bundle.manifest.members.items())]
    return "\n".join(lines) + "\n"
