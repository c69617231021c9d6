"""The sinks that packgate.yaml declares."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.errors import UserError
from packgate.source.files import read_checked

if TYPE_CHECKING:
    from collections.abc import Mapping

EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Sink:
    """Where alerts go. ``kind``: webhook, syslog, file or command; ``receives``: targets of policies, ``approvals``, roles, or ``*``;
    ``options``: the kind's own."""

    name: str
    kind: str
    receives: tuple[str, ...]
    options: Mapping[str, Any]

    def wants(self, targets: list[str]) -> bool:
        """Whether an alert for some targets goes here."""
        return EVERYTHING in self.receives or bool(set(targets) & set(self.receives))


@dataclass(frozen=True, slots=True)
class Config:
    """All sinks. An alert like one that was sent within ``deduplicate_minutes`` is counted and not sent; a sink gets at most
    ``per_minute`` a minute; ``attempts``: how often one is tried."""

    sinks: tuple[Sink, ...]
    deduplicate_minutes: int = 10
    per_minute: int = 30
    attempts: int = 8


def read_config(path: str) -> Config:
    """The sinks of a packgate.yaml. Raises `UserError`: it can't be read, doesn't fit, or declares none."""
    source, found = read_checked(path, "packgate", None)
    if source is None or source.unfit or found:
        first = found[0].message if found else "not readable"
        raise UserError(f"{path}: {first}", f"packgate lint {path} says more")
    data = source.data.get("alerts") or {}
    if not data.get("sinks"):
        raise UserError(f"{path} declares no sink for alerts", "alerts: {sinks: {archive: {type: file, path: …, receives: ['*']}}}")
    return make_config(data)


def make_config(data: Mapping[str, Any]) -> Config:
    """The configuration from the section `alerts` of packgate.yaml."""
    sinks = tuple(
        Sink(name, item["type"], tuple(item["receives"]), {key: value for key, value in item.items() if key not in ("type", "receives")})
        for name, item in sorted(data["sinks"].items())
    )
    limits = {key: int(data[key]) for key in ("deduplicate_minutes", "per_minute", "attempts") if key in data}
    return Config(sinks, **limits)


def address_of(sink: Sink) -> str:
    """The address of a webhook, which is a secret: from a file or a variable, or as declared. Raises `UserError`."""
    options = sink.options
    if "url_file" in options:
        try:
            with open(os.path.expanduser(options["url_file"]), encoding="utf-8") as file:
                return file.read(4096).strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"sink {sink.name}: its url_file can't be read: {getattr(error, 'strerror', None) or 'not text'}") from None
    if "url_env" in options:
        found = os.environ.get(options["url_env"], "")
        if not found:
            raise UserError(f"sink {sink.name}: the variable {options['url_env']} is not set")
        return found
    return str(options["url"])
