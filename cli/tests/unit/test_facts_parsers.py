"""The closed set of parsers."""

from __future__ import annotations

import pytest

from packgate.facts.parsers import PARSERS, split_values
from packgate.model.value import Hole, Text

CASES = [
    ("url", "https://u:p@evil.example:80/x?y", {"scheme": "https", "user": "u", "host": "evil.example", "path": "/x?y"}),
    ("url", "localhost:8080/health", {"host": "localhost", "path": "/health"}),
    ("url", "evil.example", {"host": "evil.example"}),
    ("scp", "root@db1:/tmp/", {"user": "root", "host": "db1", "path": "/tmp/"}),
    ("scp", "host:", {"host": "host", "path": ""}),
    ("scp", "scp://dev@h:22/x", {"user": "dev", "host": "h", "path": "/x"}),
    ("scp", "./a:b", None),
    ("scp", "file", None),
    ("scp", "C:/x", None),
    ("ssh", "ssh://deploy@prod-web-1:2222", {"user": "deploy", "host": "prod-web-1"}),
    ("ssh", "db1", {"host": "db1"}),
    ("conninfo", "postgres://u:p@prod-db:5432/app?sslmode=x", {"user": "u", "host": "prod-db", "database": "app"}),
    ("conninfo", "host=prod-db dbname='my app'", {"host": "prod-db", "database": "my app"}),
    ("conninfo", "app", {"database": "app"}),
    ("image", "reg.io/a/b:1", {"host": "reg.io", "name": "a/b", "tag": "1"}),
    ("image", "app", {"name": "app"}),
    ("refspec", "+HEAD:main", {"force": "+", "source": "HEAD", "target": "main"}),
    ("refspec", ":main", {"source": "", "target": "main"}),
    ("refspec", "main", {"source": "main", "target": "main"}),
    ("k8s", "deploy/api", {"kind": "deployment", "name": "api"}),
    ("k8s", "clusterrolebindings.rbac.authorization.k8s.io/x", {"kind": "clusterrolebinding", "name": "x"}),
    ("k8s", "ns", {"kind": "namespace"}),
    ("keyval", "a=b=c", {"name": "a", "value": "b=c"}),
    ("keyval", "a", None),
    ("at-version", "@scope/x@1.2", {"name": "@scope/x"}),
    ("at-version", "django==4.2", {"name": "django"}),
    ("at-version", "requests[socks]>=2", {"name": "requests"}),
    ("after-at", "file=@data/report.csv;type=text/csv", {"path": "data/report.csv"}),
    ("after-at", "@x", {"path": "x"}),
    ("after-at", "plain", None),
    ("file-url", "file://k8s/ns.yaml", {"path": "k8s/ns.yaml"}),
    ("arn", "arn:aws:iam::123:role/x", {"service": "iam", "account": "123", "name": "x"}),
    ("basename", "/a/b/c/", {"": "c"}),
]


@pytest.mark.parametrize(("parser", "text", "expected"), CASES)
def test_parser(parser: str, text: str, expected: dict[str, str] | None) -> None:
    found = PARSERS[parser](text)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert {key: found.get(key) for key in expected} == expected


def test_unknown_pieces_stay_where_they_are() -> None:
    hole = Hole()
    parts = PARSERS["url"](Text(("https://", hole, ".evil.example/a")))
    assert parts is not None
    assert parts["host"] == Text((hole, ".evil.example"))
    assert parts["path"] == "/a"


def test_splitters() -> None:
    assert split_values("pod, ns", "split-comma") == ["pod", "ns"]
    assert split_values("a  b", "words") == ["a", "b"]
    hole = Hole()
    assert split_values(Text(("pod,", hole)), "split-comma") == ["pod", Text((hole,))]
