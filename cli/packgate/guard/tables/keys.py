"""Private keys, and tokens that are keys by themselves."""

from __future__ import annotations

from packgate.guard.detector import Detector

KEYS = "private-keys"
WEB = "web-tokens"

_KEY = r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----"
# What stands between begin and end: base 64, line ends (also as `\n` in JSON), and the header lines of PEM and OpenPGP.
_BODY = r"(?:[A-Za-z0-9+/=\s\\:,.()]|-(?!----))*+"
_FOOT = r"(?:-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----)?"

ROWS: tuple[Detector, ...] = (
    Detector("private-key", "Private key block (SSH, PGP, TLS)", _KEY + _BODY + _FOOT, words=("-----begin ",), check="pem", groups=(KEYS,), short=True),
    Detector("putty-key", "PuTTY private key", r"Private-Lines: \d{1,4}(?:\r?\n|\\n)(?P<secret>[A-Za-z0-9+/=\r\n]{20,16384})", words=("private-lines: ",), groups=(KEYS,),
             check="digits"),
    # `-----BEGIN … PRIVATE KEY`, encoded once more, as kubeconfig has it.
    Detector("encoded-private-key", "Private key in base 64", r"LS0tLS1CRUdJTi(?:BSU0Eg|BFQyBQ|BQUklW|BPUEVO|BFTkNSWV|BEU0Eg)[A-Za-z0-9+/=]{40,8192}",
             starts=("LS0tLS1CRUdJTi",), groups=(KEYS,), check="digits", grows="[A-Za-z0-9+/=]"),
    Detector("jwt", "JSON web token", r"eyJ[A-Za-z0-9_-]{8,16384}\.eyJ[A-Za-z0-9_-]{4,16384}\.[A-Za-z0-9_-]{0,2048}(?![A-Za-z0-9_-])", starts=("eyJ",), groups=(WEB,),
             check="jwt"),
    Detector("jwe", "Encrypted JSON web token", r"eyJ[A-Za-z0-9_-]{8,2048}\.[A-Za-z0-9_-]{0,2048}\.[A-Za-z0-9_-]{8,128}\.[A-Za-z0-9_-]{8,16384}\.[A-Za-z0-9_-]{16,64}(?![A-Za-z0-9_-])",
             starts=("eyJ",), groups=(WEB,), check="jwt"),
)
