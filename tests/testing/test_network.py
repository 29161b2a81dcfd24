"""Nothing leaves this machine."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import openai
import pytest

from textgrad_lite.errors import RealRequestError
from textgrad_lite.testing import LoopbackServer, forbid_real_requests


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443)])
def test_connection_that_leaves_is_refused(address: tuple[str, int]) -> None:
    with socket.socket() as plain, pytest.raises(RealRequestError, match=rf"reach {address[0]}:{address[1]}"):
        plain.connect(address)
    with socket.socket() as plain, pytest.raises(RealRequestError):
        plain.connect_ex(address)


@pytest.mark.parametrize("host", ["example.org", b"example.org"])
def test_name_is_not_looked_up(host: str | bytes) -> None:
    with pytest.raises(RealRequestError, match=r"reach example\.org:443"):
        socket.getaddrinfo(host, 443)


def test_ipv6_is_refused_too() -> None:
    with socket.socket(socket.AF_INET6) as plain, pytest.raises(RealRequestError, match="2001:db8::1"):
        plain.connect(("2001:db8::1", 80, 0, 0))


def test_sdk_does_not_take_it_for_a_lost_connection() -> None:
    async def ask() -> None:
        async with openai.AsyncOpenAI(api_key="k", max_retries=5) as client:
            await client.models.list()

    with pytest.raises(RealRequestError, match=r"api\.openai\.com"):
        asyncio.run(ask())


def test_this_machine_stays_open(tmp_path: Path) -> None:
    with forbid_real_requests():
        assert socket.getaddrinfo("localhost", 80)
        assert socket.getaddrinfo(None, 80)
        with LoopbackServer() as server, socket.socket() as plain:
            plain.connect(("127.0.0.1", int(server.url.rpartition(":")[2])))
        with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as plain:
            listening.bind(str(tmp_path / "s"))
            listening.listen()
            plain.connect(str(tmp_path / "s"))


def test_guard_is_taken_away_again() -> None:
    outer = socket.getaddrinfo
    with forbid_real_requests():
        assert socket.getaddrinfo is not outer
    assert socket.getaddrinfo is outer
