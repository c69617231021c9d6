"""Every verb on its happy path, its help, its exit codes, every format of findings, and the completion of the shell."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from command_line import DELETION, packgate, program, write_pack

from packgate import __version__
from packgate.cli import VERBS
from packgate.exitcodes import MEANINGS
from packgate.report import FORMATS


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_help_has_an_example_that_begins_with_the_verb(verb: str) -> None:
    done = packgate(verb, "--help")
    assert (done.code, done.err) == (0, "")
    examples = re.search(r"Examples:\n((?: +packgate .*\n?)+)", done.out)
    assert examples is not None
    assert all(line.split()[1] == verb for line in examples[1].strip().splitlines())


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_option_is_explained(verb: str) -> None:
    import click

    from packgate.cli import group

    command = group.get_command(click.Context(group), verb)
    assert command is not None
    options = [item for item in command.params if isinstance(item, click.Option)]
    # A choice without a word of explanation names all that can be said.
    assert [item.name for item in options if not item.help and not isinstance(item.type, click.Choice)] == []


def test_the_help_of_all() -> None:
    done = packgate("--help")
    assert done.code == 0
    assert all(verb in done.out and summary.split(",")[0] in done.out for verb, summary in VERBS.items())
    assert all(str(code) in done.out and meaning.split(":")[0] in done.out for code, meaning in MEANINGS.items())


def test_version() -> None:
    assert packgate("--version").out == f"packgate {__version__}\n"


def test_without_a_verb_the_help_is_shown() -> None:
    done = program()
    assert done.code in (0, 2)
    assert "Commands:" in done.all


def test_init_lint_test_and_the_rest(tmp_path: Path) -> None:
    done = packgate("init", "policies", "--pack", "payments", "--owner", "payments-security", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    work = tmp_path / "policies"
    lint = packgate("lint", cwd=work)
    assert (lint.code, lint.out.splitlines()[-1]) == (0, "no problems found")
    decided = packgate("decide", "rm migrations/0001_init.sql", cwd=work)
    assert "applied-migration-edit" in json.loads(decided.out)["policy_ids"]
    explained = packgate("explain", "rm migrations/0001_init.sql", cwd=work)
    assert explained.code == 0
    assert "applied-migration-edit [warn]" in explained.out
    facts = packgate("facts", "rm migrations/0001_init.sql", "--format", "json", cwd=work)
    assert {"delete-file"} <= {family for item in json.loads(facts.out)["operations"] for family in item["families"]}
    docs = packgate("docs", "packs/payments", cwd=work)
    assert docs.code == 0
    assert (work / "docs/policies/payments/applied-migration-edit.md").is_file()
    assert packgate("docs", "packs/payments", "--check", cwd=work).code == 0
    (work / "docs/policies/README.md").write_text("edited", encoding="utf-8")
    stale = packgate("docs", "packs/payments", "--check", cwd=work)
    assert (stale.code, "stale docs/policies/README.md" in stale.out) == (1, True)


def test_init_twice_changes_nothing(tmp_path: Path) -> None:
    packgate("init", cwd=tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = packgate("init", cwd=tmp_path)
    assert done.code == 2
    assert "already there" in done.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_init_refuses_a_name_that_is_none(tmp_path: Path) -> None:
    assert packgate("init", "--pack", "../x", cwd=tmp_path).code == 2
    assert not list(tmp_path.iterdir())


def test_explain_names_the_condition_that_kept_a_policy_away() -> None:
    done = packgate("explain", "git push origin feature/x", "--pack", "recommended", "--policy", "direct-push-to-main")
    assert done.code == 0
    assert "direct-push-to-main: on 1 branch is feature/x" in done.out
    assert packgate("explain", "ls", "--pack", "recommended", "--policy", "no-such").code == 2


def failing(tmp_path: Path) -> Path:
    """A folder whose pack has a finding of `lint` and two cases of `test` that fail."""
    text = DELETION.format(id="mine-deletion").replace("rm migrations/0001.sql", "ls migrations")
    text = text.replace("rm build/out.txt", "rm migrations/2.sql")
    write_pack(tmp_path / "packs", policies=text)
    return tmp_path


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("verb", ["lint", "test"])
def test_every_format(tmp_path: Path, verb: str, form: str) -> None:
    done = packgate(verb, "packs/mine", "--format", form, cwd=failing(tmp_path))
    assert done.code == (1 if verb == "test" else 0), done.all
    assert done.err == ""
    code = "PG801" if verb == "test" else "PG203"
    assert code in done.out
    assert "layer.yaml" in done.out
    if form == "json":
        document = json.loads(done.out)
        assert code in {item["code"] for item in document["findings"]}
    elif form == "sarif":
        results = json.loads(done.out)["runs"][0]["results"]
        assert code in {item["ruleId"] for item in results}
    elif form == "junit":
        suites = ElementTree.fromstring(done.out)
        assert int(suites.attrib["failures"]) == (2 if verb == "test" else 0)
    elif form == "github":
        assert re.search(r"^::(error|warning) file=packs/mine/policies/layer.yaml,line=\d+", done.out, re.MULTILINE)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("verb", ["lint", "test"])
def test_errors_of_a_pack_have_every_format_too(tmp_path: Path, verb: str, form: str) -> None:
    write_pack(tmp_path / "packs", policies="policies: {}\n")
    done = packgate(verb, "packs/mine", "--format", form, cwd=tmp_path)
    assert done.code == 1
    assert "PG1" in done.out


def test_lint_of_a_lone_file_outside_a_repository(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(DELETION.format(id="lone").replace("then: warn", "then: wrn"), encoding="utf-8")
    done = packgate("lint", "rules.yaml", cwd=tmp_path)
    assert done.code == 1
    assert "rules.yaml:9:11" in done.out
    assert "did you mean 'warn'" in done.out


def test_output_in_a_pipe_is_plain(tmp_path: Path) -> None:
    for verb in ("lint", "test"):
        done = program(verb, "packs/mine", cwd=failing(tmp_path) if verb == "lint" else tmp_path, FORCE_COLOR="")
        assert "\x1b" not in done.all


def complete(words: str, cwd: Path | None = None) -> list[str]:
    """What bash would offer for the last of the words."""
    parts = words.split(" ")
    done = program(cwd=cwd, _PACKGATE_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(parts) - 1))
    assert "Traceback" not in done.all
    return [line.partition(",")[2] for line in done.out.splitlines() if line]


def test_the_completion_script() -> None:
    for shell in ("bash", "zsh", "fish"):
        done = program(_PACKGATE_COMPLETE=f"{shell}_source")
        assert done.code == 0
        assert "_PACKGATE_COMPLETE" in done.out


def test_completion_of_verbs_and_options() -> None:
    assert complete("packgate de") == ["decide"]
    assert complete("packgate decide --js") == ["--jsonl"]
    assert complete("packgate decide --stage wa") == ["warn"]


def test_completion_of_packs_and_policies(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs", "payments")
    assert complete("packgate decide --pack pa", tmp_path) == ["payments"]
    assert complete("packgate test re", tmp_path) == ["recommended"]
    assert complete("packgate explain --pack recommended --policy direct", tmp_path) == ["direct-push-to-main"]
    assert complete("packgate explain --policy pay", tmp_path) == ["payments-deletion"]


def test_completion_with_a_broken_pack_is_silent(tmp_path: Path) -> None:
    write_pack(tmp_path / "packs", "broken", policies="policies: [\n")
    assert complete("packgate explain --policy x", tmp_path) == []
