"""Which environment a name means, and what kind of host a host is."""

from __future__ import annotations

import pytest

from packgate.facts.environment import EnvironmentWords, classify, network
from packgate.model.value import Hole, Text


@pytest.mark.parametrize("name", ["prod", "my-prod", "PROD_DB", "us-prod-1", "prod2", "myProd", "web1.prod.example.com", "live", "prd_eu",
                                  "overlays/production/x.yaml", "arn:aws:eks:eu:1:cluster/prod"])
def test_production(name: str) -> None:
    assert classify([name]) == ("production",)


@pytest.mark.parametrize("name", ["product-catalog", "reproduce", "productivity", "non-prod", "pre-prod", "preprod", "not_prod", "prod-like",
                                  "notProd", "livestream", "nonprod", "deliver", "postProd", "approdo"])
def test_not_production(name: str) -> None:
    assert "production" not in classify([name])


def test_other_environments_and_partly_known_names() -> None:
    assert classify(["staging-eu"]) == ("staging",)
    assert classify([Text((Hole(), "-prod-db"))]) == ("production",)
    assert classify([]) == ()


def test_packs_can_set_the_words() -> None:
    assert classify(["gold-1"], EnvironmentWords({"production": ("gold",)})) == ("production",)
    assert classify(["prod-1"], EnvironmentWords({"production": ("gold",)})) == ()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", "loopback"), ("127.0.0.1", "loopback"), ("[::1]", "loopback"), ("2130706433", "loopback"), ("0x7f.1", "loopback"),
        ("10.1.2.3", "private"), ("172.31.0.1", "private"), ("172.32.0.1", "public"), ("192.168.1.1", "private"), ("prod-db", "private"),
        ("db.internal", "private"), ("fd00::1", "private"), ("169.254.169.254", "metadata"), ("2852039166", "metadata"),
        ("metadata.google.internal", "metadata"), ("evil.example", "public"), ("8.8.8.8", "public"), ("2001:db8::1", "public"),
    ],
)
def test_network(host: str, expected: str) -> None:
    assert network(host) == expected
