"""What programs in JavaScript, Perl, Ruby, PHP and Lua fetch and send."""

from __future__ import annotations

import re

from packgate.facts.payloads.script_things import Function, Ref, derived, path_of, sources, text_of
from packgate.model.value import Origin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.fields import Fields
    from packgate.facts.payloads.script_reader import ScriptReader

_URL = re.compile(r"[\w.-]+(?::\d+)?|\w+://.*", re.DOTALL)


def network(kind: str, ref: Ref, arguments: list[object], machine: ScriptReader) -> object:
    """A request, or a connection."""
    given = [item for item in arguments if not isinstance(item, Function)]
    options = {key: item for table in given if isinstance(table, dict) for key, item in table.items()}
    first = next((item for item in given if not isinstance(item, dict)), None)
    where = options.get("url", options.get("host", options.get("hostname", options.get("PeerAddr", first))))
    if isinstance(first, str) and first.isdigit() and isinstance(given[1] if len(given) > 1 else None, str):
        where = given[1]
    if where is None and ref.arguments:
        where = ref.arguments[0]
    url = path_of(where)
    method = text_of(options.get("method", "")) if options else ""
    data = [options[key] for key in ("body", "data", "json", "form", "payload", "files") if key in options]
    post = ref.name.endswith((".post", ".put", ".patch", "post_form")) or kind == "send"
    data.extend(item for item in given if item is not first and item is not where and not isinstance(item, dict) and post)
    hidden = [origin for origin in sources(where) if origin.kind in ("file", "variable")]
    sends = post or bool(data) or bool(hidden) or (isinstance(method, str) and method.upper() in ("POST", "PUT", "PATCH", "DELETE"))
    if isinstance(url, str) and not _URL.match(url):
        sends = False
    fields: Fields = {"url": (url,)} if not isinstance(url, str) or "://" in url else {"host": (url,)}
    if sends:
        details = [*(origin for item in data for origin in sources(item)), *hidden]
        fields["payload"] = tuple(text_of(item) if not isinstance(item, dict) else derived([item]) for item in data)
        kinds = tuple(sorted({origin.kind for origin in details if origin.kind in ("file", "variable", "command")}))
        if kinds:
            fields["origin"] = kinds
        paths = tuple(origin.detail for origin in details if origin.kind == "file" and origin.detail)
        if paths:
            fields["path"] = paths
        if not fields["payload"]:
            del fields["payload"]
    if url != "":
        machine.payload.add(("data-transfer",), "upload" if sends else "download", "send" if sends else "read", fields)
    answer = Ref(ref.name + "()", (Origin("network", url if isinstance(url, str) else ""),))
    for item in arguments:
        if isinstance(item, Function):
            machine.run_function(item, [answer, answer, answer])
    return answer
