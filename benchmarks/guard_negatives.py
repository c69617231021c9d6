"""Lines that hold no secret and no personal data, but much that looks like it: made ones by kind, and the files of this machine's own packages."""

from __future__ import annotations

import base64
import hashlib
import random
import site
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

from guard_values import fill

_WORDS = "parser render config module handler request widget stream buffer vector matrix client server cache event signal thread worker".split()
_SUFFIXES = frozenset((".py", ".pyi", ".md", ".txt", ".rst", ".json", ".toml", ".yaml", ".yml", ".cfg", ".ini", ".js", ".css", ".html", ".c", ".h", ".pyx", ".xml", ".csv"))


def _hash(rng: random.Random, kind: str = "sha256") -> str:
    return hashlib.new(kind, rng.randbytes(8), usedforsecurity=False).hexdigest()


def _b64(rng: random.Random, size: int) -> str:
    return base64.b64encode(rng.randbytes(size)).decode()


def _version(rng: random.Random) -> str:
    return f"{rng.randint(0, 20)}.{rng.randint(0, 30)}.{rng.randint(0, 9)}"


def _name(rng: random.Random) -> str:
    return "-".join(rng.sample(_WORDS, rng.randint(1, 3)))


KINDS: dict[str, Callable[[random.Random], str]] = {
    "package-lock": lambda rng: f'      "integrity": "sha512-{_b64(rng, 64)}",',
    "package-lock-resolved": lambda rng: f'      "resolved": "https://registry.npmjs.org/{_name(rng)}/-/{_name(rng)}-{_version(rng)}.tgz",',
    "yarn-lock": lambda rng: f'  resolved "https://registry.yarnpkg.com/{_name(rng)}/-/{_name(rng)}-{_version(rng)}.tgz#{_hash(rng, "sha1")}"',
    "cargo-lock": lambda rng: f'checksum = "{_hash(rng)}"',
    "poetry-lock": lambda rng: f'    {{file = "{_name(rng)}-{_version(rng)}-py3-none-any.whl", hash = "sha256:{_hash(rng)}"}},',
    "pip-hashes": lambda rng: f"    --hash=sha256:{_hash(rng)} \\",
    "go-sum": lambda rng: f"github.com/{_name(rng)}/{_name(rng)} v{_version(rng)} h1:{_b64(rng, 32)}",
    "git-log": lambda rng: f"commit {_hash(rng, 'sha1')} (HEAD -> {_name(rng)}, origin/{_name(rng)})",
    "git-object": lambda rng: f"100644 blob {_hash(rng, 'sha1')}\tsrc/{_name(rng)}.py",
    "docker-digest": lambda rng: f"FROM registry.acme.io/{_name(rng)}:{_version(rng)}@sha256:{_hash(rng)}",
    "uuid": lambda rng: fill(rng.choice(('"id": "{uuid}",', "request_id={uuid} status=200", "INSERT INTO jobs VALUES ('{uuid}', 1);", "primary_key: {uuid}")), rng),
    "base64-image": lambda rng: f'<img src="data:image/png;base64,{_b64(rng, 300)}">',
    "minified": lambda rng: "".join(f"function {chr(97 + rng.randrange(26))}(t,e){{return t.{rng.choice(_WORDS)}?e[{rng.randint(0, 999)}]:void 0}}var k{rng.randint(0, 99)}=!0;" for _ in range(8)),
    "source-map": lambda rng: '"mappings":"' + ";".join(fill("{c:4},{L:4}{c:3}", rng) for _ in range(30)) + '"',
    "code-read": lambda rng: rng.choice(("token = request.headers.get('{}')", "password = os.environ['{}_PASSWORD']", "api_key = settings.{}_api_key", "self.secret_key = {}_secret_key()",
                                         "key=lambda item: item.{}", "const token = await get{}Token(id)", "if not self.access_token: raise {}Error", "auth_token: ${{{{ secrets.{} }}}}")).format(rng.choice(_WORDS)),
    "placeholder": lambda rng: rng.choice(("API_KEY=your-api-key-here", "password: changeme", "AWS_SECRET_ACCESS_KEY=<your secret access key>", 'token = "xxxxxxxxxxxxxxxxxxxxxxxx"', "SECRET_KEY=replace-me-with-a-long-random-string",
                                           "GITHUB_TOKEN=ghp_" + "x" * 36, "OPENAI_API_KEY=sk-...", "export TOKEN=$(gh auth token)", 'api_key: "${API_KEY}"', "STRIPE_KEY=sk_test_placeholder",
                                           "DATABASE_URL=postgres://user:password@localhost/db", "DATABASE_URL=postgres://${DB_USER}:${DB_PASS}@db/app", "AKIA" + "IOSFODNN7EXAMPLE")),
    "settings": lambda rng: rng.choice(("max_token_count: {}", "token_limit = {}", "key_length: {}", "secret_version: {}", "password_min_length={}", "keepalive_timeout: {}")).format(rng.randint(1, 10**6)),
    "cache-key": lambda rng: f"{rng.choice(('cache', 'etag', 'fingerprint', 'digest', 'revision', 'build_id'))}: {_hash(rng, 'md5')}",
    "fixture": lambda rng: rng.choice(('{{"id": {}, "key": "user.profile.title", "value": "{}"}}', "assert parse('{}') == '{}'", '{{"name": "{}", "hash": "{}"}}')).format(rng.randint(1, 10**6), _hash(rng, "md5")),
    "arn": lambda rng: fill("arn:aws:iam::{d:12}:role/", rng) + _name(rng),
    "s3-url": lambda rng: fill("https://acme-artifacts.s3.eu-central-1.amazonaws.com/builds/{h:40}/app.tar.gz", rng),
    "css": lambda rng: f".{_name(rng)}__{_name(rng)}--{_name(rng)} {{ color: #{_hash(rng)[:6]}; }}",
    "number": lambda rng: fill(rng.choice(("elapsed_ns={d:16}", "x = 0.{d:16}", "offset {d:13} of {d:16}", "[{d:10}, {d:10}, {d:10}]", "v{d:2}.{d:3}.{d:3}")), rng),
    "time": lambda rng: f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:00.{rng.randint(0, 999999):06}Z worker-{rng.randint(1, 99)} done in {rng.randint(1, 9999)} ms",
    "public-key": lambda rng: f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB{_b64(rng, 240)} me@laptop",
    "certificate": lambda rng: f"-----BEGIN CERTIFICATE-----\\n{_b64(rng, 48)}\\n{_b64(rng, 48)}\\n-----END CERTIFICATE-----",
    "address": lambda rng: rng.choice(("git@github.com:acme/app.git", "user@example.com", "deploy@10.0.0.{}", "noreply@example.org", "@pytest.fixture(scope='{}')", "image@2x.{}.png")).format(rng.randint(1, 250)),
    "phone-example": lambda rng: rng.choice(("call 555-0{}", "(212) 555-01{}", "+1 212-555-01{}", "Tel: 020 7946 0{}")).format(rng.randint(100, 199)),
    "card-example": lambda rng: rng.choice(("4111 1111 1111 1111", "4242424242424242", "5555555555554444", "378282246310005", "card 0000 0000 0000 0000")),
}


def made(rng: random.Random, each: int) -> Iterator[tuple[str, str]]:
    """So many lines of each kind, with the kind."""
    for kind, make in KINDS.items():
        for _ in range(each):
            yield kind, make(rng)


def package_texts(most: int) -> Iterator[tuple[str, str]]:
    """Texts of the packages that this Python has, and of its standard library, with their paths; so many characters in all. The choice depends
    on the names alone."""
    folders = [Path(path) for path in (*site.getsitepackages(), sysconfig.get_path("stdlib"))]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in _SUFFIXES and path.is_file()]
    files.sort(key=lambda path: hashlib.sha256(path.name.encode() + str(len(path.parts)).encode()).digest())
    for path in files:
        if most <= 0:
            return
        text = path.read_text(encoding="utf-8", errors="replace")
        most -= len(text)
        yield str(path), text
