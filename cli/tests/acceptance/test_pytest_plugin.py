"""The pytest plugin, by pytest's own means of testing plugins."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from command_line import DELETION, ROOT, write_pack

pytest_plugins = ["pytester"]

# Where packgate is installed, pytest has loaded the plugin by itself.
_INSTALLED = any(point.name == "packgate" for point in entry_points(group="pytest11"))
LOAD = () if _INSTALLED else ("-p", "packgate.testing.pytest_plugin")


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "cli"))


def test_an_item_for_every_case(pytester: pytest.Pytester) -> None:
    write_pack(pytester.path / "packs")
    result = pytester.runpytest_subprocess(*LOAD, "packs", "-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["packs/mine/policies/layer.yaml::mine-deletion/must_fire/1 PASSED*"])


def test_one_case_by_its_name(pytester: pytest.Pytester) -> None:
    write_pack(pytester.path / "packs")
    pytester.runpytest_subprocess(*LOAD, "packs/mine/policies/layer.yaml::mine-deletion/must_fire/1").assert_outcomes(passed=1)
    pytester.runpytest_subprocess(*LOAD, "packs", "-k", "must_not_fire").assert_outcomes(passed=1, deselected=1)


def test_a_failure_is_the_finding_and_no_traceback(pytester: pytest.Pytester) -> None:
    text = DELETION.format(id="mine-deletion").replace("rm migrations/0001.sql", "cat a.sql --password=hunter22")
    write_pack(pytester.path / "packs", policies=text)
    result = pytester.runpytest_subprocess(*LOAD, "packs")
    result.assert_outcomes(passed=1, failed=1)
    finding = "*layer.yaml:13:11: error PG801 mine-deletion must fire and does not: cat a.sql*"
    result.stdout.fnmatch_lines([finding, "*operations found: read-file(*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")
    result.stdout.no_fnmatch_line("*hunter22*")


def test_todo_is_an_expected_failure_and_a_prompt_alone_is_skipped(pytester: pytest.Pytester) -> None:
    gap = "ls\n          todo: not seen yet\n        - prompt: Clean up."
    text = DELETION.format(id="mine-deletion").replace("rm migrations/0001.sql", gap)
    text = text.replace("rm build/out.txt", "ls\n          todo: seen already")
    write_pack(pytester.path / "packs", policies=text)
    pytester.makeini("[pytest]\nxfail_strict = true\n")
    result = pytester.runpytest_subprocess(*LOAD, "packs", "-rxXs")
    result.assert_outcomes(xfailed=1, xpassed=1, skipped=1)
    result.stdout.fnmatch_lines(["*not seen yet*", "*a prompt needs a real agent*"])


def test_a_pack_with_errors_is_one_collection_error_a_file(pytester: pytest.Pytester) -> None:
    write_pack(pytester.path / "packs", policies=DELETION.format(id="mine-deletion").replace("then: warn", "then: wrn"))
    result = pytester.runpytest_subprocess(*LOAD, "packs")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*layer.yaml:9:11: error PG*'wrn'*", "*did you mean 'warn'*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_lists_and_the_base_of_the_pack_hold(pytester: pytest.Pytester) -> None:
    packs = pytester.path / "packs"
    write_pack(packs, "base")
    listed = DELETION.format(id="more-deletion").replace("path: ./migrations/**", "path: {list: folders}")
    write_pack(packs, "derived", listed, more="extends: base@1.0.0\nlists: {folders: [./migrations/**]}\n")
    pytester.runpytest_subprocess(*LOAD, "packs/derived").assert_outcomes(passed=2)
    pytester.runpytest_subprocess(*LOAD, "packs").assert_outcomes(passed=4)


def test_a_policies_file_that_stands_alone_is_run_when_it_is_named(pytester: pytest.Pytester) -> None:
    (pytester.path / "rules.yaml").write_text(DELETION.format(id="lone"), encoding="utf-8")
    pytester.runpytest_subprocess(*LOAD, "rules.yaml").assert_outcomes(passed=2)
    pytester.runpytest_subprocess(*LOAD).assert_outcomes()


def test_other_runs_are_left_alone(pytester: pytest.Pytester) -> None:
    """Other YAML is no test, and packgate is not imported for it."""
    (pytester.path / "policies").mkdir()
    for name in ("config.yaml", "policies/other.yaml", "policies/broken.yml"):
        (pytester.path / name).write_text("policies: [\n", encoding="utf-8")
    pytester.makepyfile(
        """
        import sys

        def test_nothing_was_imported():
            loaded = {name for name in sys.modules if name.split(".")[0] in ("packgate", "yaml", "jsonschema", "click")}
            assert loaded <= {"packgate", "packgate.testing", "packgate.testing.pytest_plugin"}
        """
    )
    pytester.runpytest_subprocess(*LOAD).assert_outcomes(passed=1)


def test_in_parallel(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    write_pack(pytester.path / "packs")
    pytester.runpytest_subprocess(*LOAD, "packs", "-n", "2").assert_outcomes(passed=2)


def test_the_plugin_and_the_verb_agree_on_the_recommended_pack() -> None:
    import subprocess

    from command_line import packgate

    plugin = subprocess.run([sys.executable, "-m", "pytest", *LOAD, "-rN", "--tb=line", "packs/recommended"], cwd=ROOT, capture_output=True,
                            text=True, check=False)
    verb = packgate("test", "packs/recommended", "--no-corpora", cwd=ROOT)
    passed, failed = (int(word) for word in verb.out.split(" policies: ")[1].replace(" passed,", "").replace(" failed", "").split()[:2])
    summary = plugin.stdout.strip().splitlines()[-1]
    assert f"{passed} passed" in summary
    assert (f"{failed} failed" in summary) == bool(failed)


def test_paths_with_links_are_found(pytester: pytest.Pytester) -> None:
    write_pack(pytester.path / "real" / "packs")
    Path(pytester.path / "linked").symlink_to(pytester.path / "real" / "packs")
    pytester.runpytest_subprocess(*LOAD, "linked/mine").assert_outcomes(passed=2)
