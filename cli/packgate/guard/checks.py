"""What a candidate must fulfil beside its form: check sums, spread of characters, headers that decode. By name, for the tables."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM = 6
# Words of a value that was put in a secret's place, in lower case.
_PLACEHOLDERS = (
    "example", "your-", "your_", "yourkey", "yourapi", "yourtoken", "yoursecret", "placeholder", "xxxxx", "changeme", "change_me",
    "change-me", "redacted", "insert", "replace", "dummy", "sample",
    "123456789", "abcdefgh", "00000000", "foobar",
)
_NAMES_OF_PASSWORDS = (
    "password", "passwd", "pass", "pwd", "secret", "token", "user", "pw", "apikey", "api_key", "key", "postgres", "root", "admin", "test",
    "guest",
)
# In a longer value any word comes up by chance.
_LONGEST_PLACEHOLDER = 128


def crc32(secret: str) -> bool:
    """Tokens of GitHub and npm end with the CRC-32 of what stands between their prefix and it, in base 62, six digits."""
    from binascii import crc32 as sum_of

    body = secret.rpartition("_")[2] if not secret.startswith("github_pat_") else secret
    left = sum_of(body[:-_CHECKSUM].encode())
    digits = ""
    while left:
        left, digit = divmod(left, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(_CHECKSUM, "0") == body[-_CHECKSUM:]


def jwt(secret: str) -> bool:
    """The header of a JSON web token is a JSON object that names its algorithm."""
    header = decoded(secret.partition(".")[0])
    return header.lstrip().startswith("{") and '"alg"' in header


def decoded(text: str) -> str:
    """The text that is encoded as base 64, of either alphabet; empty when it is none."""
    from binascii import Error, a2b_base64

    given = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return a2b_base64(given + "=" * (-len(given) % 4)).decode("utf-8", "replace")
    except (Error, ValueError):
        return ""


def entropy(text: str) -> float:
    """Bits for each character, by how often each comes up in the text."""
    from math import log2

    counts: dict[str, int] = {}
    for char in text:
        counts[char] = counts.get(char, 0) + 1
    return -sum(count / len(text) * log2(count / len(text)) for count in counts.values())


def mixed(secret: str) -> bool:
    """Whether letters and digits change as they do in random text: names and sentences keep to one kind for longer."""
    kinds = ["0" if char.isdigit() else "a" if char.islower() else "A" if char.isupper() else "-" for char in secret]
    changes = sum(1 for place in range(1, len(kinds)) if kinds[place] != kinds[place - 1])
    small, large = kinds.count("a"), kinds.count("A")
    if kinds.count("0") >= 2 and small + large >= 2:
        return changes >= 0.2 * (len(kinds) - 1)
    return small >= 3 and large >= 3 and changes >= 0.4 * (len(kinds) - 1)


def random(secret: str) -> bool:
    """Whether a value of no known form looks like a generated one."""
    return mixed(secret) and entropy(secret) >= 3.0 and not _structured(secret)


def _structured(secret: str) -> bool:
    """A path, an identifier in several words, a version, a date: text that someone wrote."""
    if _is_uuid(secret):
        return True
    parts = secret.replace("-", "/").replace("_", "/").replace(".", "/").replace(":", "/").replace("+", "/").split("/")
    # A generated value has long pieces; of a written one all are words or numbers.
    return max(len(part) for part in parts) < 12 or any(len(part) > 3 and part.isalpha() and part.islower() for part in parts)


def _is_uuid(text: str) -> bool:
    return len(text) == 36 and [len(part) for part in text.split("-")] == [8, 4, 4, 4, 12]


def spread(secret: str) -> bool:
    """Whether a value of a known form is more than a few characters over and over."""
    return len(set(secret)) >= 8


def digits(secret: str) -> bool:
    """Whether it has letters and digits, or letters of both cases, as every generated token of some length does."""
    kinds = [any(char.isdigit() for char in secret), any(char.islower() for char in secret), any(char.isupper() for char in secret)]
    return spread(secret) and kinds.count(True) >= 2


def pem(secret: str) -> bool:
    """A private key has a body: a run of base 64."""
    run = 0
    for char in secret.partition("-----")[2].partition("-----")[2]:
        run = run + 1 if char.isalnum() or char in "+/=" else 0
        if run >= 16:
            return True
    return False


def password(secret: str) -> bool:
    """A password that stands in a URL, and no name of one (``$PASSWORD``, ``%s``, ``password``)."""
    lowered = secret.lower()
    return lowered not in _NAMES_OF_PASSWORDS and not lowered.startswith(("%", "{", "$", "<", "*", "[")) and len(set(lowered)) > 2


def luhn(secret: str) -> bool:
    """The last digit is the check digit of ISO/IEC 7812."""
    total = 0
    for place, char in enumerate(reversed([char for char in secret if char.isdigit()])):
        digit = int(char) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def card(secret: str) -> bool:
    """A number of the length that its issuer gives out, with a check digit. Ranges: those of the card schemes."""
    number = "".join(char for char in secret if char.isdigit())
    if not luhn(number) or len(set(number)) < 2:
        return False
    lengths = next((sizes for low, high, sizes in _ISSUERS if low <= int(number[:4]) <= high), ())
    return len(number) in lengths


# First four digits from, to, lengths: Visa, Mastercard (two ranges), American Express (two), Diners, Discover, JCB, UnionPay, Maestro.
_ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4000, 4999, (13, 16, 19)), (5100, 5599, (16,)), (2221, 2720, (16,)), (3400, 3499, (15,)), (3700, 3799, (15,)), (3000, 3059, (14,)),
    (3600, 3699, (14,)), (3800, 3999, (14,)), (6011, 6011, (16, 19)), (6440, 6599, (16, 19)), (3528, 3589, (16, 19)),
    (6200, 6299, (16, 17, 18, 19)), (5018, 5018, (16, 18, 19)), (5020, 5038, (16, 18, 19)), (6304, 6304, (16, 18, 19)),
)


def placeholder(secret: str) -> bool:
    """Whether a value only stands in for a secret."""
    if len(secret) > _LONGEST_PLACEHOLDER:
        return False
    lowered = secret.lower()
    return any(word in lowered for word in _PLACEHOLDERS)


CHECKS: dict[str, Callable[[str], bool]] = {
    "crc32": crc32, "jwt": jwt, "mixed": mixed, "random": random, "spread": spread, "digits": digits, "pem": pem, "password": password,
    "luhn": luhn, "card": card,
}
