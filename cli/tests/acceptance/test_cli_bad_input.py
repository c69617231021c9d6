"""Bad input of every kind: a clear diagnostic with its place, exit code 1 or 2, no traceback, nothing written."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import DELETION, packgate, write_pack

VERBS = ("lint", "test", "docs")


def not_yaml(folder: Path) -> None:
    (folder / "policies" / "layer.yaml").write_text("policies: [\n  {id: a\n", encoding="utf-8")


def not_a_mapping(folder: Path) -> None:
    (folder / "policies" / "layer.yaml").write_text("- just\n- a list\n", encoding="utf-8")


def hundred_megabytes(folder: Path) -> None:
    with (folder / "policies" / "layer.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)


def billion_laughs(folder: Path) -> None:
    lines = ["a0: &a0 lol"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (folder / "policies" / "layer.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def deep_nesting(folder: Path) -> None:
    (folder / "policies" / "layer.yaml").write_text("policies: " + "[" * 100_000 + "]" * 100_000 + "\n", encoding="utf-8")


def not_utf8(folder: Path) -> None:
    (folder / "policies" / "layer.yaml").write_bytes(b"policies:\n  - id: caf\xe9\n")


def directory_for_a_file(folder: Path) -> None:
    (folder / "pack.yaml").unlink()
    (folder / "pack.yaml").mkdir()


def missing_header(folder: Path) -> None:
    (folder / "pack.yaml").unlink()


def empty_file(folder: Path) -> None:
    (folder / "policies" / "layer.yaml").write_text("", encoding="utf-8")


def unknown_key(folder: Path) -> None:
    text = DELETION.format(id="mine-deletion").replace("    then: warn", "    them: warn")
    (folder / "policies" / "layer.yaml").write_text(text, encoding="utf-8")


def duplicate_key(folder: Path) -> None:
    text = DELETION.format(id="mine-deletion").replace("    then: warn", "    then: warn\n    then: audit")
    (folder / "policies" / "layer.yaml").write_text(text, encoding="utf-8")


def control_characters(folder: Path) -> None:
    (folder / "policies" / "layer.yaml").write_bytes(b"policies:\n  - id: \x00\x07\n")


KINDS: dict[str, tuple[Callable[[Path], None], str]] = {
    "not YAML": (not_yaml, "layer.yaml:"),
    "a list at the top": (not_a_mapping, "layer.yaml:1:1"),
    "100 MB": (hundred_megabytes, "104,857,600 bytes"),
    "a billion laughs": (billion_laughs, "layer.yaml:1:5"),
    "deep nesting": (deep_nesting, "layer.yaml:1:"),
    "not UTF-8": (not_utf8, "layer.yaml:2:12"),
    "a directory for pack.yaml": (directory_for_a_file, "directory"),
    "no pack.yaml": (missing_header, "pack.yaml"),
    "an empty file": (empty_file, "layer.yaml:1:1"),
    "an unknown key": (unknown_key, "did you mean 'then'"),
    "a key twice": (duplicate_key, "layer.yaml:10:5"),
    "control characters": (control_characters, "layer.yaml:2:"),
}


def listing(folder: Path) -> list[tuple[str, int, int]]:
    """Every path below a folder with its size and time of change."""
    return sorted((str(path.relative_to(folder)), path.lstat().st_size, path.lstat().st_mtime_ns) for path in folder.rglob("*"))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_bad_pack(tmp_path: Path, kind: str, verb: str) -> None:
    damage, word = KINDS[kind]
    damage(write_pack(tmp_path / "packs"))
    before = listing(tmp_path)
    start = time.monotonic()
    done = packgate(verb, "packs/mine", cwd=tmp_path)
    assert time.monotonic() - start < 10
    assert done.code in (1, 2), done.all
    assert "Traceback" not in done.all
    assert "internal error" not in done.all
    assert word in done.all
    assert listing(tmp_path) == before


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_bad_pack_decides_nothing(tmp_path: Path, kind: str) -> None:
    damage, word = KINDS[kind]
    damage(write_pack(tmp_path / "packs"))
    for arguments in (("decide", "ls"), ("decide", "--jsonl"), ("explain", "ls")):
        done = packgate(*arguments, "--pack", "packs/mine", cwd=tmp_path, stdin=b'{"command": "ls"}\n')
        assert done.code in (1, 2)
        assert done.out == ""
        assert word in done.err


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["packs/none", "no-such-pack", "packs/mine/policies/none.yaml", "/dev/null"])
def test_what_is_no_pack(tmp_path: Path, verb: str, name: str) -> None:
    write_pack(tmp_path / "packs")
    before = listing(tmp_path)
    done = packgate(verb, name, cwd=tmp_path)
    assert done.code in (1, 2), done.all
    assert "Traceback" not in done.all
    assert done.all.strip()
    assert listing(tmp_path) == before


def test_a_folder_of_packs_is_no_pack(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs")
    done = packgate("test", "packs", cwd=tmp_path)
    assert done.code == 1
    assert "there is no pack 'packs'" in done.out


def test_a_misspelt_pack_is_suggested(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs", "payments")
    assert "did you mean 'payments'" in packgate("test", "paymets", cwd=tmp_path).all


def test_bad_settings(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs")
    (tmp_path / "packgate.yaml").write_text("version: 1\npacks: [mine]\nstagee: audit\n", encoding="utf-8")
    done = packgate("test", cwd=tmp_path)
    assert done.code == 1
    assert "packgate.yaml:3:1" in done.out
    assert "did you mean 'stage'" in done.out


@pytest.mark.parametrize("name", ["none", "packs/mine/pack.yaml"])
def test_bad_corpora(tmp_path: Path, name: str) -> None:
    write_pack(tmp_path / "packs")
    done = packgate("test", "packs/mine", "--corpora", name, cwd=tmp_path)
    assert done.code == 2
    assert "there is no such folder" in done.err


def test_a_corpus_with_an_action_that_is_none(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs")
    (tmp_path / "testcases").mkdir()
    (tmp_path / "testcases" / "bad.yaml").write_text(
        "corpus: bad\npolarity: benign\ntitle: Bad actions\ncases:\n  - action: {surface: nowhere}\n", encoding="utf-8"
    )
    done = packgate("test", cwd=tmp_path)
    assert done.code == 1
    assert "bad.yaml:5" in done.out


@pytest.mark.parametrize(
    "arguments", [("no-such-verb",), ("lnt",), ("test", "--format", "yaml"), ("explain",), ("facts",), ("init", "a", "b")]
)
def test_wrong_usage_is_2(arguments: tuple[str, ...]) -> None:
    done = packgate(*arguments)
    assert done.code == 2
    assert done.err.strip()
    assert "Traceback" not in done.all


def test_a_misspelt_verb_is_suggested() -> None:
    assert "Did you mean 'lint'" in packgate("lnt").err


@pytest.mark.parametrize(
    "command", ["", " ", "'", '"', "$(", "`", "((", "cat <<EOF", "\x00", "\ud800", "a" * 200_000, "(" * 50_000, "é" * 1000]
)
def test_any_text_is_a_command(command: str) -> None:
    for verb in ("decide", "explain", "facts"):
        options = () if verb == "facts" else ("--pack", "recommended")
        done = packgate(verb, command, *options)
        assert done.code == 0, (verb, done.err)
        assert done.out.strip()
        assert done.err == ""
