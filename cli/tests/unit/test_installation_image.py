"""An image: a process that has nothing else decides the same, and loads little."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from image_maker import DECIDER, HEAD_SIZE, PACKAGE, PYTHON, decided, installed, make_image

from packgate.commands.shared import open_workspace
from packgate.hook.opening import Image, ImageError, open_image
from packgate.installation.image import build_base, build_image
from packgate.installation.late_source import late_module, read_modules, sources
from packgate.installation.regexes import compiled_regex
from packgate.model.action import parse_action
from packgate.testing.cases import collect
from packgate.testing.corpus import load_corpora

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("image")
    folder.chmod(0o755)
    return make_image(folder, "recommended")


def test_a_process_decides_the_same_from_an_image(image) -> None:
    cases, problems = load_corpora(ROOT / "testcases")
    assert problems == []
    found = [case.action for case in (*collect(open_workspace(["recommended"]).results), *cases)]
    actions = [{**action, "id": str(number)} for number, action in enumerate(found) if action is not None]
    gate = installed("recommended").gate()
    texts, _, unforeseen = decided(image, actions)
    assert texts == [gate.decide_text(parse_action(action), stage=None, now="2026-01-31T12:00:00Z")[1] for action in actions]
    # What is left is made of an action's own words.
    written = {pattern for _, file in sources(PACKAGE) for pattern in _constants(Path(file).read_text())}
    assert [pattern for pattern, _ in unforeseen if pattern in written] == []


def _constants(source: str) -> list[str]:
    """The expressions that are written out where they are compiled or used."""
    return [
        node.args[0].value for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args and isinstance(node.args[0], ast.Constant)
    ]


# Answers a tool call as the hook does, with the image's own modules.
ANSWERER = """
from packgate.hook.answer import kind_of, read_request, respond
from packgate.hook.payload import decode_payload
from packgate.hook.prepared_gate import open_gate
from packgate.hook.recording import record
from packgate.hook.settings import FAILING, Settings
settings = Settings("/b", dict.fromkeys(FAILING, "closed"), log={log!r}, user="dev")
module, _ = kind_of("claude-code", "PreToolUse")
payload = b'{{"session_id":"s","cwd":"/srv","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{{"command":"git status"}}}}'
request = read_request(module, "PreToolUse", decode_payload(payload), {{}})
answer = respond(request, lambda: open_gate(image), settings, {{"HOME": "/home/dev"}}, "2026-01-31T12:00:00Z", 1000.0)
record(answer, settings, 1)
print(answer.verdict.outcome, *sorted(sys.modules))
"""


def test_without_groups_and_alerts_nothing_of_them_is_loaded(image, tmp_path) -> None:
    opening = DECIDER.format(image=str(image), head=HEAD_SIZE).partition("from packgate.hook.prepared_gate")[0]
    script = opening + ANSWERER.format(log=str(tmp_path / "state" / "events.jsonl"))
    done = subprocess.run([PYTHON, "-I", "-S", "-E", "-c", script], capture_output=True, text=True, check=True)
    outcome, *modules = done.stdout.split()
    assert outcome == "allow"
    assert not [name for name in modules if name.startswith("packgate.approvals") or name in ("packgate.engine.surroundings", "packgate.eventlog.spool")]


def test_a_process_loads_little(image) -> None:
    _, modules, unforeseen = decided(image, [])
    bare = set(modules)
    for action in ({"command": "git push origin main"}, {"command": "ls -la src | head"}, {"surface": "file", "operation": "read", "path": "/a"}):
        _, modules, unforeseen = decided(image, [action])
        assert unforeseen == []
        ours = [name for name in modules if name.startswith("packgate")]
        others = set(modules) - bare - set(ours)
        assert len(ours) < 90
        assert others <= {"_sha256", "_sha2", "_json"}, sorted(others)


def test_the_same_gives_the_same_bytes(image) -> None:
    modules = read_modules(PACKAGE)
    assert build_base(modules, "x") == build_base(modules, "x")
    base, data = open_image(str(image)), image.read_bytes()
    given = base, data, installed("base"), "/b", "/b/active.json", b"{}"
    assert build_image(*given) == build_image(*given)


def test_no_module_rebinds_a_name_that_others_import() -> None:
    """Names are bound when they are first used: a module that binds one again later would be seen differently."""
    for name, file in sources(PACKAGE):
        found = [node for node in ast.walk(ast.parse(Path(file).read_text())) if isinstance(node, ast.Global)]
        assert not found, f"{name} rebinds {[node.names for node in found]}"


def test_late_imports_are_listed() -> None:
    source = (
        '"""Doc."""\nfrom __future__ import annotations\nimport re\nfrom packgate.a import b as c, d\nTYPE_CHECKING = False\n'
        "if TYPE_CHECKING:\n    from packgate.e import f\nimport os.path\n"
        'def g():\n    """Doc."""\n    import re\n    from hashlib import sha256\n    return re.sub("x+", "", "axb"), sha256, re.compile("y", re.DOTALL | re.I)\n'
    )
    module = late_module(source, "packgate.m", frozenset(("packgate.a.d",)))
    assert module.late == {"re": ("packgate.hook.patterns", None), "c": ("packgate.a", "b"), "d": ("packgate.a.d", None)}
    assert module.patterns == (("x+", 0), ("y", int(re.DOTALL | re.I)))
    space: dict[str, object] = {}
    exec(module.code, space)
    assert not space.get("__doc__")
    assert "os" in space
    found, digest, _ = space["g"]()  # type: ignore[operator]
    assert found == "ab"
    assert digest(b"x").hexdigest() == __import__("hashlib").sha256(b"x").hexdigest()


@pytest.mark.parametrize(("pattern", "flags"), [("(?P<a>x)|y", 0), (b"[a-z]+", 2), ("(?i)é", 0), ("a{2,}+", re.VERBOSE | re.DOTALL)])
def test_a_compiled_expression_is_what_re_makes(pattern, flags) -> None:
    import _sre

    given, code, groups, names, by_number = compiled_regex(pattern, flags)
    made = _sre.compile(pattern, given, memoryview(code).cast("I").tolist(), groups, names, by_number)
    known = re.compile(pattern, flags)
    assert made == known
    assert (made.flags, made.groups, dict(made.groupindex)) == (known.flags, known.groups, dict(known.groupindex))


def damaged(image: Path, folder: Path, change) -> Path:
    data = bytearray(image.read_bytes())
    change(data)
    path = folder / "hook.image"
    path.write_bytes(data)
    return path


def test_damage_is_found_wherever_it_is(image, tmp_path) -> None:
    tmp_path.chmod(0o755)
    size = image.stat().st_size
    for place in [0, 200, 256, 261, 270, 5_000, *range(20_000, size, size // 60), size - 1]:
        def flip(data: bytearray, place: int = place) -> None:
            data[place] ^= 4

        path = damaged(image, tmp_path, flip)
        with pytest.raises(ImageError):
            every_part(open_image(str(path)))
    path = damaged(image, tmp_path, lambda data: data.__delitem__(slice(size // 2, None)))
    with pytest.raises(ImageError):
        every_part(open_image(str(path)))
    for length in (0, 100, 260, 300):
        with pytest.raises(ImageError):
            open_image(str(damaged(image, tmp_path, lambda data, length=length: data.__delitem__(slice(length, None)))))


def every_part(image: Image) -> None:
    """Read all of an image."""
    for name in image.places:
        found = image.segment(name)
        for place in found[1].values() if name.startswith("packgate") else ():
            if isinstance(place, bytes):
                image.part(place)
    for table in (image.segment("gate")["rules"], image.segment("catalog")["places"], image.segment("patterns")[1]):
        for start in range(0, len(table), 16):
            image.part(table[start:start + 16])


def test_others_must_not_be_able_to_write(image, tmp_path) -> None:
    tmp_path.chmod(0o755)
    path = damaged(image, tmp_path, lambda data: None)
    open_image(str(path))
    for mode in (0o664, 0o646, 0o666):
        path.chmod(mode)
        with pytest.raises(ImageError):
            open_image(str(path))
    path.chmod(0o644)
    tmp_path.chmod(0o777)
    with pytest.raises(ImageError):
        open_image(str(path))
    tmp_path.chmod(0o755)
    other = tmp_path / "link"
    other.symlink_to(path)
    with pytest.raises(OSError, match="symbolic"):
        open_image(str(other))
