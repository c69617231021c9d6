"""`packgate codeowners`: the owners of packs in the file that code review reads."""

from __future__ import annotations

from pathlib import Path

from command_line import packgate, write_pack


def repository(folder: Path) -> Path:
    write_pack(folder / "packs", "mine")
    (folder / "packgate.yaml").write_text("version: 1\n")
    (folder / ".git").mkdir()
    return folder


def test_packs_and_what_decides_for_all_of_them(tmp_path: Path) -> None:
    root = repository(tmp_path)
    write_pack(root / "packs", "other")
    pack = root / "packs/other/pack.yaml"
    pack.write_text(pack.read_text().replace("[security]", '["@acme/data", data@example.com]'))
    done = packgate("codeowners", "--org", "acme", cwd=root)
    assert (done.code, done.err) == (0, "")
    lines = (root / ".github/CODEOWNERS").read_text().splitlines()
    assert lines[1:-1] == [
        "/packgate.yaml @acme/security @acme/data data@example.com",
        "/assignments.yaml @acme/security @acme/data data@example.com",
        "/context/ @acme/security @acme/data data@example.com",
        "/.github/CODEOWNERS @acme/security @acme/data data@example.com",
        "/packs/mine/ @acme/security",
        "/packs/other/ @acme/data data@example.com",
    ]


def test_other_lines_stay_and_a_stale_file_is_said(tmp_path: Path) -> None:
    root = repository(tmp_path)
    file = root / "CODEOWNERS"
    file.write_text("* @acme/everyone\n/docs/ @acme/writers\n")
    missing = packgate("codeowners", "--org", "acme", "--check", cwd=root)
    assert (missing.code, "CODEOWNERS is stale" in missing.out) == (1, True)
    assert packgate("codeowners", "--org", "acme", cwd=root).code == 0
    assert file.read_text().startswith("* @acme/everyone\n/docs/ @acme/writers\n\n# packgate: begin")
    assert packgate("codeowners", "--org", "acme", "--check", cwd=root).code == 0
    file.write_text(file.read_text() + "/last/ @acme/last\n")
    write_pack(root / "packs", "another")
    assert packgate("codeowners", "--org", "acme", "--check", cwd=root).code == 1
    packgate("codeowners", "--org", "acme", cwd=root)
    assert "/packs/another/ @acme/security\n" in file.read_text()
    assert file.read_text().endswith("# packgate: end\n/last/ @acme/last\n")


def test_a_policy_repository_inside_a_larger_one(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "security/policies"
    write_pack(inner / "packs", "mine")
    (inner / "packgate.yaml").write_text("version: 1\n")
    assert packgate("codeowners", "--org", "acme", cwd=inner).code == 0
    text = (tmp_path / ".github/CODEOWNERS").read_text()
    assert "/security/policies/packs/mine/ @acme/security\n" in text
    assert "/security/policies/packgate.yaml @acme/security\n" in text


def test_a_team_needs_its_organisation(tmp_path: Path) -> None:
    done = packgate("codeowners", cwd=repository(tmp_path))
    assert done.code == 2
    assert "neither a handle" in done.err
    assert "--org" in done.err


def test_damaged_marks_are_refused(tmp_path: Path) -> None:
    root = repository(tmp_path)
    packgate("codeowners", "--org", "acme", cwd=root)
    file = root / ".github/CODEOWNERS"
    file.write_text(file.read_text().replace("# packgate: end", ""))
    before = file.read_bytes()
    assert packgate("codeowners", "--org", "acme", cwd=root).code == 2
    assert file.read_bytes() == before


def test_outside_of_a_policy_repository(tmp_path: Path) -> None:
    done = packgate("codeowners", cwd=tmp_path)
    assert (done.code, "no policy repository" in done.err) == (2, True)
