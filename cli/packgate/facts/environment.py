"""Which environment a target belongs to, told from the names that the catalog marks; and what kind of host a host is."""

from __future__ import annotations

import re

from packgate.model.value import Text, origins_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.model.value import Value

PRODUCTION = "production"

# Environment -> tokens that name it. Packs can replace or extend the words.
DEFAULT_WORDS: dict[str, tuple[str, ...]] = {
    PRODUCTION: ("prod", "production", "prd", "live"),
    "staging": ("staging", "stage", "stg", "uat", "preprod", "nonprod"),
    "development": ("dev", "devel", "development", "sandbox", "sbx"),
    "test": ("test", "tests", "testing", "qa", "ci", "e2e"),
    "local": ("local", "localhost", "minikube", "kind", "k3d", "docker-desktop"),
}
_NEGATIONS = frozenset(("non", "pre", "not", "no", "post"))
_AFTER = frozenset(("like", "lite"))
# The rules of a call, and the commands of a line, ask again and again for the same names.
_MOST_REMEMBERED = 1_000
_TOKEN = re.compile(r"[A-Za-z0-9]+")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


class EnvironmentWords:
    """The words of each environment, looked up by token."""

    __slots__ = ("by_token", "remembered")

    def __init__(self, words: dict[str, tuple[str, ...]] | None = None) -> None:
        self.by_token: dict[str, str] = {}
        self.remembered: dict[str, tuple[str, ...]] = {}
        for environment, tokens in {**DEFAULT_WORDS, **(words or {})}.items():
            for token in tokens:
                self.by_token[token.lower()] = environment

    def classify(self, value: str) -> tuple[str, ...]:
        """Environments named in one value, sorted. ``prod-eu`` is production, ``product`` and ``non-prod`` are not."""
        found = self.remembered.get(value)
        if found is None:
            if len(self.remembered) >= _MOST_REMEMBERED:
                self.remembered.clear()
            found = self.remembered[value] = self._classify(value)
        return found

    def _classify(self, value: str) -> tuple[str, ...]:
        lowered = value.lower()
        if lowered in self.by_token:
            return (self.by_token[lowered],)
        tokens = _TOKEN.findall(value)
        found = set()
        for index, token in enumerate(tokens):
            environment = self._token(token)
            if environment is None:
                continue
            before = tokens[index - 1].lower() if index else ""
            after = tokens[index + 1].lower() if index + 1 < len(tokens) else ""
            if before in _NEGATIONS or after in _AFTER:
                environment = "staging" if environment == PRODUCTION else None
            if environment is not None:
                found.add(environment)
        return tuple(sorted(found))

    def _token(self, token: str) -> str | None:
        """The environment of a token; also with digits at its end (``prod2``), in camel case (``myProd``)."""
        known = self.by_token.get(token.lower()) or self.by_token.get(token.lower().rstrip("0123456789"))
        if known is not None or token.islower() or token.isupper():
            return known
        pieces = _CAMEL.findall(token)
        negated = False
        for piece in pieces:
            known = self.by_token.get(piece.lower())
            if known is not None and not negated:
                return known
            negated = piece.lower() in _NEGATIONS
        return None


BUILTIN_WORDS = EnvironmentWords()


def classify(values: Sequence[Value], words: EnvironmentWords = BUILTIN_WORDS) -> tuple[str, ...]:
    """Environments that the values name, sorted; the known pieces of partly known values count."""
    if len(values) == 1 and isinstance(values[0], str):
        return words.classify(values[0])
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            found.update(words.classify(value))
        elif isinstance(value, Text):
            for part in value.parts:
                if isinstance(part, str):
                    found.update(words.classify(part))
            for origin in origins_of(value):
                if origin.kind == "listed":
                    found.update(words.classify(origin.detail))
    return tuple(sorted(found))


_PRIVATE_NAMES = (".local", ".internal", ".lan", ".intranet", ".corp", ".home", ".svc", ".cluster.local", ".test", ".localdomain",
                  ".localhost")
_METADATA = ("169.254.169.254", "fd00:ec2::254", "metadata.google.internal", "metadata", "100.100.100.200", "169.254.170.2")


def network(host: str) -> str:
    """``loopback``, ``metadata`` (a cloud's instance metadata), ``private`` or ``public``.

    A name without a dot is private: it can't be resolved on the public internet.
    """
    name = host.lower().strip("[]").rstrip(".")
    if name in _METADATA:
        return "metadata"
    if name in ("localhost", "::1", "0.0.0.0", "host.docker.internal") or name.startswith("127.") or name.endswith(".localhost"):
        return "loopback"
    number = _ipv4(name)
    if number is not None:
        return _ipv4_network(number)
    if ":" in name:
        return "private" if name.startswith(("fc", "fd", "fe8", "fe9", "fea", "feb")) else "public"
    if "." not in name or name.endswith(_PRIVATE_NAMES):
        return "private"
    return "public"


def _ipv4(name: str) -> int | None:
    """The address as a number, also as one decimal, hexadecimal or octal number, as ``inet_aton`` reads it."""
    parts = name.split(".")
    if len(parts) > 4 or (parts[-1][-1:].isalpha() and parts[-1][:2] != "0x"):
        return None
    numbers: list[int] = []
    for part in parts:
        try:
            numbers.append(int(part, 16 if part.startswith("0x") else 8 if part.startswith("0") and part != "0" else 10))
        except ValueError:
            return None
    last_room: int = 256 ** (5 - len(parts))
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= last_room or min(numbers) < 0:
        return None
    value = 0
    for number in numbers[:-1]:
        value = value * 256 + number
    return value * last_room + numbers[-1]


def _ipv4_network(number: int) -> str:
    first, second = number >> 24, (number >> 16) & 255
    if first == 127 or number == 0:
        return "loopback"
    if number == 0xA9FEA9FE:
        return "metadata"
    if first == 10 or (first == 172 and 16 <= second < 32) or (first, second) in ((192, 168), (169, 254)):
        return "private"
    return "private" if first == 100 and 64 <= second < 128 else "public"
