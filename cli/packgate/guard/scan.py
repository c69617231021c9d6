"""What detectors find in a text: ranges with the ids of their detectors, without overlaps."""

from __future__ import annotations

import re

from packgate.guard.checks import CHECKS, mixed, placeholder, spread
from packgate.guard.contact import email, nino
from packgate.guard.detector import PERSONAL
from packgate.guard.gate import Gate
from packgate.guard.libraries import Unchecked, is_installed, national_phone, number, phone
from packgate.guard.table import BY_ID, DETECTORS, OR_EXAMPLE, RANK, members

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.guard.detector import Detector

    Hit = tuple[int, int, str]

# A prefix, perhaps two, and a run of letters and digits.
LOOK_ALIKE = r"[A-Za-z0-9]{2,12}[_.-](?:[A-Za-z0-9]{1,8}[_.-]){0,2}(?P<body>[A-Za-z0-9]{20,4096})"
_compiled: list[re.Pattern[str]] = []
# A hit of a detector that was set up by name alone: `id:us.ssn` is that module of stdnum.
_BY_NUMBER = "id:"
_PERSONAL_CHECKS = {"email": email, "nino": nino, "phone": phone, "national_phone": national_phone}


class Scan:
    """Looks for what some detectors know. ``lenient``: also what a check sum or a list of examples speaks against, for masking."""

    __slots__ = ("_lenient", "gate", "ids")

    def __init__(self, ids: frozenset[str], *, lenient: bool = False) -> None:
        self.ids = ids
        self.gate = Gate([detector for detector in DETECTORS if detector.id in ids], any_run=lenient)
        self._lenient = lenient

    def hits(self, text: str) -> list[Hit]:
        """Every hit, in order, those that overlap as one. What a missing library would check counts by its form (`libraries.Unchecked`)."""
        found: list[Hit] = []
        # Up to where each detector has looked: what lies inside of a hit is not looked at again.
        done: dict[str, int] = {}
        for place, detectors in self.gate.hits(text):
            for detector in detectors:
                begin = place - detector.back
                if begin >= done.get(detector.id, 0):
                    self._try(detector, text, begin, found, done)
        for detector in self.gate.everywhere():
            self._everywhere(detector, text, found)
        return merged(found) if len(found) > 1 else found

    def _try(self, detector: Detector, text: str, begin: int, found: list[Hit], done: dict[str, int]) -> None:
        match = detector.compiled().match(text, begin)
        if match is None:
            if self._lenient and detector.starts:
                self._try_look_alike(detector, text, begin, found, done)
            return
        start, end = match.span("secret" if match.re.groupindex else 0)
        if end - start and self._holds(detector, text[start:end]):
            end = detector.end(text, end)
            found.append((start, end, detector.id))
            done[detector.id] = end
        elif detector.starts:
            done[detector.id] = end

    def _try_look_alike(self, detector: Detector, text: str, begin: int, found: list[Hit], done: dict[str, int]) -> None:
        """For masking: what begins as a token does and goes on as none of a person's words is one that was cut, or of a length that is not
        known yet."""
        match = _look_alike().match(text, begin)
        if match is not None and _is_generated(match.group("body")):
            found.append((begin, match.end(), detector.id))
            done[detector.id] = match.end()

    def _everywhere(self, detector: Detector, text: str, found: list[Hit]) -> None:
        for match in detector.compiled().finditer(text):
            start, end = match.span("secret" if match.re.groupindex else 0)
            if self._holds(detector, text[start:end]):
                found.append((start, end, detector.id))

    def _holds(self, detector: Detector, secret: str) -> bool:
        if self._lenient:
            return True
        if detector.kind == PERSONAL:
            return _is_personal(detector, secret)
        if detector.loose:
            return True
        if secret in detector.examples or placeholder(secret):
            return False
        return not detector.check or CHECKS[detector.check](secret)


class ScanWithExamples(Scan):
    """The same with documented examples and placeholders: only the form and its check decide."""

    __slots__ = ()

    def _holds(self, detector: Detector, secret: str) -> bool:
        if detector.check in _PERSONAL_CHECKS:
            # Reserved names and numbers are what these leave out; a telephone number stays one by its form.
            return True
        if detector.kind == PERSONAL:
            return _checked(detector, secret)
        return not detector.check or CHECKS[detector.check](secret)


def _is_personal(detector: Detector, value: str) -> bool:
    plain = "".join(char for char in value if char.isalnum())
    if any(plain == "".join(char for char in example if char.isalnum()) for example in detector.examples):
        return False
    return _checked(detector, value)


def _checked(detector: Detector, value: str) -> bool:
    if not detector.check or (detector.needs and not is_installed(detector.needs)):
        return True
    if detector.check.startswith(_BY_NUMBER):
        return number(detector.check[len(_BY_NUMBER):], value)
    check = _PERSONAL_CHECKS.get(detector.check) or CHECKS[detector.check]
    return check(value)


def _look_alike() -> re.Pattern[str]:
    if not _compiled:
        _compiled.append(re.compile(LOOK_ALIKE))
    return _compiled[0]


def _is_generated(body: str) -> bool:
    return mixed(body) or (any(char.isdigit() for char in body) and any(char.isalpha() for char in body) and spread(body))


def merged(found: list[Hit]) -> list[Hit]:
    """Hits in order, those that overlap joined to one: what any of them covers is covered, and the name is that of the detector that
    comes first in the table."""
    out: list[Hit] = []
    for start, end, id in sorted(found, key=lambda hit: (hit[0], -hit[1], RANK[hit[2]])):
        if out and start < out[-1][1]:
            first, last, name = out[-1]
            out[-1] = (first, max(last, end), name if RANK[name] <= RANK[id] else id)
        else:
            out.append((start, end, id))
    return out


# Scans by the names that were asked for; there are few in one process, those of its policies.
_made: dict[tuple[tuple[str, ...], bool], Scan] = {}


def scan_of(names: tuple[str, ...], *, lenient: bool = False) -> Scan:
    """The scan for detectors and sets as policies name them. Raises `KeyError` for a name that there is not."""
    key = (names, lenient)
    found = _made.get(key)
    if found is None:
        ids = frozenset(id for name in names for id in members(name))
        examples = any(name.endswith(OR_EXAMPLE) for name in names)
        found = _made[key] = ScanWithExamples(ids) if examples else Scan(ids, lenient=lenient)
    return found


def libraries_of(name: str) -> frozenset[str]:
    """The libraries that a detector or set checks with, as they are imported. Raises `KeyError`."""
    return frozenset(BY_ID[id].needs for id in members(name) if BY_ID[id].needs)


def unchecked(name: str) -> Unchecked | None:
    """The first detector of a name or a set that goes by form alone, since its library is not installed; None when all can check. Raises
    `KeyError`."""
    there = {needs for needs in libraries_of(name) if is_installed(needs)}
    for id in members(name):
        needs = BY_ID[id].needs
        if needs and needs not in there:
            return Unchecked(id, needs)
    return None
