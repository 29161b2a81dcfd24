"""The public names of the room of test doubles."""

from __future__ import annotations

import pytest

from textgrad_lite import testing


@pytest.mark.parametrize("name", testing.__all__)
def test_every_name_is_there(name: str) -> None:
    assert getattr(testing, name).__name__ == name
    assert name in dir(testing)


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match=r"textgrad_lite\.testing.* has no attribute 'Nothing'"):
        _ = testing.Nothing
