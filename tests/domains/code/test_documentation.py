"""The snippets of the documentation's page run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "code.md"


@pytest.mark.extra
def test_the_snippets_run(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    for snippet in re.findall(r"^```py\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL):
        exec(snippet, names)  # noqa: S102 - our own documentation
    assert "It should give: 3\nIt gives: 2" in capsys.readouterr().out
