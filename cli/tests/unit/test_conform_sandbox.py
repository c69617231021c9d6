"""The sandbox that agents are started in: nothing that a shell is given runs, nothing of the host can be changed or reached."""

from __future__ import annotations

import json
import sys

import pytest

from packgate.conform import sandbox, walls
from packgate.conform.spec import Spec, Step, spec_from

WHY_NOT = sandbox.missing()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
PYTHON = sys.executable


def run(*steps, **keys):
    return sandbox.run(Spec([], list(steps), **keys))


def python(code, **keys):
    return Step([PYTHON, "-I", "-S", "-c", code], **keys)


def test_a_shell_runs_nothing_and_notes_what_it_was_given():
    steps = [
        Step(["/bin/sh", "-c", "touch /tmp/made"]),
        Step(["bash", "-lc", "touch /tmp/made; echo two"], env={"PATH": "/usr/bin:/bin"}),
        Step(["/bin/bash", "-o", "pipefail", "-c", "touch /tmp/made"]),
        python("import os; print(os.path.exists('/tmp/made')); print(os.system('touch /tmp/made')); print(os.path.exists('/tmp/made'))"),
    ]
    first, second, third, last = run(*steps)
    assert first.out.strip() == second.out.strip() == third.out.strip() == walls.RAN
    assert first.scripts == ["-c\ntouch /tmp/made"]
    assert second.scripts == ["-lc\ntouch /tmp/made; echo two"]
    assert third.scripts == ["-o\npipefail\n-c\ntouch /tmp/made"]
    assert last.out.replace(walls.RAN, "").split() == ["False", "0", "False"]


def test_only_what_may_run_runs_and_only_when_it_is_the_script():
    allowed = "cat"
    steps = [
        Step(["/bin/sh", "-c", allowed], stdin="allowed"),
        Step(["/bin/sh", "-c", "touch /tmp/made", allowed]),
        Step(["/bin/sh", "-c", allowed + "; touch /tmp/made"]),
        Step(["/bin/sh", "-c", f"touch /tmp/made\n{allowed}"]),
        python("import os; print(os.path.exists('/tmp/made'))"),
    ]
    done = run(*steps, may_run=[allowed])
    assert done[0].out.strip() == "allowed"
    assert [each.out.strip() for each in done[1:4]] == [walls.RAN] * 3
    assert done[4].out.strip() == "False"


def test_files_are_there_and_handed_back_by_pattern():
    there = ["/home/dev/.kube/config", "/etc/passwd", "/proc/1/nothing-like-this"]
    (done,) = run(Step(["/usr/bin/true"], present=there, collect=["/home/*/.kube/*", "/proc/1/nothing-like-this", "/etc/passwd"]))
    assert done.files["/home/dev/.kube/config"] == "text\n"
    assert done.files["/etc/passwd"].startswith("root:"), "what is there stays"
    assert len(done.files) == 2


def test_a_file_of_the_host_survives_whatever_is_tried(tmp_path):
    canary = tmp_path / "canary.txt"
    canary.write_text("alive")
    code = (
        "import os, shutil\n"
        f"path = {str(canary)!r}\n"
        "print(os.path.exists(path))\n"
        "for place in (path, '/usr/bin/env'):\n"
        "    try:\n"
        "        os.remove(place); print('removed', place)\n"
        "    except OSError as error:\n"
        "        print(type(error).__name__)\n"
        "shutil.rmtree('/home', ignore_errors=True)\n"
    )
    (done,) = run(python(code))
    assert done.code == 0, done.err
    # The user's file is not to be seen at all, the system's can't be changed.
    assert done.out.split("\n")[:3] == ["False", "FileNotFoundError", "OSError"]
    assert canary.read_text() == "alive"


def test_what_can_be_read_cannot_be_written(tmp_path):
    (tmp_path / "engine").write_text("program")
    place = str(tmp_path / "engine")
    code = f"print(open({place!r}).read())\ntry:\n    open({place!r}, 'w')\nexcept OSError as error:\n    print(error.strerror)\n"
    (done,) = sandbox.run(Spec([str(tmp_path)], [python(code)]))
    assert done.out == "program\nRead-only file system\n"
    assert (tmp_path / "engine").read_text() == "program"


def test_no_process_and_no_network_of_the_host():
    code = (
        "import os, socket\n"
        "print(sorted(int(name) for name in os.listdir('/proc') if name.isdigit())[0])\n"
        "print([name for _, name in socket.if_nameindex() if name == 'lo'], len(open('/proc/net/route').readlines()))\n"
    )
    (done,) = run(python(code))
    assert done.out == "1\n['lo'] 1\n"


def test_steps_see_what_earlier_ones_left_and_time_is_limited():
    steps = [
        python("open('/home/note', 'w').write('x')", collect=["/home/note", "/home/none"]),
        python("import time; time.sleep(60)", timeout=0.5),
        python("print(open('/home/note').read())"),
        python("with open('/home/full/a', 'w') as file:\n    file.write('x' * 10)", write={"/home/full/.keep": ""}, full=["/home/full"]),
    ]
    first, second, third, fourth = run(*steps)
    assert first.files == {"/home/note": "x"}
    assert second.code is None
    assert second.seconds < 10
    assert third.out == "x\n"
    assert fourth.code == 1
    assert "No space left on device" in fourth.err


def test_a_scripted_model_answers_inside():
    code = (
        "import json, sys, urllib.request\n"
        "body = json.dumps({'tools': [{}], 'messages': []}).encode()\n"
        "request = urllib.request.Request(sys.argv[1] + '/v1/messages', body)\n"
        "print(json.load(urllib.request.urlopen(request))['content'][0]['name'])\n"
    )
    step = Step([PYTHON, "-I", "-c", code, "http://127.0.0.1:{port}"], server="messages", calls=[{"name": "Bash", "input": {}}])
    (done,) = run(step)
    assert done.out == "Bash\n", done.err
    assert [request["path"] for request in done.requests] == ["/v1/messages"]


def test_a_spec_is_plain_data():
    spec = Spec(["/opt"], [Step(["true"], calls=[{"name": "a", "input": {}}], write={"/x": "y"})], may_run=["z"])
    assert spec_from(json.loads(json.dumps(spec.to_json()))) == spec


def test_a_folder_that_is_not_there_is_said():
    with pytest.raises(sandbox.NoSandbox, match="could not be made"):
        sandbox.run(Spec(["/no/such/folder"], [Step(["/usr/bin/true"])]))
