"""Tests of textgrad_lite.data.dataset."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from textgrad_lite.data import Dataset, Example, Splits
from textgrad_lite.errors import ConfigurationError, DataError


def make_dataset(n: int, *, distinct: int | None = None) -> Dataset:
    return Dataset(
        Example(id=str(number), input=f"question {number % (distinct or n)}", target="x")
        for number in range(n)
    )


def test_it_is_a_sequence() -> None:
    dataset = make_dataset(3)
    assert (len(dataset), dataset[1].id, [e.id for e in dataset[1:]]) == (3, "1", ["1", "2"])
    assert repr(dataset) == "Dataset(3 examples from examples)"
    assert dataset.take(2).digest != dataset.digest
    assert dataset.field_names == ("input",)


def test_it_is_not_empty_and_ids_differ() -> None:
    with pytest.raises(DataError, match="no examples"):
        Dataset([])
    with pytest.raises(DataError, match="same id"):
        Dataset([Example(id="1", input="a"), Example(id="1", input="b")])


def test_duplicates_are_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    rows = [{"input": "a", "target": "1"}, {"input": " a ", "target": "2"}, {"input": "b", "target": "3"}]
    dataset = Dataset.from_rows(rows)
    assert dataset.warnings == ("items 1, 2 have the same input, but different targets",)
    assert "same input" in caplog.text


def test_many_groups_of_duplicates_are_counted() -> None:
    rows = [{"input": str(number % 8), "target": "x"} for number in range(16)]
    warnings = Dataset.from_rows(rows).warnings
    assert len(warnings) == 6
    assert warnings[-1] == "3 further groups have the same input"


def test_duplicates_are_what_the_model_cannot_tell_apart() -> None:
    rows = [{"input": "a", "unit": unit, "source": unit, "target": "1"} for unit in ("x", "y")]
    assert Dataset.from_rows(rows).warnings == ("items 1, 2 have the same input",)
    assert Dataset.from_rows(rows, placeholders=["input", "unit"]).warnings == (
        "the field 'source' is used by no placeholder of the prompt",
    )


def test_a_field_that_holds_the_input_again_is_not_unused() -> None:
    rows = [{"question": "a", "target": "1"}]
    assert Dataset.from_rows(rows, placeholders=["input"]).warnings == ()


@given(
    n=st.integers(min_value=6, max_value=60),
    distinct=st.integers(min_value=3, max_value=60),
    seed=st.integers(),
    shares=st.sampled_from([(0.4, 0.2, 0.4), (0.34, 0.33, 0.33), (0.5, 0.25, 0.25), (0.1, 0.1, 0.8)]),
)
def test_splits_never_overlap_not_even_through_duplicates(
    n: int, distinct: int, seed: int, shares: tuple[float, float, float]
) -> None:
    dataset = make_dataset(n, distinct=distinct)
    train, val, test = shares
    try:
        splits = dataset.split(train=train, val=val, test=test, seed=seed)
    except DataError:
        assume(False)
    assert splits.test is not None
    parts = [splits.train, splits.val, splits.test]
    ids = Counter(example.id for part in parts for example in part)
    assert set(ids.values()) == {1}
    inputs = [{example.key() for example in part} for part in parts]
    assert all(not (one & other) for one, other in itertools.combinations(inputs, 2))


@given(n=st.integers(min_value=6, max_value=80), seed=st.integers())
def test_shares_that_make_a_whole_use_every_example(n: int, seed: int) -> None:
    splits = make_dataset(n).split(seed=seed)
    assert splits.test is not None
    assert len(splits.train) + len(splits.val) + len(splits.test) == n
    assert abs(len(splits.test) - 0.4 * n) <= 1


def test_numbers_are_met_exactly() -> None:
    splits = make_dataset(30).split(train=5, val=3, test=7)
    assert splits.test is not None
    assert [len(splits.train), len(splits.val), len(splits.test)] == [5, 3, 7]


def test_a_split_may_do_without_a_test_set() -> None:
    splits = make_dataset(10).split(train=5, val=5, test=0)
    assert splits.test is None
    assert splits.warnings == ()


def test_a_small_test_set_is_warned_of() -> None:
    assert "very large improvement" in make_dataset(20).split().warnings[0]
    assert make_dataset(60).split().warnings == ()


@pytest.mark.parametrize(
    "n, sizes, error",
    [
        (5, (0.4, 0.2, 0.4), DataError),
        (10, (5, 5, 5), DataError),
        (10, (0, 0.5, 0.5), DataError),
        (10, (0.5, 0, 0.5), DataError),
        (10, (0.8, 0.4, 0.4), ConfigurationError),
        (10, (-1, 5, 5), ConfigurationError),
    ],
)
def test_splits_that_cannot_be_made(
    n: int, sizes: tuple[float, float, float], error: type[Exception]
) -> None:
    train, val, test = sizes
    with pytest.raises(error):
        make_dataset(n).split(train=train, val=val, test=test)


def test_too_many_duplicates_leave_nothing_for_a_part() -> None:
    with pytest.raises(DataError, match="duplicates leave nothing for"):
        make_dataset(12, distinct=2).split()


@pytest.mark.timeout(180)
def test_the_split_is_the_same_in_every_process() -> None:
    program = (
        "import json\n"
        "from textgrad_lite.data import Dataset, Example\n"
        "d = Dataset(Example(id=str(n), input=str(n)) for n in range(20))\n"
        "s = d.split(seed=3)\n"
        "print(json.dumps([[e.id for e in p] for p in (s.train, s.val, s.test)] + [d.digest]))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())[0]) == 8


def test_another_seed_splits_otherwise() -> None:
    dataset = make_dataset(40)
    assert ids(dataset.split(seed=1)) != ids(dataset.split(seed=2))


def ids(splits: Splits) -> list[str]:
    return [example.id for example in splits.train]
