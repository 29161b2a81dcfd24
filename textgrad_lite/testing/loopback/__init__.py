"""A pretended model provider on 127.0.0.1: server, replies, faults."""

from textgrad_lite.testing.loopback.faults import (
    PASSING,
    ContextWindow,
    Fault,
    FaultKind,
    FaultSource,
    KnowsModels,
    RejectsParameter,
    RequiresKey,
    Scripted,
    Seeded,
    only_responses,
)
from textgrad_lite.testing.loopback.messages import LoopbackRequest, Reply, ReplyFunction
from textgrad_lite.testing.loopback.server import LoopbackServer

__all__ = [
    "PASSING",
    "ContextWindow",
    "Fault",
    "FaultKind",
    "FaultSource",
    "KnowsModels",
    "LoopbackRequest",
    "LoopbackServer",
    "RejectsParameter",
    "Reply",
    "ReplyFunction",
    "RequiresKey",
    "Scripted",
    "Seeded",
    "only_responses",
]
