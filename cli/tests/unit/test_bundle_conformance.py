"""The protocol of TUF's conformance suite, spoken by real processes with a real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from bundle_host import LONG, NOW, Publisher, change, serving

from packgate.bundle.keys import rotate
from packgate.bundle.repository import Writer, read_published

PACKAGE = Path(__file__).resolve().parents[2]
NAMES = ["plain.txt", "folder/in/a.txt", "with space.txt"]


@pytest.fixture
def publisher(tmp_path):
    """A repository of targets with names of all kinds."""
    made = Publisher(tmp_path)
    Path(made.public).mkdir()
    write(made, {name: name.encode() for name in NAMES})
    return made


def write(publisher, files):
    for name in files:
        (publisher.public / "targets" / name).parent.mkdir(parents=True, exist_ok=True)
    return Writer(read_published(str(publisher.public)), publisher.keys, NOW, LONG).write(files)


class Client:
    """The executable, with folders of its own."""

    def __init__(self, folder, address):
        self.metadata, self.targets, self.address = folder / "metadata", folder / "targets", address
        self.metadata.mkdir()
        self.targets.mkdir()

    def run(self, *arguments):
        command = [sys.executable, "-m", "packgate.bundle.conformance", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE)}
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)

    def init(self, root):
        return self.run("--metadata-dir", str(self.metadata), "init", str(root)).returncode

    def refresh(self):
        return self.run("--metadata-url", self.address, "--metadata-dir", str(self.metadata), "refresh").returncode

    def download(self, name):
        return self.run(
            "--metadata-url", self.address, "--metadata-dir", str(self.metadata), "--target-name", name, "--target-dir", str(self.targets),
            "--target-base-url", f"{self.address}/targets", "download",
        ).returncode

    def version(self, role):
        return json.loads((self.metadata / f"{role}.json").read_text())["signed"]["version"]

    def contents(self):
        return sorted(path.read_text() for path in self.targets.rglob("*") if path.is_file())


@pytest.fixture
def served(tmp_path, publisher):
    with serving(publisher.public) as (address, asked):
        client = Client(tmp_path, address)
        assert client.init(publisher.keys.root_file(1)) == 0
        assert (client.metadata / "root.json").read_bytes() == publisher.root
        assert asked == []
        yield client, asked


def test_refresh_and_what_is_kept(publisher, served) -> None:
    client, asked = served
    assert client.refresh() == 0
    assert [client.version(role) for role in ("root", "timestamp", "snapshot", "targets")] == [1, 1, 1, 1]
    assert asked == ["/2.root.json", "/timestamp.json", "/1.snapshot.json", "/1.targets.json"]
    asked.clear()
    assert client.refresh() == 0
    assert asked == ["/2.root.json", "/timestamp.json"]
    rotate(publisher.keys, ["root", "targets"], NOW)
    write(publisher, {"plain.txt": b"newer"})
    change(publisher.public / "2.targets.json", lambda data: data.update(signatures=[]))
    assert client.refresh() == 1
    # What was verified before the failure is trusted from now on; what failed is not.
    assert [client.version(role) for role in ("root", "timestamp", "snapshot", "targets")] == [2, 2, 2, 1]


def test_downloads(publisher, served) -> None:
    client, asked = served
    assert client.download("plain.txt") == 0
    assert client.contents() == ["plain.txt"]
    asked.clear()
    assert client.download("plain.txt") == 0
    assert not [path for path in asked if path.startswith("/targets")], "an artifact that is there is not fetched again"
    assert client.download("no such target") == 1
    write(publisher, {"plain.txt": b"newer"})
    assert client.download("plain.txt") == 0
    assert client.contents() == ["newer"]
    for path in (publisher.public / "targets").glob("*plain.txt"):
        path.write_bytes(b"wrong")
    (client.targets / "plain.txt").unlink()
    assert client.download("plain.txt") == 1
    assert client.contents() == []


def test_names_are_quoted(publisher, served) -> None:
    client, asked = served
    write(publisher, {name: name.encode() for name in NAMES})
    assert client.download("folder/in/a.txt") == 0
    assert client.download("with space.txt") == 0
    assert client.contents() == ["folder/in/a.txt", "with space.txt"]
    assert (client.targets / "folder%2Fin%2Fa.txt").exists()
    assert any(path.startswith("/targets/folder/in/") for path in asked)


def test_wrong_calls_and_a_root_that_is_none(tmp_path, served) -> None:
    client, _ = served
    assert client.run("--metadata-dir", str(tmp_path), "refresh").returncode == 2
    (tmp_path / "root").write_text("{}")
    assert client.init(tmp_path / "root") == 1
    assert client.init(tmp_path / "missing") == 1
    (tmp_path / "empty").mkdir()
    client.metadata = tmp_path / "empty"
    assert client.refresh() == 1
