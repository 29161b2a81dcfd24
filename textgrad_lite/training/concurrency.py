"""Doing many things at once, in an order that does not depend on which is done first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

T = TypeVar("T")


async def gather_in_order(jobs: Sequence[Awaitable[T]]) -> list[T]:
    """Runs jobs at once, started in their order, and gives their results in it.

    The first error cancels the others, and is raised when they have ended.
    """
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
