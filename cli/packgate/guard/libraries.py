"""Checks that need a library of the extra `pii`, which is imported when a candidate is found, and what holds when it is not there."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Where a number without a country is looked for. Its word (`phone: …`) stands before it.
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "IN", "BR", "JP", "AU", "PL", "SE", "CH", "AT", "BE")
# Distributions by the name that is imported.
_DISTRIBUTIONS = {"phonenumbers": "phonenumbers", "stdnum": "python-stdnum"}


class DetectorUnavailable(KeyError):
    """A detector can't look, since its library is not installed. Whoever asks for it must not take this for "nothing found"."""

    def __init__(self, detector: str, library: str) -> None:
        super().__init__(detector)
        self.detector = detector
        self.library = _DISTRIBUTIONS.get(library, library)

    def __str__(self) -> str:
        return f"the detector {self.detector} needs {self.library}, which is not installed (pip install 'packgate[pii]')"


# Where libraries are looked for beside Python's own path; at most one folder.
_folder: list[str] = []
_known: set[str] = set()


def look_in(folder: str) -> None:
    """A folder of libraries, for a process whose Python does not know it: the hook's."""
    _folder[:] = [folder]


def is_installed(library: str) -> bool:
    """Whether a library is there. It is not imported: that takes longer than a decision, and most texts hold no candidate."""
    import sys

    if library in sys.modules:
        return sys.modules[library] is not None
    if library not in _known and _is_found(library):
        _known.add(library)
    return library in _known


def _is_found(library: str) -> bool:
    from _frozen_importlib_external import PathFinder

    # What has no file is a folder that happens to have the name.
    return any(spec is not None and spec.origin is not None for spec in (PathFinder.find_spec(library, path) for path in (None, _folder)))


def _imported(name: str) -> Any:
    """A module of a library, with what it imports itself. Raises `ImportError`."""
    import sys

    if not _folder or name.partition(".")[0] in sys.modules:
        return __import__(name, fromlist=["_"])
    sys.path.extend(_folder)
    try:
        return __import__(name, fromlist=["_"])
    finally:
        sys.path.remove(_folder[0])


def phone(number: str) -> bool:
    """Whether a number is one that can be dialled: international, or as North America writes it. Raises `ImportError`."""
    phonenumbers = _imported("phonenumbers")
    text = "+" + number[2:] if number.startswith("00") else number
    if _is_fiction("".join(char for char in text if char.isdigit())):
        return False
    return _valid(phonenumbers, text, None if text.startswith("+") else "US")


def national_phone(number: str) -> bool:
    """Whether a number without a country is valid in one of the larger numbering plans. Raises `ImportError`."""
    phonenumbers = _imported("phonenumbers")
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
    return bool(_imported(f"stdnum.{module}").is_valid(text))
