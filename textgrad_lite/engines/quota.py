"""What engines that share a rate limit or a key have to know of each other.

A server counts by credential, not by the objects of this program: when it asks one caller to wait, all
callers of the same (base URL, credential, model) wait; when it refuses a key, every call queued with that key
fails without being sent. Credentials appear only as digests.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from textgrad_lite.errors import AuthenticationError

REFUSAL_SECONDS = 10.0
"""How long no call is sent after a refused key; long enough for a loop of calls to run into the refusal."""


class Account:
    """One credential at one server."""

    def __init__(self) -> None:
        self._refused_at = -REFUSAL_SECONDS
        self._refusal: AuthenticationError | None = None

    def refuse(self, error: AuthenticationError) -> None:
        """Note that the server refused the key just now."""
        self._refused_at = _now()
        self._refusal = error

    def check(self, queued_at: float) -> None:
        """Let a queued call pass unless the key was refused since, or a moment before.

        Args:
            queued_at: When the call was made, by the loop's clock.

        Raises:
            AuthenticationError: The key was refused; the call was not sent.
        """
        refusal = self._refusal
        if refusal is not None and min(queued_at, _now() - REFUSAL_SECONDS) <= self._refused_at:
            raise AuthenticationError(
                f"not sent, because the key was refused a moment ago: {refusal.message}", hint=refusal.hint
            ) from refusal


class Quota:
    """One rate limit of a server: pauses that it asks for hold for all who share it."""

    def __init__(self) -> None:
        self._resume_at = 0.0

    def pause(self, seconds: float) -> None:
        """Send nothing for so many seconds from now."""
        self._resume_at = max(self._resume_at, _now() + seconds)

    @property
    def is_paused(self) -> bool:
        """True where nothing may be sent now."""
        return self._resume_at > _now()

    async def wait(self) -> None:
        """Return when no pause is left, however often it is extended meanwhile."""
        while (left := self._resume_at - _now()) > 0:  # noqa: ASYNC110  it waits for a time, not an event
            await asyncio.sleep(left)


def _now() -> float:
    return asyncio.get_running_loop().time()


_accounts: WeakValueDictionary[tuple[str, str], Account] = WeakValueDictionary()
_quotas: WeakValueDictionary[tuple[str, str, str], Quota] = WeakValueDictionary()


def shared_account(base_url: str, credential: str) -> Account:
    """Return the account of a credential at a server, the same for all engines that use it."""
    return _accounts.setdefault((base_url, credential), Account())


def shared_quota(base_url: str, credential: str, model: str) -> Quota:
    """Return the rate limit of a credential and model at a server, the same for all engines that use it."""
    return _quotas.setdefault((base_url, credential, model), Quota())
