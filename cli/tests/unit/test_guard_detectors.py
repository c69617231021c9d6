"""Secrets are found and masked; ordinary text is left alone. Values are made at run time, so that no scanner takes this file for a leak."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from packgate.guard.detectors import DETECTORS, detector_ids, detects, expressions, mask, mask_json, scan_of
from packgate.guard.gate import Gate
from packgate.guard.markers import pattern as marker_pattern
from packgate.guard.table import SETS, members, names

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "benchmarks"))

from guard_negatives import made
from guard_values import fill, formats, positives

FOUND = positives(random.Random(11), 4)
LOOSE = {
    "authorization-header": ("Authorization: Bearer ", "o" * 24), "password-flag": ("mysql --password=", "hunter22"),
    "password-short-flag": ("mysql -u root -p", "hunter22"), "basic-auth-flag": ("curl -u admin:", "hunter22"),
    "secret-assignment": ("API_TOKEN=", "p" * 20),
}

HARMLESS = [
    "git push origin main",
    "export AWS_PROFILE=prod",
    "echo $API_TOKEN",
    "psql postgres://app@db/app",
    "curl https://example.com/token/list",
    'curl -H "Authorization: Bearer $TOKEN" https://example.com',
    "kubectl create secret generic db --from-literal=password=$PW",
    "sk-learn is a library",
    "git commit -m 'rotate the api key'",
    "aws secretsmanager get-secret-value --secret-id db",
    "docker run -u 1000:1000 image",
]
# Documented values: no secret by policy, and hidden all the same where something is printed.
EXAMPLES = {
    "aws-access-key": "AKIA" + "IOSFODNN7EXAMPLE",
    "aws-secret-key": "aws_secret_access_key=" + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "stripe-key": "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc",
}


def test_every_secret_has_a_documented_form() -> None:
    assert sorted(SETS["secrets"]) == sorted(formats())
    assert sorted(LOOSE) == sorted(detector.id for detector in DETECTORS if detector.loose)


def test_detector_ids_are_unique_and_no_set_has_the_name_of_one() -> None:
    assert len({detector.id for detector in DETECTORS}) == len(DETECTORS)
    assert not set(SETS) & set(detector_ids())
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name) for name in names())


def test_made_values_are_found_whole_each_by_its_detector() -> None:
    missed = []
    for id, text, secret in FOUND:
        start = text.index(secret)
        if not any(first <= start and start + len(secret) <= last for first, last, _ in scan_of((id,)).hits(text)):
            missed.append((id, text))
    # Random text can lack what random text has nearly always; the benchmark counts over thousands.
    assert len(missed) <= len(FOUND) * 0.02, missed


def test_made_values_are_masked_and_a_masked_text_stays_as_it_is() -> None:
    for _, text, secret in FOUND:
        hidden = mask(text)
        assert secret not in hidden, text
        assert marker_pattern().search(hidden)
        assert mask(hidden) == hidden


@pytest.mark.parametrize("name", sorted(LOOSE))
def test_what_stands_behind_a_telling_word_is_masked(name: str) -> None:
    before, secret = LOOSE[name]
    text = f"before {before}{secret} after"
    assert detects(name, text)
    # The more telling of two that find the same gives its name.
    assert re.fullmatch(re.escape(f"before {before}") + r"\[REDACTED:[a-z-]+\] after", mask(text))


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_is_the_same_object(text: str) -> None:
    assert mask(text) is text


def test_lines_that_look_like_secrets_hold_none() -> None:
    scan = scan_of(("secrets",))
    found = [(kind, line, scan.hits(line)) for kind, line in made(random.Random(5), 25)]
    assert not [each for each in found if each[2]]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_documented_examples_are_no_secrets_unless_asked_for(name: str) -> None:
    assert not detects(name, EXAMPLES[name])
    assert not detects("secrets", EXAMPLES[name])
    assert detects(f"{name}-or-example", EXAMPLES[name])
    assert "[REDACTED:" in mask(EXAMPLES[name])


@pytest.mark.parametrize("id", ["github-token", "npm-token"])
def test_a_wrong_check_sum_is_no_token_for_a_policy_and_is_masked(id: str) -> None:
    token = fill(formats()[id]["values"][0], random.Random(1))
    wrong = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert detects(id, token)
    assert not detects(id, wrong)
    assert wrong not in mask(f"x {wrong}")


@pytest.mark.parametrize("count", [24, 35, 40, 70])
def test_a_token_of_another_length_is_masked(count: int) -> None:
    token = "ghp_" + fill(f"{{a:{count}}}", random.Random(count))
    assert mask(f"x {token}") == "x [REDACTED:github-token]"


def test_a_token_whose_characters_are_in_a_row_is_masked_and_a_name_is_not() -> None:
    assert mask("x ghp_0123456789abcdefghijklmnopqrstuvwxyzAB") == "x [REDACTED:github-token]"
    for name in ("npm_configuration_of_the_registry", "expo_splashScreenBackgroundColor"):
        assert mask(name) == name


def test_behind_an_escaped_line_end_or_an_encoded_character_a_token_begins() -> None:
    token = fill("AKIA{2:16}", random.Random(2))
    for text in (rf"line\n{token}", rf"\t{token}\r", f"?x%3D{token}", f"a={token}&b", f"({token})"):
        assert detects("aws-access-key", text), text
    assert not detects("aws-access-key", f"X{token}")
    assert not detects("aws-access-key", f"{token}X")


def test_hits_that_overlap_are_one_of_the_more_telling_kind() -> None:
    token = fill("ghp_{a:30}{crc}", random.Random(3))
    text = f"git clone https://bot:{token}@github.com/acme/app"
    assert [(text[start:end], id) for start, end, id in scan_of(("secrets",)).hits(text)] == [(token, "github-token")]
    # What only one of them covers is covered.
    assert scan_of(("secrets",)).hits(f"API_KEY={token}.{token}")[0][2] == "github-token"


def test_masking_reaches_into_json() -> None:
    token = fill("ghp_{a:30}{crc}", random.Random(4))
    assert mask_json({"a": [token, 1, None], token: True}) == {"a": ["[REDACTED:github-token]", 1, None], "[REDACTED:github-token]": True}


def test_a_name_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        detects("aws-acess-key", "x")
    assert members("secrets-or-example") == members("secrets")


def test_no_pattern_can_take_more_than_linear_time() -> None:
    for text in expressions():
        for most, inner, possessive in _repeats(re._parser.parse(text)):  # type: ignore[attr-defined]
            # What is tried at a place is bounded by the pattern, however long the text; what is not bounded can't be tried twice.
            assert possessive or most <= 16_384 or text.endswith("+"), text
            assert possessive or not inner or most * inner <= 16_384, text


def _repeats(tree: Any) -> list[tuple[int, int, bool]]:
    """Of each repeat how often at most, the most of a repeat inside of it, and whether it gives nothing back."""
    found: list[tuple[int, int, bool]] = []
    for op, value in tree:
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            inner = _repeats(value[2])
            most = int(value[1])
            if most > 1:
                found.append((most, max((each[0] for each in inner if each[0] > 1), default=0), name == "POSSESSIVE_REPEAT"))
            found.extend(inner)
        elif name == "SUBPATTERN":
            found.extend(_repeats(value[3]))
        elif name == "BRANCH":
            for each in value[1]:
                found.extend(_repeats(each))
        elif name in ("ASSERT", "ASSERT_NOT"):
            found.extend(_repeats(value[1]))
    return found


def test_hostile_repetition_ends() -> None:
    """A hundred kilobytes of what each detector begins with: quadratic work would not end within a test run."""
    for detector in DETECTORS:
        for word in (*detector.starts[:1], *detector.words[:1]):
            for text in (word * (100_000 // len(word)), word + "a0" * 50_000, (word + "=") * (100_000 // (len(word) + 1))):
                scan_of((detector.id,)).hits(text)


def test_the_search_is_made_without_what_a_hook_would_have_to_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """An image has compiled expressions, and of `re` nothing else: asking for `re.escape` loads all of it, which takes longer than a decision."""
    expected = Gate(DETECTORS).expressions()
    monkeypatch.delattr("re.escape")
    assert Gate(DETECTORS).expressions() == expected
    for text in expected:
        re.compile(text)
