"""Policy engines: expressions that match what packgate matches, policies as data, and the cases as the engine's own tests."""

import gzip
import io
import json
import random
import re
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from render_repository import subject_of, write_repository

from packgate.engine.context import Context
from packgate.engine.partly import MUST
from packgate.engine.patterns import compile_glob
from packgate.model.action import parse_action
from packgate.render.options import Settings
from packgate.render.regex_text import regex_text
from packgate.render.rendered import Rendered, render
from packgate.render.targets import cerbos, opa


@pytest.mark.parametrize(("pattern", "type"), [
    ("*.pem", "path"), ("packs/*/policies/**", "path"), ("/etc/**", "path"), ("a[!b-d]c", "word"), ("x?[a^-]{p,q}*", "word"),
    ("release/*", "branch"), ("*.Corp", "host"), ("a.b+c$", "word"), ("[]^-]", "word"), ("we\\*ird", "word"), (".env.*", "path"),
    ("DROP [!UR]*", "word"), ("{a,b/**}", "path"), ("c:\\\\x", "word"), ("^x", "word"),
])
def test_expressions_match_what_the_engine_matches(pattern: str, type: str) -> None:
    matcher = compile_glob(pattern, type)
    written = regex_text(matcher.tree())  # type: ignore[attr-defined]
    # RE2's `$` is the end of the text; Python's is also in front of a last line end.
    expression = re.compile(written.removesuffix("$") + r"\Z")
    context = Context(parse_action({"surface": "shell", "command": "x"}))
    draw = random.Random(pattern)
    seen = set()
    for _ in range(1500):
        text = "".join(draw.choice("abcdpqx/.-^]*_ENV\\\nDROPUR +$" + pattern) for _ in range(draw.randint(0, 9)))
        if draw.random() < 0.5:
            text = pattern.replace("**", "a/b").replace("*", "q") + text[:draw.randint(0, 2)]
        text = text.lower() if type == "host" else text
        found = expression.match(text) is not None
        assert found == (matcher.known(text, context) == MUST), (written, text)
        seen.add(found)
    assert False in seen


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    return render(subject_of(write_repository(tmp_path_factory.mktemp("demo"))), ["opa"], Settings())["opa"]


def test_every_policy_is_data_with_its_mode(demo: Rendered) -> None:
    policies = {each["id"]: each for each in json.loads(demo.files[opa.DATA])["packgate_policies"]}
    assert policies["forced"]["mode"] == "block"
    assert policies["forced"]["answer"] == "deny"
    assert policies["volumes"]["answer"] == "ask"
    assert policies["told"]["answer"] == "allow"
    assert policies["of-a-team"]["where"][0]["path"] == ["actor", "team"]
    paths = [pattern for group in policies["guarded-files"]["clauses"][0][0]["groups"] for pattern in group]
    assert {"kind": "below", "base": "home", "regex": "^(?:/h/[.]guard[.]json)$"} in paths


def test_the_archive_is_an_opa_bundle(demo: Rendered) -> None:
    packed = demo.files[opa.BUNDLE]
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed))) as archive:
        members = {each.name: archive.extractfile(each).read() for each in archive.getmembers()}  # type: ignore[union-attr]
        assert all(each.mtime == 0 and each.uid == 0 for each in archive.getmembers())
    assert members == {
        ".manifest": demo.files[opa.MANIFEST], "data.json": demo.files[opa.DATA], "packgate.rego": demo.files[opa.POLICY],
    }
    manifest = json.loads(members[".manifest"])
    assert manifest["rego_version"] == 1
    # What the bundle holds lies below its roots: OPA refuses anything else.
    assert set(json.loads(members["data.json"])) | {"packgate"} == set(manifest["roots"])


def test_the_rego_is_of_version_one(demo: Rendered) -> None:
    for name in (opa.POLICY, opa.TESTS):
        text = demo.files[name].decode()
        assert "import rego.v1" in text
        bodies = [line for line in text.splitlines() if line.endswith("{") and not line.startswith("\t")]
        assert bodies
        assert all(" if {" in line for line in bodies), "a rule without `if` is not Rego of version 1"


def test_what_an_engine_cannot_know_is_left_to_packgate(tmp_path: Path) -> None:
    waiver = ("waivers:\n  - id: w1\n    policy: forced\n    expires: 2030-01-31\n    reason: Migration of the mirror.\n"
              "    owner: a@example.org\n    approver: b@example.org\n    if: {remote: mirror}\n")
    found = render(subject_of(write_repository(tmp_path, packs__demo__waivers=waiver)), ["opa"], Settings())["opa"]
    assert "forced" not in {each["id"] for each in json.loads(found.files[opa.DATA])["packgate_policies"]}
    assert "waivers" in next(each.left for each in found.plan.policies if each.standing.policy.id == "forced")


def test_on_a_real_rego_engine(demo: Rendered) -> None:
    """Every case, asked one by one and as the rendered Rego tests."""
    regopy = pytest.importorskip("regopy", reason="regopy is not installed")
    engine = regopy.Interpreter()
    engine.add_module("policy", demo.files[opa.POLICY].decode())
    engine.add_module("tests", demo.files[opa.TESTS].decode())
    engine.add_data_json(demo.files[opa.DATA].decode())
    engine.add_data_json(demo.files[opa.CASES].decode())
    cases: dict[str, list[dict[str, Any]]] = json.loads(demo.files[opa.CASES])["packgate_cases"]
    assert {name for name, items in cases.items() if {each["fires"] for each in items} == {True, False}} >= {"forced", "images", "told"}
    for name, items in cases.items():
        for each in items:
            engine.set_input(each["input"])
            assert (f'"{name}"' in str(engine.query("data.packgate.fired"))) is each["fires"], each["name"]
    for name in cases:
        test = f"data.packgate_test.test_{name.replace('-', '_')}"
        assert "true" in str(engine.query(test)), test
    wrong = regopy.Interpreter()
    wrong.add_module("policy", demo.files[opa.POLICY].decode())
    wrong.add_module("tests", demo.files[opa.TESTS].decode())
    wrong.add_data_json(demo.files[opa.DATA].decode())
    cases["forced"][0]["fires"] = not cases["forced"][0]["fires"]
    wrong.add_data_json(json.dumps({"packgate_cases": cases}))
    assert "true" not in str(wrong.query("data.packgate_test.test_forced")), "a test that can't fail"


def cerbos_files(root: Path) -> dict[str, bytes]:
    return dict(render(subject_of(write_repository(root)), ["cerbos"], Settings())["cerbos"].files)


def test_cerbos_denies_asks_and_tells(tmp_path: Path) -> None:
    document = yaml.safe_load(cerbos_files(tmp_path)[cerbos.POLICY])
    rules = {rule["name"]: rule for rule in document["resourcePolicy"]["rules"]}
    assert (rules["forced"]["effect"], rules["forced"]["actions"]) == ("EFFECT_DENY", ["decide"])
    assert rules["told"]["effect"] == "EFFECT_ALLOW"
    assert '"mode": "require-approval"' in rules["volumes"]["output"]["when"]["ruleActivated"]
    assert "actor.team" in rules["of-a-team"]["condition"]["match"]["expr"]


def test_cerbos_tells_every_policy_that_fires_where_nothing_denies(tmp_path: Path) -> None:
    """A rule that denies ends the evaluation of its action."""
    document = yaml.safe_load(cerbos_files(tmp_path)[cerbos.POLICY])
    rules = document["resourcePolicy"]["rules"]
    telling = {rule["name"].partition(".")[0] for rule in rules if cerbos.FIRED in rule["actions"]}
    assert telling == {action.removeprefix("policy:") for rule in rules for action in rule["actions"] if action.startswith("policy:")}
    assert all(rule["effect"] == "EFFECT_ALLOW" and "output" in rule for rule in rules if cerbos.FIRED in rule["actions"])


def test_cases_of_cerbos_have_both_polarities(tmp_path: Path) -> None:
    suite = yaml.safe_load(cerbos_files(tmp_path)[cerbos.TESTS])
    effects = {test["name"]: {effect for each in test["expected"] for effect in each["actions"].values()} for test in suite["tests"]}
    assert effects["forced"] == {"EFFECT_DENY", "EFFECT_ALLOW"}
    assert set(suite["resources"]) == {name for test in suite["tests"] for name in test["input"]["resources"]}


def test_on_a_real_cerbos(tmp_path: Path) -> None:
    program = shutil.which("cerbos")
    if program is None:
        pytest.skip("cerbos is not installed")
    for name, data in cerbos_files(tmp_path / "repository").items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    run = [program, "compile", str(tmp_path / "policies")]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tests = tmp_path / cerbos.TESTS
    tests.write_text(tests.read_text().replace("policy:forced: EFFECT_DENY", "policy:forced: EFFECT_ALLOW"))
    assert subprocess.run(run, capture_output=True, timeout=60, check=False).returncode != 0, "a test that can't fail"
