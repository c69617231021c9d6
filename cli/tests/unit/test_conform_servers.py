"""The scripted models, each spoken to as its agent does."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request

import pytest

from packgate.conform.servers import KINDS, serve

CALLS = [{"name": "shell", "input": {"command": "one"}}, {"name": "shell", "input": {"command": "two"}}]


def post(server, path, body):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{server.port}{path}", data)) as answer:
        return answer.read().decode()


def events(text):
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]


def test_messages_make_one_call_a_turn():
    with serve("messages", CALLS) as server:
        body = {"model": "m", "tools": [{"name": "shell"}], "messages": [{"role": "user", "content": "go"}]}
        first = json.loads(post(server, "/v1/messages?beta=true", body))
        assert first["stop_reason"] == "tool_use"
        assert first["content"] == [{"type": "tool_use", "id": "toolu_000000", "name": "shell", "input": {"command": "one"}}]
        body["messages"] += [{"role": "assistant", "content": first["content"]}, {"role": "user", "content": []}]
        streamed = events(post(server, "/v1/messages", {**body, "stream": True}))
        assert [event["type"] for event in streamed] == [
            "message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop",
        ]
        assert json.loads(streamed[2]["delta"]["partial_json"]) == {"command": "two"}
        body["messages"] += [{"role": "assistant", "content": [streamed[1]["content_block"]]}]
        assert json.loads(post(server, "/v1/messages", body))["stop_reason"] == "end_turn"
        assert json.loads(post(server, "/v1/messages/count_tokens", body)) == {"input_tokens": 10}
        assert len(server.requests) == 4


def test_messages_without_tools_get_a_word():
    with serve("messages", CALLS) as server:
        answer = json.loads(post(server, "/v1/messages", {"messages": [{"role": "user", "content": "a title"}]}))
        assert answer["content"][0]["type"] == "text"


def test_responses():
    with serve("responses", [*CALLS, {"name": "apply_patch", "text": "*** Begin"}]) as server:
        body = {"input": []}
        names = []
        for _ in range(4):
            created, item, completed = events(post(server, "/v1/responses", body))
            assert (created["type"], completed["type"]) == ("response.created", "response.completed")
            names.append(item["item"]["type"])
            body["input"].append(item["item"])
        assert names == ["function_call", "function_call", "custom_tool_call", "message"]
        assert json.loads(body["input"][1]["arguments"]) == {"command": "two"}
        assert body["input"][2]["input"] == "*** Begin"


@pytest.mark.parametrize("stream", [True, False])
def test_chat(stream):
    with serve("chat", CALLS) as server:
        body = {"stream": stream, "tools": [{}], "messages": [{"role": "assistant", "tool_calls": [{}]}]}
        text = post(server, "/v1/chat/completions", body)
        choice = events(text)[0]["choices"][0]["delta"] if stream else json.loads(text)["choices"][0]["message"]
        assert json.loads(choice["tool_calls"][0]["function"]["arguments"]) == {"command": "two"}
        assert text.endswith("data: [DONE]\n\n") == stream


def test_a_server_listens_on_loopback_and_ends_with_its_block():
    with serve("chat", []) as server:
        assert server.server_address[0] == "127.0.0.1"
        assert urllib.request.urlopen(f"http://127.0.0.1:{server.port}/v1/models").status == 200
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://127.0.0.1:{server.port}/v1/models", timeout=1)
    assert not [thread for thread in threading.enumerate() if "serve_forever" in thread.name]


def test_what_is_no_json_is_refused():
    with serve("messages", []) as server, pytest.raises(urllib.error.HTTPError, match="400"):
        post(server, "/v1/messages", b"{")


def test_kinds():
    for kind in KINDS:
        with serve(kind, []) as server:
            assert server is not None
    with serve(None, []) as server:
        assert server is None
    with pytest.raises(ValueError, match="no scripted model"), serve("telnet", []):
        pass
