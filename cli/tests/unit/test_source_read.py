"""Files that cannot be read, or are not what they should be: a diagnostic each, never an exception."""

from __future__ import annotations

import os
import tracemalloc

import pytest

from packgate.source import codes
from packgate.source.load import load_pack
from packgate.source.read import MAX_BYTES, read_source
from packgate.source.workspace import check_file


def only_code(path):
    source, found = read_source(str(path))
    assert source is None
    assert len(found) == 1
    assert found[0].position.file == str(path)
    return found[0]


def test_missing_file(tmp_path):
    assert only_code(tmp_path / "none.yaml").code == codes.UNREADABLE


def test_path_with_a_nul_character():
    _, found = read_source("a\0b.yaml")
    assert found[0].code == codes.UNREADABLE


def test_directory(tmp_path):
    assert only_code(tmp_path).code == codes.NOT_A_FILE


def test_device_and_fifo(tmp_path):
    fifo = tmp_path / "fifo.yaml"
    os.mkfifo(fifo)
    assert only_code(fifo).code == codes.NOT_A_FILE
    assert only_code("/dev/zero").code == codes.NOT_A_FILE


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_file_without_permission(tmp_path):
    path = tmp_path / "secret.yaml"
    path.write_text("a: 1\n")
    path.chmod(0)
    assert "permission denied" in only_code(path).message


def test_a_hundred_megabytes_are_refused_by_their_size(tmp_path):
    path = tmp_path / "big.yaml"
    with path.open("wb") as stream:
        stream.truncate(100_000_000)
    tracemalloc.start()
    problem = only_code(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problem.code == codes.TOO_LARGE
    assert "100,000,000" in problem.message
    assert most < 1_000_000, "the file was read"


def test_a_file_at_the_limit_is_read(tmp_path):
    path = tmp_path / "full.yaml"
    path.write_bytes(b"a: '" + b"x" * (MAX_BYTES - 6) + b"'\n")
    source, found = read_source(str(path))
    assert found == []
    assert len(source.data["a"]) == MAX_BYTES - 6


def test_invalid_utf8_has_a_place(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes("a: 1\nä: ".encode() + b"\xe4\n")
    problem = only_code(path)
    assert (problem.code, problem.position.line, problem.position.column) == (codes.NOT_UTF8, 2, 4)


def test_utf16_is_not_utf8(tmp_path):
    path = tmp_path / "wide.yaml"
    path.write_bytes("a: 1\n".encode("utf-16"))
    assert only_code(path).code == codes.NOT_UTF8


def test_byte_order_mark_is_dropped(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    source, found = read_source(str(path))
    assert (source.data, found) == ({"a": 1}, [])


def test_not_yaml_at_all(tmp_path):
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\x7fELF\x02\x01\x01\x00\x00")
    problem = only_code(path)
    assert problem.code == codes.HIDDEN_CHARACTER


def test_empty_file(tmp_path):
    path = tmp_path / "empty.yaml"
    path.write_bytes(b"")
    assert only_code(path).code == codes.EMPTY


@pytest.mark.parametrize("make", [
    lambda path: path.write_bytes(b"\xff"),
    lambda path: path.write_bytes(b""),
    lambda path: path.write_bytes(b"[1, 2\n"),
    lambda path: path.write_bytes(b"- a\n- b\n"),
    lambda path: path.write_bytes(b"just text\n"),
    lambda path: path.write_bytes(b"policies: &x [*x]\n"),
    lambda path: path.mkdir(),
    lambda path: None,
])
@pytest.mark.parametrize("name", ["pack.yaml", "rollout.yaml", "waivers.yaml", "policies/p.yaml"])
def test_no_bad_file_of_a_pack_passes_or_raises(tmp_path, name, make):
    (tmp_path / "policies").mkdir()
    (tmp_path / "pack.yaml").write_text("name: p\ntitle: P\nversion: 1.0.0\nowners: [me]\n")
    path = tmp_path / name
    if path.exists():
        path.unlink()
    make(path)
    result = load_pack(str(tmp_path))
    if path.exists() or name == "pack.yaml":
        assert result.pack is None
        assert result.diagnostics
    else:
        assert result.diagnostics == []


def test_check_file_says_when_it_does_not_know_the_kind(tmp_path):
    path = tmp_path / "something.yaml"
    path.write_text("a: 1\n")
    _, found = check_file(str(path))
    assert [item.code for item in found] == [codes.UNKNOWN_KIND]


@pytest.mark.parametrize(("name", "text"), [
    ("rollout.yaml", "pack: blok\n"), ("packgate.yaml", "stage: blok\n"),
    ("context/hosts.yaml", "hosts: [{match: x, network: pubic}]\n"),
    ("assignments.yaml", "assignments: [{pack: p, stage: blok}]\n"),
])
def test_check_file_knows_every_kind_by_its_name(tmp_path, name, text):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    _, found = check_file(str(path))
    assert [item.code for item in found] == [codes.NOT_ALLOWED]
    assert found[0].hint.startswith("did you mean")
