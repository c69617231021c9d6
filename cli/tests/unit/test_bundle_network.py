"""Downloads over a real network on loopback: hostile and broken servers, proxies, certificates."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest
from bundle_host import NOW, Point, Publisher, Server, serving

from packgate.bundle.fetch import Network
from packgate.bundle.proxies import proxy_for, proxy_login


@pytest.fixture(scope="module")
def publisher(tmp_path_factory):
    made = Publisher(tmp_path_factory.mktemp("publisher"))
    made.publish(1)
    made.copy("first")
    made.publish(2, at="2026-02-02T00:00:00Z")
    return made


@pytest.fixture
def point(tmp_path, publisher):
    """A point that has the first revision."""
    made = Point(tmp_path / "point", publisher.root, Network(timeout=1))
    made.pull(str(publisher.place / "first"))
    return made


def endless(request):
    request.send_response(200)
    request.end_headers()
    for _ in range(10_000):
        request.wfile.write(b"x" * 65_536)
    return True


def drip(request):
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    for _ in range(40):
        request.wfile.write(b"x")
        request.wfile.flush()
        time.sleep(0.1)
    return True


def silent(request):
    time.sleep(2.5)
    return True


def cut(request):
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b"{" * 10)
    request.wfile.flush()
    request.connection.shutdown(socket.SHUT_RDWR)
    request.close_connection = True
    return True


def compressed(request):
    """A small body that a client that decompresses would blow up."""
    import gzip

    return request.answer(200, {"Content-Encoding": "gzip"}, gzip.compress(b" " * 10_000_000))


def answering(status, headers=None):
    return lambda request: request.answer(status, {"Content-Length": "0", **(headers or {})}, b"")


SERVERS = {
    "endless": (endless, "endless-data"),
    "drip": (drip, "slow-retrieval"),
    "silent": (silent, "slow-retrieval"),
    "cut": (cut, "connection-cut"),
    "compressed": (compressed, "metadata-malformed"),
    "404": (answering(404), "http-status"),
    "500": (answering(500), "http-status"),
    "204": (answering(204), "http-status"),
    "redirect in circles": (lambda request: request.answer(302, {"Location": request.path, "Content-Length": "0"}, b""), "redirected"),
    "redirect to a file": (answering(302, {"Location": "file:///etc/passwd"}), "redirected"),
    "redirect nowhere": (answering(302), "redirected"),
}


@pytest.mark.parametrize("name", SERVERS)
def test_a_bad_server(publisher, point, name) -> None:
    meddle, code = SERVERS[name]
    with serving(publisher.public, lambda request: request.path.startswith("/timestamp") and meddle(request)) as (address, _):
        assert point.refused(address) == code
    assert point.revision() == 1
    with serving(publisher.public) as (address, _):
        point.pull(address)
    assert point.revision() == 2


@pytest.mark.parametrize("name", ["endless", "drip", "cut", "500"])
def test_a_server_that_fails_at_the_bundle(publisher, point, name) -> None:
    meddle, code = SERVERS[name]
    with serving(publisher.public, lambda request: request.path.endswith(".packgate") and meddle(request)) as (address, _):
        # One that drips is given up at the deadline; what it sends may be longer than what was signed before that.
        assert point.refused(address) == code
    assert point.revision() == 1


def test_a_redirection_is_followed(publisher, point) -> None:
    with serving(publisher.public) as (there, asked):
        away = lambda request: request.answer(301, {"Location": there + request.path, "Content-Length": "0"}, b"")  # noqa: E731
        with serving(publisher.public, away) as (here, _):
            point.pull(here)
    assert point.revision() == 2
    assert "/timestamp.json" in asked


def test_nobody_there(publisher, point) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert point.refused(address) == "unreachable"
    assert point.revision() == 1


def test_a_repository_below_a_path(publisher, point) -> None:
    with serving(publisher.place) as (address, asked):
        point.pull(f"{address}/public/")
    assert point.revision() == 2
    assert all(path.startswith("/public/") for path in asked)


class Proxy(BaseHTTPRequestHandler):
    """A proxy for plain http that knows one made-up host, and wants a login when there is one."""

    upstream = ""
    login: str | None = None
    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(self.path)
        if self.login is not None and self.headers.get("Proxy-Authorization") != self.login:
            self.send_error(407)
            return
        import urllib.error
        import urllib.request

        path = self.path.removeprefix("http://policies.example")
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(self.upstream + path) as answer:
                body, status = answer.read(), 200
        except urllib.error.HTTPError as error:
            body, status = b"", error.code
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxy(publisher):
    with serving(publisher.public) as (address, _):
        seen: list[str] = []
        handler = type("Proxy", (Proxy,), {"upstream": address, "seen": seen})
        server = Server(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}", seen, handler
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("how", ["option", "http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy(point, proxy, how) -> None:
    place, seen, _ = proxy
    point.network = Network(timeout=5, proxy=f"http://{place}") if how == "option" else Network(timeout=5, environ={how: f"http://{place}"})
    point.pull("http://policies.example")
    assert point.revision() == 2
    assert "http://policies.example/timestamp.json" in seen


def test_a_proxy_with_a_login(point, proxy) -> None:
    place, _, handler = proxy
    handler.login = "Basic dXNlcjpwQHNz"  # user:p@ss
    point.network = Network(timeout=5, proxy=f"http://user:p%40ss@{place}")
    point.pull("http://policies.example")
    assert point.revision() == 2
    point.network = Network(timeout=5, proxy=f"http://{place}")
    assert point.refused("http://policies.example") == "http-status"


def test_a_proxy_that_is_not_there(point) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        point.network = Network(timeout=5, proxy=f"http://127.0.0.1:{free.getsockname()[1]}")
    assert point.refused("http://policies.example") == "proxy-failed"
    assert point.revision() == 1


ENVIRON = {"http_proxy": "http://p:1", "HTTPS_PROXY": "http://q:2", "no_proxy": "internal.example, .corp, 10.0.0.0/8, one.example:8080"}


@pytest.mark.parametrize(("url", "expected"), [
    ("http://policies.example/x", "http://p:1"),
    ("https://policies.example/x", "http://q:2"),
    ("https://internal.example/x", None),
    ("https://deep.internal.example/x", None),
    ("https://notinternal.example/x", "http://q:2"),
    ("https://a.corp/x", None),
    ("https://10.1.2.3/x", None),
    ("https://11.1.2.3/x", "http://q:2"),
    ("http://one.example:8080/x", None),
    ("http://one.example/x", "http://p:1"),
    ("http://localhost:80/x", None),
    ("http://127.0.0.1:80/x", None),
    ("http://[::1]:80/x", None),
])
def test_which_proxy(url, expected) -> None:
    assert proxy_for(url, None, ENVIRON) == expected
    assert proxy_for(url, "http://option", ENVIRON) == "http://option"


def test_no_proxy_for_all_and_a_header_of_a_request() -> None:
    assert proxy_for("http://a.example", None, {"http_proxy": "http://p", "NO_PROXY": "*"}) is None
    # What a CGI server makes of a request's `Proxy:` header is not the machine's proxy.
    assert proxy_for("http://a.example", None, {"HTTP_PROXY": "http://evil", "REQUEST_METHOD": "GET"}) is None
    assert proxy_login("user:p%40ss@host:8080") == ("http://host:8080", "user:p@ss")


def certificate(tmp_path, name="127.0.0.1"):
    """A test authority and a server's certificate by it: the authority's file, and the server's with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def subject(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    begin = datetime.datetime(2020, 1, 1)
    end = datetime.datetime(2120, 1, 1)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    base = x509.CertificateBuilder().issuer_name(subject("Test authority")).not_valid_before(begin).not_valid_after(end)
    identifier = x509.SubjectKeyIdentifier.from_public_key(authority_key.public_key())
    authority = (
        base.subject_name(subject("Test authority")).public_key(authority_key.public_key()).serial_number(1)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).add_extension(identifier, critical=False)
        .add_extension(x509.KeyUsage(True, False, False, False, False, True, True, False, False), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    server = (
        base.subject_name(subject(name)).public_key(key.public_key()).serial_number(2)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (tmp_path / "ca.pem").write_bytes(authority.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "server.pem").write_bytes(private + server.public_bytes(pem))
    return str(tmp_path / "ca.pem"), str(tmp_path / "server.pem")


def with_tls(chain):
    def wrap(server):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    return wrap


@pytest.mark.parametrize("how", ["option", "SSL_CERT_FILE", "system", "other name"])
def test_certificates(tmp_path, publisher, point, how) -> None:
    ca, chain = certificate(tmp_path, "127.0.0.2" if how == "other name" else "127.0.0.1")
    point.network = {
        "option": Network(timeout=5, ca=ca), "SSL_CERT_FILE": Network(timeout=5, environ={"SSL_CERT_FILE": ca}),
        "system": Network(timeout=5), "other name": Network(timeout=5, ca=ca),
    }[how]
    with serving(publisher.public, wrap=with_tls(chain)) as (address, _):
        address = address.replace("http:", "https:")
        if how in {"system", "other name"}:
            assert point.refused(address) == "tls-untrusted"
            assert point.revision() == 1
        else:
            point.pull(address)
            assert point.revision() == 2


def test_no_way_back_from_https(tmp_path, publisher, point) -> None:
    ca, chain = certificate(tmp_path)
    point.network = Network(timeout=5, ca=ca)
    with serving(publisher.public) as (plain, asked):
        down = lambda request: request.answer(302, {"Location": plain + request.path, "Content-Length": "0"}, b"")  # noqa: E731
        with serving(publisher.public, down, with_tls(chain)) as (address, _):
            assert point.refused(address.replace("http:", "https:")) == "redirected"
    assert asked == []


def test_two_pulls_at_once(publisher, point) -> None:
    started, go = threading.Event(), threading.Event()

    def hold(request):
        started.set()
        go.wait(5)
        return False

    with serving(publisher.public, hold) as (address, _):
        point.network = Network(timeout=10)
        first = threading.Thread(target=point.pull, args=(address,))
        first.start()
        started.wait(5)
        assert point.refused(address, NOW) == "another-pull"
        go.set()
        first.join()
    assert point.revision() == 2


def test_a_certificate_file_that_is_none(tmp_path) -> None:
    from packgate.errors import UserError

    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(UserError, match="can't be used as certificates"):
            Network(ca=str(tmp_path / name)).context()
