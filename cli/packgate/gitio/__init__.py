"""The one place that talks to git: reading and tagging (`repository`), and commits that a crash can't leave half made (`writing`)."""

from __future__ import annotations

from packgate.gitio.repository import Repository, Tag

__all__ = ["Repository", "Tag"]
