"""What secrets look like: one table, used to match (`{detector: …}`) and to mask whatever is printed.

Formats of provider keys are those that the providers document for their secret-scanning partners. A detector's group
``secret`` is what is masked; without one it is the whole match.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Detector:
    """One kind of secret. ``hint`` is a piece of text without which the pattern can't match: it makes a miss cheap."""

    __slots__ = ("_compiled", "hints", "id", "pattern", "title")

    def __init__(self, id: str, title: str, hints: tuple[str, ...], pattern: str) -> None:
        self.id = id
        self.title = title
        self.hints = hints
        self.pattern = pattern
        self._compiled: re.Pattern[str] | None = None

    def find(self, text: str, lowered: str) -> list[tuple[int, int]]:
        """Ranges of the secrets in a text; ``lowered`` is the text in lower case."""
        if not any(hint in lowered for hint in self.hints):
            return []
        if self._compiled is None:
            self._compiled = re.compile(self.pattern)
        group = "secret" if "secret" in self._compiled.groupindex else 0
        return [match.span(group) for match in self._compiled.finditer(text)]


_SECRET_NAME = r"(?:api[_-]?key|access[_-]?key|secret(?:[_-]?key)?|(?:auth|access|refresh|api)?[_-]?token|passwd|password|passphrase|pwd)"

DETECTORS: tuple[Detector, ...] = (
    Detector("private-key", "Private key block", ("private key",),
             r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|\Z)"),
    Detector("aws-access-key", "AWS access key id", ("akia", "asia", "abia", "acca"), r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    Detector("aws-secret-key", "AWS secret access key", ("secret",),
             r"(?i)aws.{0,20}?secret.{0,20}?['\"\s=:](?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"),
    Detector("github-token", "GitHub token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
             r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})\b"),
    Detector("gitlab-token", "GitLab token", ("glpat-", "gldt-", "glrt-"), r"\bgl(?:pat|dt|rt)-[\w-]{20,}"),
    Detector("slack-token", "Slack token", ("xox", "xapp-"), r"\b(?:xox[abeoprs]-[\w-]{10,}|xapp-\d-[\w-]{10,})"),
    Detector("slack-webhook", "Slack webhook", ("hooks.slack.com",), r"hooks\.slack\.com/services/(?P<secret>[\w/]{20,})"),
    Detector("stripe-key", "Stripe key", ("sk_live_", "rk_live_", "sk_test_", "rk_test_"), r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    Detector("google-api-key", "Google API key", ("aiza",), r"\bAIza[\w-]{35}\b"),
    Detector("google-oauth-token", "Google OAuth token", ("ya29.",), r"\bya29\.[\w-]{20,}"),
    Detector("anthropic-key", "Anthropic key", ("sk-ant-",), r"\bsk-ant-[\w-]{20,}"),
    Detector("openai-key", "OpenAI key", ("sk-",), r"\bsk-(?!ant-)(?:proj-|svcacct-)?[A-Za-z0-9_-]{20,}"),
    Detector("npm-token", "npm token", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}\b"),
    Detector("pypi-token", "PyPI token", ("pypi-",), r"\bpypi-[\w-]{40,}"),
    Detector("huggingface-token", "Hugging Face token", ("hf_",), r"\bhf_[A-Za-z0-9]{30,}\b"),
    Detector("sendgrid-key", "SendGrid key", ("sg.",), r"\bSG\.[\w-]{16,}\.[\w-]{16,}"),
    Detector("vault-token", "Vault token", ("hvs.", "hvb.", "hvr."), r"\bhv[sbr]\.[\w-]{20,}"),
    Detector("digitalocean-token", "DigitalOcean token", ("dop_v1_", "doo_v1_"), r"\bdo[op]_v1_[a-f0-9]{40,}"),
    Detector("azure-storage-key", "Azure storage key", ("accountkey=",), r"(?i)AccountKey=(?P<secret>[A-Za-z0-9+/=]{40,})"),
    Detector("jwt", "JSON web token", ("eyj",), r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*"),
    Detector("url-password", "Password in a URL", ("://",), r"\b[A-Za-z][\w+.-]{0,30}://[^\s:@/'\"]*:(?P<secret>[^\s@/'\"$<{]{1,}?)@"),
    Detector("authorization-header", "Authorization header", ("bearer", "basic", "token"),
             r"(?i)\b(?:bearer|basic|token)\s+(?P<secret>[A-Za-z0-9._~+/=-]{16,})"),
    Detector("password-flag", "Password in a flag", ("pass", "token", "secret", "key"),
             r"(?i)--" + _SECRET_NAME + r"(?:=|\s+)['\"]?(?P<secret>[^\s'\"$<{-][^\s'\"]{3,})"),
    Detector("password-short-flag", "Password in a short flag", ("mysql", "mariadb", "sshpass", "login", "redis-cli"),
             r"\b(?:(?:mysql(?:dump|admin)?|mariadb(?:-dump)?)\b[^|;&\n]{0,200}?\s-p|sshpass\s+-p\s*|redis-cli\b[^|;&\n]{0,200}?\s-a\s+"
             r"|login\b[^|;&\n]{0,200}?\s-p[=\s]+)['\"]?(?P<secret>[^\s'\"$<{-][^\s'\"]{3,})"),
    Detector("basic-auth-flag", "Password of a user in a flag", ("-u", "--user"),
             r"(?:^|\s)(?:-[a-zA-Z]*u\s*|--(?:proxy-)?user[=\s]\s*)['\"]?[^\s:'\"$/]{1,100}:(?P<secret>(?!\d+(?:[\s'\"]|$))[^\s'\"$<{/]{4,})"),
    Detector("secret-assignment", "Secret assigned to a name", ("pass", "token", "secret", "key", "pwd"),
             r"(?i)(?:^|[\s'\";&|({,])[\w-]*" + _SECRET_NAME + r"['\"]?\s*[=:]\s*['\"]?(?P<secret>[^\s'\"$<{(,;&|)][^\s'\"&|;,)]{7,})"),
)

_BY_ID = {detector.id: detector for detector in DETECTORS}


def detects(detector: str, text: str) -> bool:
    """Whether a detector finds a secret in a text. Raises `KeyError` for an id that does not exist."""
    return bool(_BY_ID[detector].find(text, text.lower()))


def detector_ids() -> tuple[str, ...]:
    """The ids that a policy can name, in the order of the table."""
    return tuple(_BY_ID)


def mask(text: str) -> str:
    """The text with every detected secret replaced by ``<redacted:ID>``; unchanged (the same object) without one."""
    lowered = text.lower()
    found: list[tuple[int, int, str]] = []
    for detector in DETECTORS:
        for start, end in detector.find(text, lowered):
            if end > start:
                found.append((start, end, detector.id))
    if not found:
        return text
    out: list[str] = []
    position = 0
    for start, end, name in sorted(found, key=lambda item: (item[0], -item[1])):
        if start < position:
            continue
        out.append(text[position:start])
        out.append(f"<redacted:{name}>")
        position = end
    out.append(text[position:])
    return "".join(out)


def mask_json(value: object, apply: Callable[[str], str] = mask) -> object:
    """A JSON value with every text in it masked, keys included."""
    if isinstance(value, str):
        return apply(value)
    if isinstance(value, list):
        return [mask_json(item, apply) for item in value]
    if isinstance(value, dict):
        return {apply(str(key)): mask_json(item, apply) for key, item in value.items()}
    return value
