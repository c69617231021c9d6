"""The first look of masking, without its detectors, never passes over what they would find."""

from __future__ import annotations

import marshal
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from packgate.guard import detectors
from packgate.guard.first_look import ReadyLook
from packgate.guard.known import known_secrets

if TYPE_CHECKING:
    import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))

from guard_values import positives

# Through `marshal`, as an image keeps it.
LOOK = ReadyLook(marshal.loads(marshal.dumps(detectors.masking_look())))
SECRETS = [text for _, text, _ in positives(random.Random(5), 2)]
WORDS = (
    "curl", "mysql", " -u ", " -p", "-pab12cd", "--password=", "hunter22", "a:b2c4", "://", "user", "@db", "token", "API_KEY=", "'", '"', "\n", " ",
    "0123456789abcdefXYZ", "authorization: bearer ", "sk_", "ghp_", "AKIA", "é", "[REDACTED:x]",
)
texts = st.lists(st.sampled_from(WORDS) | st.sampled_from(SECRETS) | st.text(max_size=8), max_size=8).map("".join)


def whole() -> detectors.Scan:
    return detectors.Scan(frozenset(each.id for each in detectors.DETECTORS if each.kind == "secret"), lenient=True)


@given(texts)
def test_what_detectors_find_is_seen_at_the_first_look(text: str) -> None:
    assert LOOK.finds(text) or not whole().hits(text)


def test_every_kind_of_secret_is_seen() -> None:
    assert len(SECRETS) > 300
    assert [text for text in SECRETS if not LOOK.finds(text)] == []


def test_ordinary_commands_need_no_detector() -> None:
    for text in ("ls -la src && git status --short | head -20", "git push --force origin main", "/home/dev/app/src/main.py", "docker run -p 80:80 x"):
        assert not LOOK.finds(text)


def test_masking_after_a_look_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = [(detectors.mask(text), known_secrets([text])) for text in SECRETS]
    monkeypatch.setattr(detectors, "_look", [])
    monkeypatch.setattr(detectors, "_masking", [])
    detectors.use_look(detectors.masking_look)
    assert [(detectors.mask(text), known_secrets([text])) for text in SECRETS] == plain
    assert isinstance(detectors.masking(), detectors.AfterLook)
