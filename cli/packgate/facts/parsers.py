"""The closed set of parsers that catalog sources can name: text in, named parts out.

Each takes a value and returns its parts, the whole under ``""``; None when the value is not of that form. They work on
partly known values as far as the known pieces decide.
"""

from __future__ import annotations

import re

from packgate.model.value import Text, join, origins_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.model.value import Part, Value

    Parts = dict[str, Value]
    Parser = Callable[[Value], Parts | None]

# Several rules of a call take the same words apart.
_MOST_REMEMBERED = 200

# Stands for each hole or glob while a partly known value is taken apart as text.
_MARK = "\ufffc"


def _as_text(value: Value) -> tuple[str, tuple[Part, ...]]:
    if isinstance(value, str):
        return value, ()
    unknown = tuple(part for part in value.parts if not isinstance(part, str))
    return "".join(part if isinstance(part, str) else _MARK for part in value.parts), unknown


class _Restorer:
    """Puts the unknown pieces back into fragments of the marked text."""

    __slots__ = ("text", "unknown")

    def __init__(self, text: str, unknown: tuple[Part, ...]) -> None:
        self.text = text
        self.unknown = unknown

    def slice(self, start: int, end: int) -> Value:
        fragment = self.text[start:end]
        if not self.unknown or _MARK not in fragment:
            return fragment
        index = self.text.count(_MARK, 0, start)
        out: list[Value | Part] = []
        for position, piece in enumerate(fragment.split(_MARK)):
            if position:
                out.append(self.unknown[index])
                index += 1
            out.append(piece)
        return join(out)


def _by_regex(pattern: str, whole: str | None = None) -> Parser:
    """A parser whose parts are the named groups of a regular expression that must match the whole text. ``whole`` names
    the group that stands for the value itself."""
    compiled: list[re.Pattern[str]] = []
    remembered: dict[str, Parts | None] = {}

    def parse(value: Value) -> Parts | None:
        if not isinstance(value, str):
            return read(value)
        if value not in remembered:
            if len(remembered) >= _MOST_REMEMBERED:
                remembered.clear()
            remembered[value] = read(value)
        return remembered[value]

    def read(value: Value) -> Parts | None:
        if not compiled:
            compiled.append(re.compile(pattern, re.DOTALL))
        text, unknown = _as_text(value)
        match = compiled[0].fullmatch(text)
        if match is None:
            return None
        parts: Parts = {name: found for name, found in match.groupdict().items() if found is not None}
        if unknown:
            restorer = _Restorer(text, unknown)
            for name in parts:
                parts[name] = restorer.slice(*match.span(name))
        parts[""] = parts[whole] if whole is not None else value
        return parts

    return parse


_USER = r"(?:(?P<user>[^@/\s:]*)(?::[^@/\s]*)?@)?"
_HOST = r"(?P<host>\[[^\]/\s]*\]|[^:/?#\s@,]*)"

_url = _by_regex(r"(?:(?P<scheme>[A-Za-z][\w+.-]*)://)?" + _USER + _HOST + r"(?::\d*)?(?P<path>[/?#].*)?")
_scp = _by_regex(r"(?:(?P<user>[^@/\s:]+)@)?(?P<host>\[[^\]]+\]|[^:/\s@]+):(?P<path>(?!//).*)")
_scp_url = _by_regex(r"(?:scp|sftp|rsync|ssh)://" + _USER + _HOST + r"(?::\d+)?(?P<path>/.*)?")
_rsync_daemon = _by_regex(r"(?:(?P<user>[^@/\s:]+)@)?(?P<host>[^:/\s@]+)::(?P<path>.*)")
_ssh = _by_regex(r"(?:ssh://)?(?:(?P<user>[^@\s]+?)(?::[^@\s]*)?@)?(?P<host>\[[^\]]+\]|[^@:/\s]+)(?::\d+)?/?")
_database_url = _by_regex(
    r"(?P<scheme>[A-Za-z][\w+.-]*)://(?:(?P<user>[^:@/?\s]*)(?::[^@/]*)?@)?(?P<host>[^/?\s]*?)(?::\d+)?(?:/(?P<database>[^?\s]*))?(?:\?.*)?"
)
_image = _by_regex(
    r"(?:docker://)?(?:(?P<host>[\w-]+(?:\.[\w.-]+)|localhost|[\w-]+(?=:\d))(?::\d+)?/)?(?P<name>[^:@\s]+)(?::(?P<tag>[^@\s]+))?(?:@(?P<digest>\S+))?"
)
_arn = _by_regex(r"arn:[\w-]+:(?P<service>[\w-]*):(?P<region>[\w-]*):(?P<account>[\w-]*):(?:[\w-]+[:/])?(?P<name>.*)")
_file_url = _by_regex(r"(?:fileb?://|@)(?P<path>.+)", "path")
_keyval = _by_regex(r"(?P<name>[^=\s]+)=(?P<value>.*)")
_at_version = _by_regex(r"(?P<name>@?[^@=<>!~\[;\s]+)(?:\[[^\]]*\])?(?:(?:@|[=<>!~]=?=?|;)(?P<version>.*))?", "name")
_refspec = _by_regex(r"(?P<force>\+?)(?P<source>[^:]*)(?::(?P<target>.*))?")
_k8s = _by_regex(r"(?P<kind>[A-Za-z][\w.-]*?)(?:/(?P<name>.+))?")
_after_at = _by_regex(r"(?:[^=@<\s]+=)?[@<](?P<path>[^;]+)(?:;.*)?", "path")

# Short and plural forms of kinds, from `kubectl api-resources`.
_KINDS = {
    "po": "pod", "svc": "service", "deploy": "deployment", "ds": "daemonset", "sts": "statefulset", "rs": "replicaset",
    "ns": "namespace", "cm": "configmap", "sa": "serviceaccount", "pv": "persistentvolume", "pvc": "persistentvolumeclaim",
    "ing": "ingress", "no": "node", "cj": "cronjob", "hpa": "horizontalpodautoscaler", "netpol": "networkpolicy",
    "pdb": "poddisruptionbudget", "crd": "customresourcedefinition", "crds": "customresourcedefinition", "sc": "storageclass",
    "quota": "resourcequota", "ep": "endpoint", "ev": "event", "rc": "replicationcontroller", "csr": "certificatesigningrequest",
    "ingresses": "ingress", "networkpolicies": "networkpolicy", "storageclasses": "storageclass", "priorityclasses": "priorityclass",
    "project": "namespace", "projects": "namespace", "dc": "deploymentconfig", "endpoints": "endpoint",
}


def kind_of(word: str) -> str:
    """The singular lower-case name of a Kubernetes kind, without its API group."""
    name = word.lower().split(".", 1)[0]
    if name in _KINDS:
        return _KINDS[name]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def _kubernetes(value: Value) -> Parts | None:
    """``kind/name`` or a kind alone; of a name that is not known, the kind that the listing it comes from tells."""
    if not isinstance(value, str) and not any(isinstance(part, str) for part in value.parts):
        kinds = [origin.detail[:-1] for origin in origins_of(value) if origin.kind == "listed" and origin.detail[-1:] == "/"]
        return {"": value, "kind": kinds[0], "name": value} if kinds else None
    parts = _k8s(value)
    if parts is not None and isinstance(parts["kind"], str):
        parts["kind"] = kind_of(parts["kind"])
    return parts


def _scp_target(value: Value) -> Parts | None:
    """``user@host:path``, a URL, or an rsync daemon; None for a local path (also one with a drive letter or ``./a:b``)."""
    if isinstance(value, str) and ":" not in value:
        return None
    for parser in (_scp_url, _rsync_daemon, _scp):
        parts = parser(value)
        if parts is not None and not (parser is _scp and isinstance(parts["host"], str) and len(parts["host"]) == 1):
            parts.setdefault("path", "")
            return parts
    return None


_PAIR = re.compile(r"(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|\S*)")
_CONNINFO_KEYS = {"host": "host", "hostaddr": "host", "user": "user", "dbname": "database", "service": "service", "port": "port"}


def _conninfo(value: Value) -> Parts | None:
    """A libpq connection string (``host=… dbname=…``) or a database URL; a bare word is a database name.

    Source: PostgreSQL documentation, libpq, "Connection Strings"; only the first of several hosts is given.
    """
    text, unknown = _as_text(value)
    if "://" in text:
        return _database_url(value)
    if "=" not in text:
        return {"": value, "database": value}
    restorer = _Restorer(text, unknown)
    found: Parts = {"": value}
    for match in _PAIR.finditer(text):
        key = _CONNINFO_KEYS.get(match.group(1))
        if key is not None and key not in found:
            start, end = match.span(2)
            if text[start:end].startswith("'"):
                start, end = start + 1, end - 1
            found[key] = restorer.slice(start, end)
    return found


def _refspec_parts(value: Value) -> Parts | None:
    """``[+]source[:target]``; without a target it is the source, ``:x`` has an empty source (a deletion)."""
    parts = _refspec(value)
    if parts is not None:
        parts.setdefault("target", parts["source"])
    return parts


def _basename(value: Value) -> Parts | None:
    if isinstance(value, str):
        return {"": value.rstrip("/").rsplit("/", 1)[-1]}
    last = value.parts[-1]
    if isinstance(last, str) and "/" in last:
        return {"": last.rsplit("/", 1)[-1]}
    return {"": value}


def _local(value: Value) -> Parts | None:
    """A path of this machine: no URL and no ``host:path``."""
    text, _ = _as_text(value)
    return None if "://" in text or _scp_target(value) is not None else {"": value}


_ENCRYPTED = (".gpg", ".pgp", ".asc", ".age", ".enc", ".aes", ".crypt", ".vault")


def _decrypted(value: Value) -> Parts | None:
    """The name that an encrypted file has without its ending; no value for a file that has none."""
    last = value if isinstance(value, str) else value.parts[-1]
    ending = next((each for each in _ENCRYPTED if isinstance(last, str) and last.endswith(each) and len(last) > len(each)), None)
    if ending is None or not isinstance(last, str):
        return None
    return {"": join((*(value.parts[:-1] if isinstance(value, Text) else ()), last[:-len(ending)]))}


def _after_plus(value: Value) -> Parts | None:
    """A command of an editor or a pager that is given as ``+command``; no line number."""
    return {"": value[1:]} if isinstance(value, str) and value[:1] == "+" and not value[1:2].isdigit() else None


def _after_bang(value: Value) -> Parts | None:
    """A command line that is given as ``!command``."""
    return {"": value[1:]} if isinstance(value, str) and value[:1] == "!" else None


def _after_pipe(value: Value) -> Parts | None:
    """A command line that is given as ``|command``, with options of its reader before it (``||-command``)."""
    return {"": value.lstrip("|-")} if isinstance(value, str) and value[:1] == "|" else None


PARSERS: dict[str, Parser] = {
    "after-at": _after_at,
    "after-bang": _after_bang,
    "after-pipe": _after_pipe,
    "after-plus": _after_plus,
    "arn": _arn,
    "at-version": _at_version,
    "basename": _basename,
    "conninfo": _conninfo,
    "decrypted": _decrypted,
    "file-url": _file_url,
    "image": _image,
    "k8s": _kubernetes,
    "keyval": _keyval,
    "local": _local,
    "refspec": _refspec_parts,
    "scp": _scp_target,
    "ssh": _ssh,
    "url": _url,
}


def split_values(value: Value, parser: str) -> list[Value]:
    """The parsers that yield several values: ``split-comma``, ``words``, ``origin``: ``kind:detail`` of what unknown text
    comes from, and ``names`` and ``addresses``: the files and selections, and the URLs, among them alone."""
    if parser == "names":
        return [origin.detail for origin in origins_of(value) if origin.kind in ("file", "listed")]
    if parser == "addresses":
        return [origin.detail for origin in origins_of(value) if origin.kind == "network" and origin.detail]
    if parser == "origin":
        return [f"{origin.kind}:{origin.detail}" for origin in origins_of(value)]
    separator = "," if parser == "split-comma" else None
    if isinstance(value, str):
        return [piece.strip() for piece in value.split(separator) if piece.strip()]
    text, unknown = _as_text(value)
    restorer = _Restorer(text, unknown)
    pattern = r"[^,]+" if separator else r"\S+"
    return [restorer.slice(*match.span()) for match in re.finditer(pattern, text)]


SPLITTERS = ("split-comma", "words", "origin", "names", "addresses")


def known(value: Value) -> str | None:
    """The text of a value that is known completely."""
    return None if isinstance(value, Text) else value
