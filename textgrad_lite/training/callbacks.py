"""Callbacks: code that is told what happens in a run."""

from __future__ import annotations

from textgrad_lite.training.events import Event


class Callback:
    """Calls the method that is named after an event: ``on_step_finished`` for ``StepFinished``, and so on.

    Derive from it and write the methods that are wanted; each takes the event. Any plain function of an event
    is a callback as well. Callbacks run on the runtime's loop and must return quickly.
    """

    def __call__(self, event: Event) -> None:
        """Passes an event on to its method, if there is one."""
        method = getattr(self, f"on_{event.type}", None)
        if method is not None:
            method(event)
