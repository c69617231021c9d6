"""Real repositories with releases, for tests: git and ssh-keygen as they are."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

from packgate.release.record import Record, write_message

if TYPE_CHECKING:
    from pathlib import Path

DIGEST = "sha256:" + "a" * 64


def git(folder: Path, *arguments: str, time: str = "2026-01-01T00:00:00Z") -> str:
    """Run git with an identity and a time of its own."""
    identity = ("-c", "user.name=Dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false")
    dates = {"GIT_AUTHOR_DATE": time, "GIT_COMMITTER_DATE": time}
    environ = {**_environ(), **dates}
    return subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True, env=environ).stdout.strip()


def _environ() -> dict[str, str]:
    import os

    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def make_repository(folder: Path) -> Path:
    """A repository with one commit and an identity."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "Dev")
    git(folder, "config", "user.email", "dev@example.com")
    git(folder, "commit", "-q", "--allow-empty", "-m", "First")
    return folder


def record_of(folder: Path, revision: int, **changes: Any) -> Record:
    """A record of HEAD."""
    fields: dict[str, Any] = {
        "pack": "demo", "version": "1.0.0", "stage": "audit", "revision": revision, "commit": git(folder, "rev-parse", "HEAD"),
        "digest": DIGEST, "time": "2026-01-01T00:00:00Z", "packgate": "0", **changes,
    }
    return Record(**fields)


def tag_by_hand(folder: Path, name: str, message: str, *settings: str, time: str = "2026-01-01T00:00:00Z") -> None:
    """A tag as somebody makes it with git alone."""
    sign = "--sign" if settings else "--no-sign"
    git(folder, *settings, "tag", "-a", sign, "--cleanup=verbatim", "-m", message, name, time=time)


def tag_release(folder: Path, record: Record, name: str | None = None, *settings: str) -> None:
    """A tag with a record, whatever it says."""
    tag_by_hand(folder, name or f"{record.pack}/v{record.version}-{record.stage}", write_message("A release.", [], record), *settings)


def make_key(folder: Path, name: str) -> Path:
    """A new SSH key; the path of its private half."""
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True, capture_output=True)
    return path


def allow(folder: Path, principal: str, key: Path) -> None:
    """Name a key in keys/allowed_signers, and the file in packgate.yaml."""
    file = folder / "keys" / "allowed_signers"
    file.parent.mkdir(exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(f'{principal} namespaces="git" {key.with_name(key.name + ".pub").read_text()}')
    (folder / "packgate.yaml").write_text("version: 1\nkeys: {allowed_signers: keys/allowed_signers}\n")


def signing(key: Path) -> tuple[str, ...]:
    """Settings of git that sign with a key."""
    return ("-c", "gpg.format=ssh", "-c", f"user.signingkey={key}")
