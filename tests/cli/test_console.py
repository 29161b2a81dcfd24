"""What is shown of the library's log, and what is not."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from textgrad_lite_cli.console import UNREAD_ERRORS, set_verbosity


@pytest.fixture(autouse=True)
def _log_is_left_as_it_was() -> Iterator[None]:
    library = logging.getLogger("textgrad_lite")
    handlers, level = library.handlers, library.level
    yield
    library.handlers = handlers
    library.setLevel(level)


@pytest.mark.parametrize("count, is_shown", [(0, False), (1, False), (2, True)])
def test_an_error_that_nobody_read_is_shown_only_where_everything_is(
    count: int, is_shown: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    set_verbosity(count)
    logging.getLogger(UNREAD_ERRORS).error("the same once more")
    logging.getLogger("textgrad_lite.engines").warning("something else")
    shown = capsys.readouterr().err
    assert ("the same once more" in shown) is is_shown
    assert "something else" in shown


def test_it_is_logged_where_the_console_looks_for_it() -> None:
    from textgrad_lite.runtime import pending

    assert pending.__name__ == UNREAD_ERRORS
