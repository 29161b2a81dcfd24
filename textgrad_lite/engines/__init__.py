"""The only contact with models, cache, clock and money. Knows nothing of variables and templates.

The public names; nothing here imports an SDK or touches a disk before an engine is used.
"""

from textgrad_lite.engines.budget import Amount, Balance, Budget
from textgrad_lite.engines.cache_folder import CacheFolder, CacheStats
from textgrad_lite.engines.callables import CallableEngine, EngineLM
from textgrad_lite.engines.defaults import get_backward_engine, set_backward_engine, use_engine
from textgrad_lite.engines.engine import Engine
from textgrad_lite.engines.image_limits import ImageLimits
from textgrad_lite.engines.key import request_key
from textgrad_lite.engines.ledger import Account, Ledger
from textgrad_lite.engines.pricing import FREE, Price, Pricing
from textgrad_lite.engines.registry import as_engine, get_engine, pricing_of, split_name
from textgrad_lite.engines.retry import RetryPolicy
from textgrad_lite.engines.session import AnswerStore, CallEvent, Session, current_session, use_session
from textgrad_lite.engines.stack import Stack, StackOptions, stack
from textgrad_lite.engines.types import (
    Completion,
    ImagePart,
    Message,
    Purpose,
    Request,
    TextPart,
    Usage,
)

__all__ = [
    "FREE",
    "Account",
    "Amount",
    "AnswerStore",
    "Balance",
    "Budget",
    "CacheFolder",
    "CacheStats",
    "CallEvent",
    "CallableEngine",
    "Completion",
    "Engine",
    "EngineLM",
    "ImageLimits",
    "ImagePart",
    "Ledger",
    "Message",
    "Price",
    "Pricing",
    "Purpose",
    "Request",
    "RetryPolicy",
    "Session",
    "Stack",
    "StackOptions",
    "TextPart",
    "Usage",
    "as_engine",
    "current_session",
    "get_backward_engine",
    "get_engine",
    "pricing_of",
    "request_key",
    "set_backward_engine",
    "split_name",
    "stack",
    "use_engine",
    "use_session",
]
