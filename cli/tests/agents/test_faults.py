"""What real agents do when the hook fails: with what packgate installs, the outcome is the configured one; by themselves, what the documentation
says of them.

Not part of the quick suite: `pytest -m agents cli/tests/agents/test_faults.py`, with the agents named as `packgate conform --help` says.
"""

from __future__ import annotations

import os

import pytest
from test_drivers import HOOK_FILE, claude, codex, copilot, gemini, shell

from packgate.commands.conform import make_measurement
from packgate.conform import setup
from packgate.conform.faults import FAULTS, MODES, holds, setting_of, try_faults
from packgate.conform.lane import DENIED, HOOK, RAN, Absent, Setting
from packgate.conform.lanes import NAMES, find_lane
from packgate.hook import lowering

pytestmark = pytest.mark.agents

# What a hook does -> the column of the table that tells what an agent then does.
FAILING = {
    "crash": "#!/run/conform/real/sh\nexit 1\n", "killed": "#!/run/conform/real/sh\nkill -KILL $$\n",
    "time-out": "#!/run/conform/real/sh\nexec sleep 600\n", "missing": None, "garbage": "#!/run/conform/real/sh\necho all is well\n",
}


@pytest.fixture(scope="module")
def measurement(tmp_path_factory):
    return make_measurement(("recommended",), "quick", str(tmp_path_factory.mktemp("recommended")))[0]


def found(lane):
    engine = lane.find(None, os.environ)
    if isinstance(engine, Absent):
        pytest.skip(engine.reason)
    return engine


@pytest.mark.parametrize(
    ("agent", "fault"), [(name, fault) for name in NAMES for fault in FAULTS if fault.concerns(name)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_the_outcome_is_the_configured_one(agent, fault, measurement, tmp_path):
    lane = find_lane(agent)
    tried = try_faults(lane, found(lane), measurement.subject, str(tmp_path), measurement.hook.bundles, faults=[fault])[fault.name]
    assert set(tried) == set(MODES)
    assert not {mode: outcome for mode, outcome in tried.items() if not holds(agent, fault, mode, outcome)}


@pytest.mark.parametrize("cause", sorted(FAILING))
@pytest.mark.parametrize("make", [claude, codex, copilot, gemini], ids=lambda make: make.__name__)
def test_agents_by_themselves_do_what_the_table_says(make, cause):
    lane, files, _ = make()
    text = FAILING[cause]
    own = {} if text is None else {HOOK_FILE: text}
    setting = Setting(files={**files, **own}, modes=dict.fromkeys(own, 0o755), may_run=[HOOK_FILE])
    (seen,) = lane.run(found(lane), setting, [shell("git status --short")])
    # `configured`: the entry of this test says that failures stop.
    says = lowering.FAULTS[lane.name]["crash" if cause == "killed" else cause][0]
    assert (seen.outcome == RAN) == (says == "runs")


def test_claude_code_understands_the_decision_server(measurement, tmp_path):
    lane = find_lane("claude-code")
    engine = found(lane)
    sound = next(fault for fault in FAULTS if fault.name == "server")
    hook = setup.install_hook(str(tmp_path), measurement.hook.bundles)
    setting = setting_of(lane, measurement.subject, sound, hook, "closed")
    # Of these the pack lets the first run in silence; of the others no native rule hears.
    policy = "direct-push-to-main"
    silent, denied = lane.run(engine, setting, [shell("git status --short"), shell("git -c core.pager=cat push origin HEAD:main")])
    assert (silent.outcome, silent.told) == (RAN, ""), "`{}` is no opinion"
    assert (denied.outcome, denied.by) == (DENIED, HOOK)
    assert policy in denied.told
