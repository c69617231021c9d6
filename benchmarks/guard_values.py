"""Values that look like secrets and personal data, made from the formats of `benchmarks/guard_formats.yaml`: random, seeded, with valid check
sums. None is anyone's. No line of this file or of the formats is one, so that no scanner takes them for a leak."""

from __future__ import annotations

import base64
import json
import random
import re
import string
import uuid
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FORMATS = Path(__file__).resolve().parent / "guard_formats.yaml"
_HEX = "0123456789abcdef"
CLASSES = {
    "a": string.ascii_letters + string.digits, "w": string.ascii_letters + string.digits + "_-", "l": string.ascii_lowercase + string.digits,
    "U": string.ascii_uppercase + string.digits, "h": _HEX, "H": _HEX.upper(), "2": string.ascii_uppercase + "234567",
    "b": string.ascii_letters + string.digits + "+/", "d": string.digits, "c": string.ascii_lowercase, "B": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "L": string.ascii_uppercase,
}
_PART = re.compile(r"\{([a-zA-Z0-9]+)(?::([^}]*))?\}")
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


@cache
def formats() -> dict[str, dict[str, Any]]:
    """Detector → its values, and what stands before and behind them."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(FORMATS.read_text(encoding="utf-8"))["formats"]
    return found


def fill(template: str, rng: random.Random) -> str:
    """A template with its parts filled in."""
    out = ""
    position = 0
    for part in _PART.finditer(template):
        out += template[position:part.start()]
        kind, given = part.group(1), part.group(2) or ""
        out += checksum(out) if kind == "crc" else MADE[kind](rng, given) if kind in MADE else chars(rng, kind, given)
        position = part.end()
    return out + template[position:]


def chars(rng: random.Random, kind: str, count: str) -> str:
    """So many random characters of a class; never `_` or `-` at an end, where the next word would begin."""
    low, _, high = count.partition("-")
    text = "".join(rng.choices(CLASSES[kind], k=rng.randint(int(low), int(high or low))))
    while text[-1] in "_-+/" or text[0] in "_-+/":
        text = (rng.choice(_HEX) if text[0] in "_-+/" else text[0]) + text[1:-1] + (rng.choice(_HEX) if text[-1] in "_-+/" else text[-1])
    return text


def checksum(before: str) -> str:
    """GitHub's and npm's: CRC-32 of what comes behind the prefix (all of it for fine-grained tokens), in base 62, six digits."""
    left = zlib.crc32((before if before.startswith("github_pat_") else before.rpartition("_")[2]).encode())
    out = ""
    while left:
        left, digit = divmod(left, 62)
        out = _BASE62[digit] + out
    return out.rjust(6, "0")


def _url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _jwt(rng: random.Random, _given: str) -> str:
    header = {"alg": rng.choice(("HS256", "RS256", "ES256", "none")), "typ": "JWT"}
    if rng.random() < 0.5:
        header["kid"] = chars(rng, "h", "16")
    body = {"sub": chars(rng, "d", "9"), "iat": rng.randint(1_600_000_000, 1_800_000_000), "name": chars(rng, "c", "8")}
    return f"{_url64(json.dumps(header).encode())}.{_url64(json.dumps(body).encode())}.{_url64(rng.randbytes(32))}"


def _jwe(rng: random.Random, _given: str) -> str:
    header = _url64(json.dumps({"alg": "RSA-OAEP", "enc": "A256GCM"}).encode())
    return ".".join([header, *(_url64(rng.randbytes(size)) for size in (256, 12, 64, 16))])


def _lines(rng: random.Random, count: int) -> str:
    return "\n".join(chars(rng, "b", "64") for _ in range(count))


def _pem(rng: random.Random, kind: str) -> str:
    name = f"{kind} PRIVATE KEY".strip()
    text = f"-----BEGIN {name}-----\n{_lines(rng, rng.randint(3, 26))}\n{chars(rng, 'b', '20')}==\n-----END {name}-----"
    return text.replace("\n", "\\n") if rng.random() < 0.2 else text


def _pgp(rng: random.Random, _given: str) -> str:
    name = "PGP PRIVATE " + "KEY BLOCK"
    return f"-----BEGIN {name}-----\nVersion: GnuPG v2\n\n{_lines(rng, 20)}\n={chars(rng, 'b', '4')}\n-----END {name}-----"


def _putty(rng: random.Random, _given: str) -> str:
    return f"PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: me\nPublic-Lines: 2\n{_lines(rng, 2)}\nPrivate-Lines: 3\n{_lines(rng, 3)}\nPrivate-MAC: {chars(rng, 'h', '64')}"


MADE: dict[str, Callable[[random.Random, str], str]] = {
    "uuid": lambda rng, _: str(uuid.UUID(bytes=rng.randbytes(16), version=4)),
    "jwt": _jwt, "jwe": _jwe, "pem": _pem, "pgp": _pgp, "putty": _putty,
    "pem64": lambda rng, kind: base64.b64encode(_pem(rng, kind).replace("\\n", "\n").encode()).decode(),
    "basic": lambda rng, _: base64.b64encode(f"{chars(rng, 'c', '6')}:{chars(rng, 'a', '14')}".encode()).decode().rstrip("=") or "x",
}

# How a value stands in text, when its form alone tells it.
PLACES = (
    "{}", "export SERVICE_CREDENTIAL={}", '{{"value": "{}"}}', "value: {}", 'client = Client("{}")', "client = Client('{}', retries=3)",
    "curl -sS -H 'X-Auth: {}' https://api.acme.io/v1/items", "GET https://api.acme.io/v1/items?sig={}&page=2", "2026-03-01T12:00:00Z INFO upstream answered with {}",
    "Use `{}` for staging.", '"log": "first line\\n{}\\nthird"', "<add key='x' value='{}' />", "| service | {} |", "run(['tool', '--with', '{}'])",
)


def positives(rng: random.Random, each: int) -> list[tuple[str, str, str]]:
    """So many of every detector: its id, a text, and the secret in it."""
    found = []
    for id, spec in formats().items():
        for number in range(each):
            value = fill(spec["values"][number % len(spec["values"])], rng)
            before, after = spec.get("behind"), spec.get("after", "")
            if id == "putty-key":
                # The lines behind the public ones; what stands before them is not secret.
                found.append((id, value, value.partition("Private-Lines: 3\n")[2].partition("\nPrivate-MAC")[0]))
            elif before is None:
                found.append((id, rng.choice(PLACES).format(value), value))
            else:
                found.append((id, _behind(rng, before[number % len(before)], value, after), value))
    return found


def _behind(rng: random.Random, before: str, value: str, after: str) -> str:
    """A value behind the setting that tells what it is: as it stands, quoted, in an environment, in JSON."""
    text = fill(before, rng)
    setting = re.fullmatch(r"([A-Za-z_]\w*) ?[=:] ?", text)
    if setting is None or after:
        return rng.choice(("{}", "url = {}", "curl {} -o out", '"{}"')).format(text + value + after) if after != ";Encrypt=true" else text + value + after
    name = setting.group(1)
    return rng.choice((
        f"{text}{value}", f'{text}"{value}"', f"export {name}='{value}'", f'  "{name}": "{value}",', f"-e {name}={value} image", f"{name}: {value}  # live",
        f'os.environ["{name}"] = "{value}"', f"{name} := `{value}`",
    ))
