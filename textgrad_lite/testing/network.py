"""Keeps tests from talking to anything but this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from textgrad_lite.errors import RealRequestError


@contextmanager
def forbid_real_requests() -> Iterator[None]:
    """Refuse every connection, and every look-up of a name, that leaves this machine.

    Loopback addresses and Unix sockets stay open. It holds for the whole process, all threads included, and
    may be nested. The error is not one that HTTP libraries take for a lost connection and try again.

    Raises:
        RealRequestError: In the code that tries.
    """
    with (
        mock.patch.object(socket.socket, "connect", _guard_connect(socket.socket.connect)),
        mock.patch.object(socket.socket, "connect_ex", _guard_connect(socket.socket.connect_ex)),
        mock.patch.object(socket, "getaddrinfo", _guard_lookup(socket.getaddrinfo)),
    ):
        yield


def _guard_connect(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check(address[0], address[1])
        return connect(self, address)

    return guarded


def _guard_lookup(look_up: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        _check(host, port)
        return look_up(host, port, *args, **kwargs)

    return guarded


def _check(host: Any, port: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if not _is_here(name):
        raise RealRequestError(
            f"a test tried to reach {name}:{port}",
            hint="Use a LoopbackServer or a ScriptedEngine; requests that leave the machine are forbidden.",
        )


def _is_here(host: str | None) -> bool:
    if not host or host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
