"""What the rest of packgate uses of the detectors: whether one finds something, and masking of whatever is printed or kept."""

from __future__ import annotations

from packgate.guard.detector import SECRET, Detector
from packgate.guard.first_look import ReadyLook
from packgate.guard.libraries import Unchecked
from packgate.guard.redact import Redaction, redact, redact_json, replaced
from packgate.guard.scan import LOOK_ALIKE, Scan, ScanWithExamples, libraries_of, scan_of, unchecked
from packgate.guard.table import BY_ID, DETECTORS, OR_EXAMPLE, PERSONAL, PERSONAL_DATA, SECRETS, is_name, members, names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from packgate.guard.first_look import Texts
    from packgate.guard.scan import Hit

# What masking looks for: every secret, also by what stands around it, and also what is only like one.
_masking: list[Scan] = []
# Its first look, where that lies ready.
_look: list[Callable[[], Texts]] = []


def masking() -> Scan:
    """The scan that masking uses."""
    if not _masking:
        _masking.append(AfterLook(ReadyLook(_look[0]())) if _look else _whole())
    return _masking[0]


def _whole() -> Scan:
    return Scan(frozenset(detector.id for detector in DETECTORS if detector.kind == SECRET), lenient=True)


class AfterLook(Scan):
    """The scan that masking uses, made when its first look finds anything: to make it takes longer than to decide about most actions."""

    __slots__ = ("_first", "_made")

    def __init__(self, first: ReadyLook) -> None:
        self._first = first
        self._made: Scan | None = None

    def hits(self, text: str) -> list[Hit]:
        """As `Scan.hits`."""
        if not self._first.finds(text):
            return []
        if self._made is None:
            self._made = _whole()
        return self._made.hits(text)


def masking_look() -> Texts:
    """The first look of masking as plain data, for `use_look`."""
    return _whole().gate.ready()


def use_look(read: Callable[[], Texts]) -> None:
    """Take the first look of masking from what `masking_look` gave to an installation of the same version. ``read`` is called when it is
    first needed."""
    _look[:] = [read]
    _masking.clear()


def detects(detector: str, text: str) -> bool:
    """Whether a detector, or one of a set, finds something in a text. Raises `KeyError` for a name that does not exist."""
    scan = scan_of((detector,))
    return bool(scan.hits(text)) if text else False


def personal(wanted: Iterable[str]) -> tuple[str, ...]:
    """Of names that policies write those of which some detector looks for personal data, sorted."""
    return tuple(sorted({name for name in wanted if is_name(name) and any(BY_ID[id].kind == PERSONAL for id in members(name))}))


def detector_ids() -> tuple[str, ...]:
    """The ids of all detectors, in the order of the table."""
    return tuple(detector.id for detector in DETECTORS)


def mask(text: str) -> str:
    """The text with every detected secret replaced by a marker (`markers`); unchanged (the same object) without one."""
    return redact(text, masking())


def mask_json(value: object, apply: Callable[[str], str] = mask) -> object:
    """A JSON value with every text in it masked, keys included."""
    if isinstance(value, str):
        return apply(value)
    if isinstance(value, list):
        return [mask_json(item, apply) for item in value]
    if isinstance(value, dict):
        return {apply(str(key)): mask_json(item, apply) for key, item in value.items()}
    return value


def expressions() -> list[str]:
    """Every regular expression that masking and detectors compile when they are first needed."""
    found = [text for detector in DETECTORS for text in detector.expressions()]
    found.extend((LOOK_ALIKE, *_whole().gate.expressions()))
    for name in names():
        found.extend(scan_of((name,)).gate.expressions())
    return list(dict.fromkeys(found))


__all__ = [
    "DETECTORS", "OR_EXAMPLE", "PERSONAL_DATA", "SECRETS", "Detector", "Redaction", "Scan", "ScanWithExamples", "Unchecked",
    "detector_ids", "detects", "expressions", "is_name", "libraries_of", "mask", "mask_json", "masking", "masking_look", "members", "names",
    "personal", "redact", "redact_json", "replaced", "scan_of", "unchecked", "use_look",
]
