"""Secrets are found and masked; ordinary text is left alone."""

from __future__ import annotations

import pytest

from packgate.guard.detectors import DETECTORS, detector_ids, detects, mask, mask_json

# Built in pieces so that no scanner takes this file for a leak.
SECRETS = {
    "private-key": "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE " + "KEY-----",
    "aws-access-key": "AKIA" + "IOSFODNN7EXAMPLE",
    "aws-secret-key": "aws_secret_access_key=" + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "github-token": "ghp_" + "a" * 36,
    "gitlab-token": "glpat-" + "b" * 20,
    "slack-token": "xoxb-" + "1234567890-abcdef",
    "slack-webhook": "https://hooks.slack.com/services/" + "T000/B000/" + "x" * 24,
    "stripe-key": "sk_live_" + "c" * 24,
    "google-api-key": "AIza" + "d" * 35,
    "google-oauth-token": "ya29." + "e" * 30,
    "anthropic-key": "sk-ant-" + "f" * 30,
    "openai-key": "sk-proj-" + "g" * 30,
    "npm-token": "npm_" + "h" * 36,
    "pypi-token": "pypi-" + "i" * 50,
    "huggingface-token": "hf_" + "j" * 34,
    "sendgrid-key": "SG." + "k" * 22 + "." + "l" * 43,
    "vault-token": "hvs." + "m" * 24,
    "digitalocean-token": "dop_v1_" + "a1" * 32,
    "azure-storage-key": "AccountKey=" + "n" * 86 + "==",
    "jwt": "eyJ" + "hbGciOiJI.eyJ" + "zdWIiOiIx.sig",
    "url-password": "postgres://app:" + "hunter2@db/app",
    "authorization-header": "Authorization: Bearer " + "o" * 24,
    "password-flag": "mysql --password=" + "hunter22",
    "password-short-flag": "mysql -u root -p" + "hunter22",
    "basic-auth-flag": "curl -u admin:" + "hunter22",
    "secret-assignment": "API_TOKEN=" + "p" * 20,
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
]


def test_every_detector_has_an_example() -> None:
    assert sorted(SECRETS) == sorted(detector_ids())


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_secret_is_detected_and_masked(name: str) -> None:
    text = f"before {SECRETS[name]} after"
    assert detects(name, text)
    masked = mask(text)
    assert "<redacted:" in masked
    assert not detects(name, masked)
    assert masked.startswith("before ")


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_text_is_the_same_object(text: str) -> None:
    assert mask(text) is text


def test_masking_reaches_into_json() -> None:
    token = SECRETS["github-token"]
    assert mask_json({"a": [token, 1, None], token: True}) == {"a": ["<redacted:github-token>", 1, None], "<redacted:github-token>": True}


def test_detector_ids_are_unique() -> None:
    assert len({detector.id for detector in DETECTORS}) == len(DETECTORS)
