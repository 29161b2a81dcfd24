"""The HTTP clients that providers share: one per SDK and loop, closed before the loop ends."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from textgrad_lite import runtime
from textgrad_lite.engines.per_loop import PerLoop

if TYPE_CHECKING:
    import httpx2


def get_http_client(sdk: Any) -> httpx2.AsyncClient:
    """Return the running loop's client for an SDK, with that SDK's own settings of sockets and limits.

    It is shared, since making one reads all certificates of the machine, and since engines come and go while
    connections are worth keeping.
    """
    return _get_holder(sdk).get()


@cache
def _get_holder(sdk: Any) -> PerLoop[httpx2.AsyncClient]:
    def open_client() -> httpx2.AsyncClient:
        client: httpx2.AsyncClient = sdk.DefaultAsyncHttpxClient()
        runtime.at_shutdown(client.aclose)
        return client

    return PerLoop(open_client)
