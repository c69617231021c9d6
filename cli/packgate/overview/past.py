"""The history of policies: the commits that wrote them, changed what they say, or moved their stage."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from packgate.release.standing import rollout_reader
from packgate.source.files import YAML
from packgate.source.yaml import parse_yaml
from packgate.times import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from packgate.gitio import Repository
    from packgate.gitio.repository import Touch

    # The data of policies by id, or of rollout.yaml; None where it can't be read.
    At = Callable[[str], dict[str, Any] | None]
    # ``time``, ``commit``, ``by`` and ``what``.
    Row = dict[str, str]

# Commits that are looked at, of the policies and of rollout.yaml.
MOST_COMMITS = 100


class Past:
    """Looks into one repository; a text that several commits share is read once."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._known: dict[bytes, dict[str, Any] | None] = {}

    def written(self, folder: str, names: Iterable[str]) -> dict[str, list[Row]]:
        """The commits that wrote or changed policies. ``folder``: of their pack, relative to the repository's root.

        Those that can't be read are passed over, as are those before the newest `MOST_COMMITS`.
        """
        found: dict[str, list[Row]] = {name: [] for name in names}
        for touch, before, now in self._steps(f"{folder}/policies", self._policies(folder)):
            for name, rows in found.items():
                if now.get(name) is not None and now.get(name) != before.get(name):
                    rows.append(_row(touch, _changed(before.get(name), now[name])))
        return found

    def staged(self, folder: str, threats: Mapping[str, str]) -> dict[str, list[Row]]:
        """The commits that moved policies to another stage. ``threats``: the threat layer of each."""
        found: dict[str, list[Row]] = {name: [] for name in threats}
        path = f"{folder}/rollout.yaml"
        for touch, before, now in self._steps(path, self._rollout(path)):
            for name, rows in found.items():
                read = rollout_reader("policy", name, threats[name])
                old, new = read(before), read(now)
                if old != new:
                    rows.append(_row(touch, f"from stage {old} to {new}"))
        return found

    def _steps(self, path: str, at: At) -> Iterator[tuple[Touch, dict[str, Any], dict[str, Any]]]:
        """The commits that touch a path, oldest first, with what was there before and after."""
        touches = self.repository.history(path)
        # Of the oldest of a part nobody knows what was before.
        whole = len(touches) <= MOST_COMMITS and not self.repository.is_shallow()
        before: dict[str, Any] | None = {} if whole else None
        for touch in reversed(touches[:MOST_COMMITS]):
            now = at(touch.commit)
            if now is None:
                continue
            if before is not None:
                yield touch, before, now
            before = now

    def _policies(self, folder: str) -> At:
        def at(commit: str) -> dict[str, Any] | None:
            found: dict[str, Any] = {}
            with TemporaryDirectory(prefix="packgate-past-") as place:
                self.repository.export(commit, f"{folder}/policies", Path(place), YAML)
                for path in sorted(Path(place).glob("*")):
                    data = self._read(path.read_bytes())
                    if data is None:
                        return None
                    policies = data.get("policies")
                    items = [each for each in policies if isinstance(each, dict)] if isinstance(policies, list) else []
                    found |= {each["id"]: each for each in items if isinstance(each.get("id"), str)}
            return found

        return at

    def _rollout(self, path: str) -> At:
        def at(commit: str) -> dict[str, Any] | None:
            raw = self.repository.read(commit, path)
            return {} if raw is None else self._read(raw)

        return at

    def _read(self, raw: bytes) -> dict[str, Any] | None:
        key = sha256(raw).digest()
        if key not in self._known:
            document = parse_yaml(raw.decode("utf-8", "replace").removeprefix("\ufeff"), "")
            self._known[key] = None if document.diagnostics or not isinstance(document.data, dict) else document.data
        return self._known[key]


def _changed(before: dict[str, Any] | None, now: dict[str, Any]) -> str:
    if before is None:
        return "written"
    keys = ["cases" if key == "tests" else key for key in {**now, **before} if before.get(key) != now.get(key)]
    return f"{' and '.join(filter(None, (', '.join(keys[:-1]), keys[-1])))} changed"


def _row(touch: Touch, what: str) -> Row:
    return {"time": touch.time, "commit": touch.commit[:7], "by": touch.author.partition(" <")[0], "what": what}


def newest_first(rows: Iterable[Row]) -> list[Row]:
    """Rows by their time, which commits write in the zone of who made them."""
    return sorted(rows, key=lambda row: parse(row["time"]) or datetime.min.replace(tzinfo=UTC), reverse=True)
