"""The lines of a journal, typed and versioned."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from textgrad_lite.engines.types import Completion, Purpose
from textgrad_lite.training.events import Decision

SCHEMA: Literal[2] = 2
"""The version of the journal's form. Version 1 lacked what losses said, single test scores and headroom; it
is still read. A journal of any other version is refused."""


def _now() -> datetime:
    return datetime.now(UTC)


class Line(BaseModel):
    """One line.

    Attributes:
        schema_version: The journal's form.
        time: When it was written.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_version: Literal[1, 2] = Field(default=SCHEMA, alias="v")
    time: datetime = Field(default_factory=_now, alias="t")


class Opened(Line):
    """A process begins to work on the run."""

    kind: Literal["opened"] = "opened"
    version: str


class Closed(Line):
    """A process leaves the run in good order."""

    kind: Literal["closed"] = "closed"
    status: Literal["interrupted", "finished"]


class Sent(Line):
    """A request is about to be sent.

    Attributes:
        key: The request's key.
        purpose: What it is for.
        engine: Name of the engine.
        tokens: Upper bound on what it may use.
        usd: The most that it can cost, or None where that is unknown.
    """

    kind: Literal["sent"] = "sent"
    key: str
    purpose: Purpose
    engine: str
    tokens: int
    usd: float | None = None


class Answered(Line):
    """An answer, written before it was used."""

    kind: Literal["answered"] = "answered"
    key: str
    purpose: Purpose
    engine: str
    completion: Completion


class Decided(Line):
    """A decision event."""

    kind: Literal["decided"] = "decided"
    event: Decision


class Rewound(Line):
    """The decisions after the first ``kept`` ones no longer hold; the run took another way from there."""

    kind: Literal["rewound"] = "rewound"
    kept: int


AnyLine = Annotated[Opened | Closed | Sent | Answered | Decided | Rewound, Field(discriminator="kind")]
