"""One alert to one sink. What fails raises `SinkError`, whose message quotes neither the alert nor an address."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from packgate.alerts.config import address_of
from packgate.errors import UserError
from packgate.eventlog.append import LogError, append

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.alerts.config import Sink

_SECONDS = 10
# Facility authpriv (10), severity warning (4).
_PRIORITY = 10 * 8 + 4


class SinkError(Exception):
    """An alert was not taken."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Alerts go where they were sent, and nowhere else."""
        return


def send(sink: Sink, alert: dict[str, Any]) -> None:
    """Send an alert. Raises `SinkError`."""
    try:
        _SENDERS[sink.kind](sink, alert)
    except (UserError, LogError) as error:
        raise SinkError(getattr(error, "message", "") or "the file can't be written") from None


def text_of(alert: dict[str, Any]) -> str:
    """An alert in one line."""
    who = " ".join(filter(None, (alert["agent"] and f"{alert['agent']} of", alert["user"] or "somebody")))
    where = f" in {alert['repository']}" if alert["repository"] else ""
    again = f" ({alert['repeated']} more like it)" if alert.get("repeated") else ""
    flat = " ".join(alert["action"].split())
    return f"packgate: {alert['decision']} by {', '.join(alert['policies']) or 'default'}: {who}{where}: {flat}. {alert['reason']}{again}"


def slack_of(alert: dict[str, Any]) -> dict[str, Any]:
    """The body of a Slack incoming webhook. Characters by which a text could address people or draw links are escaped."""
    text = text_of(alert)
    for char, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(char, escaped)
    fields = [f"*{name}* {alert[key]}" for name, key in (("risk", "risk_score"), ("id", "id"), ("time", "time")) if alert[key] is not None]
    return {"text": text, "blocks": [
        {"type": "section", "text": {"type": "plain_text", "text": text_of(alert)[:2900]}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "  ".join(fields)}]},
    ]}


def _webhook(sink: Sink, alert: dict[str, Any]) -> None:
    address = address_of(sink)
    if urlsplit(address).scheme not in ("http", "https"):
        raise SinkError("the address is not http or https")
    body = slack_of(alert) if sink.options.get("format") == "slack" else alert
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=_SECONDS) as answer:
            answer.read(1024)
    except urllib.error.HTTPError as error:
        error.close()
        raise SinkError(f"HTTP status {error.code}") from None
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise SinkError(f"no answer: {getattr(reason, 'strerror', None) or type(reason).__name__}") from None


def _syslog(sink: Sink, alert: dict[str, Any]) -> None:
    """A line in the form of RFC 3164. `logging.handlers.SysLogHandler` has no limit of time for a connection."""
    parts = urlsplit(str(sink.options["address"]))
    line = f"<{_PRIORITY}>packgate: {json.dumps(alert, separators=(',', ':'))}".encode()
    try:
        if parts.scheme == "tcp":
            with socket.create_connection((parts.hostname or "localhost", parts.port or 514), timeout=_SECONDS) as stream:
                stream.sendall(line + b"\n")
        elif parts.scheme == "unix":
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as local:
                local.settimeout(_SECONDS)
                local.connect(parts.path)
                local.send(line)
        else:
            found = socket.getaddrinfo(parts.hostname or "localhost", parts.port or 514, type=socket.SOCK_DGRAM)
            family, kind, protocol, _, address = found[0]
            with socket.socket(family, kind | socket.SOCK_CLOEXEC, protocol) as datagram:
                datagram.sendto(line, address)
    except (OSError, ValueError) as error:
        raise SinkError(f"not taken: {getattr(error, 'strerror', None) or type(error).__name__}") from None


def _file(sink: Sink, alert: dict[str, Any]) -> None:
    append(os.path.abspath(os.path.expanduser(sink.options["path"])), alert, durable=True)


def _command(sink: Sink, alert: dict[str, Any]) -> None:
    try:
        done = subprocess.run(
            sink.options["command"], input=json.dumps(alert).encode() + b"\n", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=_SECONDS, check=False,
        )
    except subprocess.TimeoutExpired:
        raise SinkError(f"the command did not end within {_SECONDS} seconds") from None
    except (OSError, ValueError) as error:
        raise SinkError(f"the command can't be started: {getattr(error, 'strerror', None) or type(error).__name__}") from None
    if done.returncode:
        raise SinkError(f"the command ended with {done.returncode}")


_SENDERS: dict[str, Callable[[Sink, dict[str, Any]], None]] = {
    "webhook": _webhook, "syslog": _syslog, "file": _file, "command": _command,
}
