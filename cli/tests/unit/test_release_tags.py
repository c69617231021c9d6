from __future__ import annotations

import pytest

from packgate.release.tags import TagName, parse_tag


@pytest.mark.parametrize("name", ["recommended/v1.4.0-audit", "recommended/v1.4.0-block+r17", "my-pack2/v0.0.1-warn"])
def test_a_release_tag_reads_and_writes_itself(name: str) -> None:
    found = parse_tag(name)
    assert found is not None
    assert str(found) == name


def test_the_parts_of_a_name() -> None:
    assert parse_tag("recommended/v1.4.0-block+r17") == TagName("recommended", "1.4.0", "block", 17)
    assert parse_tag("recommended/v1.4.0-audit") == TagName("recommended", "1.4.0", "audit")


@pytest.mark.parametrize("name", [
    "v1.4.0", "recommended/1.4.0-audit", "recommended/v1.4-audit", "recommended/v01.4.0-audit", "recommended/v1.4.0", "recommended/v1.4.0-live",
    "recommended/v1.4.0-audit+r0", "recommended/v1.4.0-audit+r01", "Recommended/v1.4.0-audit", "a//v1.4.0-audit", "recommended/v1.4.0-audit\n",
])
def test_other_tags_are_none(name: str) -> None:
    assert parse_tag(name) is None
