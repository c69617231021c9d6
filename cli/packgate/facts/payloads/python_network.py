"""What Python code fetches and sends."""

from __future__ import annotations

from packgate.facts.payloads.python_calls import SENDS
from packgate.facts.payloads.python_files import remember
from packgate.facts.payloads.python_objects import Lib, Opened, derived, is_known, sources, text_of
from packgate.model.value import Origin, join, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.fields import Fields
    from packgate.facts.payloads.python_eval import Evaluator
    from packgate.model.value import Value

_DATA = ("data", "json", "files", "content", "body", "params", "headers", "fields")
# Parts of a request that send something only when they carry what was read here.
_ASIDE = ("params", "headers")


def network(lib: Lib, name: str, last: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """A request over HTTP."""
    given = list(arguments)
    method = ""
    if last in ("request", "stream", "fetch") and len(given) > 1:
        method = str(text_of(given.pop(0))).lower()
    server = _server(lib)
    first = keywords.get("url", given[0] if given else None)
    if isinstance(first, Lib) and first.name == "urllib.request.Request()":
        return Lib(f"{name}()", lib, first.origins)
    if first is None and server is None:
        return None
    url = text_of(first) if first is not None else ""
    if server is not None:
        url = join(["https://", server, url])
    sent: list[object] = [keywords[word] for word in _DATA if keywords.get(word) is not None
                          and (word not in _ASIDE or any(origin.kind in ("file", "variable") for origin in sources(keywords[word])))]
    if len(given) > 1 and last in ("urlopen", "Request", "post", "put", "patch", "request"):
        sent.append(given[1])
    hidden = [origin for origin in sources(first) if origin.kind in ("file", "variable", "command", "secret")] if first is not None else []
    if hidden:
        sent.append(first)
    sends = bool(sent) or last in SENDS or method in SENDS
    fields: Fields = {"url": (url,)}
    if sends:
        fields.update(sent_fields(sent))
    machine.payload.add(("data-transfer",), "upload" if sends else "download", "send" if sends else "read", fields)
    answer = Lib(f"{name}()", lib, (Origin("network", url if isinstance(url, str) else ""),))
    if last in ("urlretrieve", "download") and len(given) > 1:
        machine.payload.add(("modify-file",), "download", "write", {"path": (text_of(given[1]),), "url": (url,)})
        remember(text_of(given[1]), unknown(*answer.origins), machine)
    return answer


def sent_fields(things: list[object]) -> Fields:
    """``payload``, ``origin`` and ``path`` of what is sent."""
    fields: Fields = {"payload": tuple(text_of(thing) if not isinstance(thing, (dict, list)) else _flat(thing) for thing in things)}
    details = [origin for thing in things for origin in sources(thing) if origin.kind in ("file", "variable", "command", "secret")]
    if details:
        fields["origin"] = tuple(sorted({origin.kind for origin in details}))
    paths = tuple(origin.detail for origin in details if origin.kind == "file" and origin.detail)
    if paths:
        fields["path"] = paths
    names = tuple(origin.detail for origin in details if origin.kind == "variable" and origin.detail)
    if names:
        fields["variable"] = names
    return fields


def _flat(thing: object) -> Value:
    """The text of a dictionary or list that is sent."""
    if isinstance(thing, dict):
        return join([piece for key, item in thing.items() for piece in (key, "=", _flat(item), "&")])
    if isinstance(thing, list):
        return join([piece for item in thing for piece in (_flat(item), " ")])
    return text_of(thing) if is_known(thing) or sources(thing) else derived([thing])


def _server(lib: Lib) -> Value | None:
    """The host of ``http.client.HTTPSConnection(host).request(…)``."""
    maker: Lib | None = lib
    while maker is not None:
        if maker.name.endswith("Connection()") and maker.arguments:
            return text_of(maker.arguments[0])
        maker = maker.parent
    return None


def socket_call(lib: Lib, name: str, last: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """Connections of ``socket``, mail and file servers."""
    if last in ("connect", "connect_ex", "create_connection", "sendto"):
        address = arguments[-1] if last == "sendto" and arguments else arguments[0] if arguments else None
        host = text_of(address[0] if isinstance(address, list) and address else address)
        _send(host, arguments[:1] if last == "sendto" else [], machine)
        return Lib(f"{name}()", lib, (Origin("network", host if isinstance(host, str) else ""),))
    if last in ("SMTP", "SMTP_SSL", "FTP", "FTP_TLS", "Telnet"):
        made = Lib(f"{name}()", lib, (Origin("network", str(text_of(arguments[0])) if arguments else ""),))
        made.arguments = [arguments[0] if arguments else keywords.get("host", "")]
        return made
    if last in ("sendmail", "send_message", "storbinary", "storlines", "sendcmd"):
        _send(_host_of(lib), arguments, machine)
        return derived([])
    return None


def _host_of(lib: Lib) -> Value:
    maker: Lib | None = lib
    while maker is not None:
        if maker.name.endswith("()") and maker.arguments:
            return text_of(maker.arguments[0])
        maker = maker.parent
    return unknown()


def _send(host: Value, things: list[object], machine: Evaluator) -> None:
    sent = [thing for thing in things if isinstance(thing, Opened) or sources(thing) or is_known(thing)]
    machine.payload.add(("data-transfer",), "send", "send", {"host": (host,), **(sent_fields(sent) if sent else {})})
