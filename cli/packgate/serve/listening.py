"""Where the server listens: a loopback address, or a Unix socket that only its owner can open."""

from __future__ import annotations

import ipaddress
import os
import socket
import stat

from packgate.errors import UserError


def listen_tcp(host: str, port: int) -> socket.socket:
    """A bound socket on a loopback address; port 0 takes a free one. Raises `UserError`."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise UserError(f"--host {host}: expected 127.0.0.1, ::1 or localhost") from None
    if not address.is_loopback:
        raise UserError(
            f"--host {host}: the server listens on loopback only",
            "put a proxy with TLS and its own access control in front to reach it from elsewhere",
        )
    # asyncio switches Nagle's algorithm off only where the protocol is named, and with it every answer takes 40 ms more.
    listener = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((str(address), port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise UserError(f"{host}:{port}: {getattr(error, 'strerror', None) or error}", "--port 0 takes a free one") from None
    return listener


def listen_unix(path: str) -> socket.socket:
    """A bound Unix socket, mode 0600, in a folder where nobody else can put another in its place. What a server that died left there is
    replaced. Raises `UserError`."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        status = os.stat(folder)
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}") from None
    if status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX:
        raise UserError(f"{folder}: others can replace files there", f"chmod go-w {folder}, or choose another folder")
    _remove_dead(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(path)
    except OSError as error:
        listener.close()
        raise UserError(f"{path}: {error.strerror or error}") from None
    finally:
        os.umask(before)
    return listener


def _remove_dead(path: str) -> None:
    """Remove a socket that nobody answers on. Raises `UserError` for one that is in use, and for anything else."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise UserError(f"{path} is there already, and is no socket", "choose another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
            return
        except OSError as error:
            raise UserError(f"{path}: {error.strerror or error}") from None
    raise UserError(f"{path}: another server listens there", "stop it first")
