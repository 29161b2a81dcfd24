"""Tests of textgrad_lite.data.loader."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textgrad_lite.data import DataLoader, Dataset, Example
from textgrad_lite.errors import ConfigurationError


def make_dataset(n: int) -> Dataset:
    return Dataset(Example(id=str(number), input=str(number)) for number in range(n))


@given(n=st.integers(1, 20), size=st.integers(1, 7), seed=st.integers())
def test_every_epoch_has_every_example_once(n: int, size: int, seed: int) -> None:
    loader = DataLoader(make_dataset(n), size, seed=seed)
    for _ in range(3):
        batches = list(loader)
        assert len(batches) == len(loader)
        assert sorted(int(e.id) for batch in batches for e in batch) == list(range(n))
        assert all(len(batch) == size for batch in batches[:-1])


@given(drawn=st.integers(0, 9), size=st.integers(1, 4))
def test_a_loader_goes_on_where_its_state_stood(drawn: int, size: int) -> None:
    dataset = make_dataset(7)
    first = DataLoader(dataset, size, seed=5)
    for _ in range(drawn):
        first.draw()
    second = DataLoader(dataset, size)
    second.load_state_dict(first.state_dict())
    assert [first.draw() for _ in range(5)] == [second.draw() for _ in range(5)]


def test_epochs_have_different_orders_and_seeds_too() -> None:
    dataset = make_dataset(20)
    loader = DataLoader(dataset, 20, seed=1)
    assert loader.draw() != loader.draw()
    assert DataLoader(dataset, 20, seed=1).draw() != DataLoader(dataset, 20, seed=2).draw()


def test_the_order_of_the_dataset_can_be_kept() -> None:
    batches = list(DataLoader(make_dataset(5), 2, shuffle=False))
    assert [[e.id for e in batch] for batch in batches] == [["0", "1"], ["2", "3"], ["4"]]


def test_a_minibatch_has_at_least_one_example() -> None:
    with pytest.raises(ConfigurationError):
        DataLoader(make_dataset(2), 0)
