"""Checks that need a library of the extra `pii`, which is imported when a candidate is found, and what holds when it is not there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Where a number without a country is looked for. Its word (`phone: …`) stands before it.
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "IN", "BR", "JP", "AU", "PL", "SE", "CH", "AT", "BE")
# Distributions by the name that is imported.
DISTRIBUTIONS = {"phonenumbers": "phonenumbers", "stdnum": "python-stdnum"}

# Libraries that were looked for: every candidate in a text asks.
_found: dict[str, bool] = {}


class Unchecked:
    """A detector whose library is not installed: it goes by the form of a number alone, and finds more, never less."""

    __slots__ = ("detector", "library")

    def __init__(self, detector: str, library: str) -> None:
        self.detector = detector
        self.library = DISTRIBUTIONS.get(library, library)

    def __str__(self) -> str:
        return (
            f"the detector {self.detector} needs {self.library}, which is not installed (pip install 'packgate[pii]'): what has the form "
            "counts, valid or not"
        )


def is_installed(library: str) -> bool:
    """Whether a library is there to be imported; it is not imported, which takes longer than most decisions."""
    import sys
    from _frozen_importlib_external import PathFinder

    if library in sys.modules:
        return sys.modules[library] is not None
    if library not in _found:
        _found[library] = PathFinder.find_spec(library) is not None
    return _found[library]


def phone(number: str) -> bool:
    """Whether a number is one that can be dialled: international, or as North America writes it. Raises `ImportError`."""
    import phonenumbers

    text = "+" + number[2:] if number.startswith("00") else number
    if _is_fiction("".join(char for char in text if char.isdigit())):
        return False
    return _valid(phonenumbers, text, None if text.startswith("+") else "US")


def national_phone(number: str) -> bool:
    """Whether a number without a country is valid in one of the larger numbering plans. Raises `ImportError`."""
    import phonenumbers

    if _is_fiction("".join(char for char in number if char.isdigit())):
        return False
    return any(_valid(phonenumbers, number, region) for region in _REGIONS)


def _valid(library: Any, text: str, region: str | None) -> bool:
    try:
        return bool(library.is_valid_number(library.parse(text, region)))
    except library.NumberParseException:
        return False


def _is_fiction(digits: str) -> bool:
    """Numbers that no one has: 555-01xx in North America, and what Ofcom keeps for drama (020 7946 0xxx, 07700 900xxx)."""
    national = digits[-10:]
    if len(digits) in (10, 11) and national[3:8] in ("55501",):
        return True
    return national.startswith(("2079460", "7700900", "1154960", "1614960", "1632960")) or national[3:6] == "555"


def number(module: str, text: str) -> bool:
    """Whether `stdnum.MODULE` takes a number for valid. Raises `ImportError`."""
    name = f"stdnum.{module}"
    found = __import__(name, fromlist=["is_valid"])
    return bool(found.is_valid(text))
