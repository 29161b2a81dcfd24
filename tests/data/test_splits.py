"""Tests of textgrad_lite.data.splits and partition: stratified splits, duplicates, folds, given parts."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from textgrad_lite.data import Dataset, Example, Splits
from textgrad_lite.data.partition import apportion
from textgrad_lite.errors import ConfigurationError, DataError


def make_dataset(inputs: list[str], targets: list[str] | None = None) -> Dataset:
    return Dataset(
        Example(id=str(number), input=text, target=target, fields={"kind": target})
        for number, (text, target) in enumerate(zip(inputs, targets or ["x"] * len(inputs), strict=True))
    )


def parts_of(splits: Splits) -> list[Dataset]:
    return [part for part in (splits.train, splits.val, splits.test) if part is not None]


def numbered(groups: list[int]) -> list[str]:
    """Inputs with so many equal ones in each group."""
    return [f"question {number}" for number, size in enumerate(groups) for _ in range(size)]


@given(
    groups=st.lists(st.integers(1, 20), min_size=3, max_size=30),
    seed=st.integers(),
    shares=st.sampled_from([(0.4, 0.2, 0.4), (0.5, 0.25, 0.25), (0.1, 0.1, 0.8)]),
)
def test_nothing_is_lost_and_nothing_overlaps_however_large_the_groups_of_duplicates(
    groups: list[int], seed: int, shares: tuple[float, float, float]
) -> None:
    assume(sum(groups) >= 6)
    dataset = make_dataset(numbered(groups))
    splits = dataset.split(train=shares[0], val=shares[1], test=shares[2], seed=seed)
    assert sorted(e.id for part in parts_of(splits) for e in part) == sorted(e.id for e in dataset)
    inputs = [{example.input for example in part} for part in parts_of(splits)]
    assert all(not (one & other) for one, other in itertools.combinations(inputs, 2))


@pytest.mark.parametrize("equal", [13, 18, 28])
def test_a_group_that_fits_nowhere_makes_one_part_larger_and_says_so(equal: int) -> None:
    dataset = make_dataset(numbered([equal, *[1] * (30 - equal)]))
    splits = dataset.split()
    sizes = [len(part) for part in parts_of(splits)]
    assert sum(sizes) == 30
    assert max(sizes) >= equal
    [warning] = [note for note in splits.warnings if "instead of" in note]
    assert "train has" in warning
    assert "Remove the duplicates" in warning


def test_groups_that_cannot_be_had_by_number_are_left_out_with_a_warning() -> None:
    dataset = make_dataset(numbered([18, *[1] * 12]))
    splits = dataset.split(train=5, val=5, test=5)
    assert sum(len(part) for part in parts_of(splits)) == 12
    assert "instead of 5" in splits.warnings[0]


def test_numbers_that_are_met_need_no_warning() -> None:
    splits = make_dataset(numbered([1] * 100)).split(train=20, val=10, test=30)
    assert splits.warnings == ()


@given(
    counts=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    seed=st.integers(0, 1000),
)
def test_every_part_gets_its_share_of_every_class(counts: list[int], seed: int) -> None:
    assume(sum(counts) >= 20)
    targets = [f"class {number}" for number, count in enumerate(counts) for _ in range(count)]
    dataset = make_dataset([f"question {number}" for number in range(len(targets))], targets)
    splits = dataset.split(seed=seed, stratify="target")
    assert sum(map(len, parts_of(splits))) == len(dataset)
    for part, share in zip(parts_of(splits), (0.4, 0.2, 0.4), strict=True):
        found = Counter(example.target for example in part)
        for target, count in Counter(targets).items():
            assert abs(found[target] - share * count) <= 2


def test_classes_are_spread_where_chance_would_not() -> None:
    targets = ["common"] * 90 + ["rare"] * 10
    dataset = make_dataset([str(number) for number in range(100)], targets)
    rare = [
        [sum(example.target == "rare" for example in part) for part in parts_of(splits)]
        for splits in (dataset.split(seed=seed, stratify="kind") for seed in range(20))
    ]
    assert all(found == [4, 2, 4] for found in rare)
    assert any(
        sum(example.target == "rare" for example in dataset.split(seed=seed).val) != 2 for seed in range(20)
    )


def test_a_function_may_tell_the_classes() -> None:
    dataset = make_dataset([f"{'long ' * (number % 2)}question {number}" for number in range(40)])
    splits = dataset.split(stratify=lambda example: str("long" in example.input))
    assert [sum("long" in example.input for example in part) for part in parts_of(splits)] == [8, 4, 8]


def test_the_seed_decides_also_where_each_class_has_one_example() -> None:
    dataset = make_dataset([str(number) for number in range(30)], [str(number) for number in range(30)])
    first, other = (dataset.split(seed=seed, stratify="target") for seed in (0, 1))
    assert [e.id for e in first.test or ()] != [e.id for e in other.test or ()]


def test_a_field_to_stratify_by_that_is_missing() -> None:
    with pytest.raises(DataError, match=r"example '0' has no 'kin' to stratify by.*\n.*target, input, kind"):
        make_dataset(["a"] * 6).split(stratify="kin")


@given(
    groups=st.lists(st.integers(1, 4), min_size=5, max_size=30), folds=st.integers(3, 5), seed=st.integers()
)
def test_every_example_is_tested_in_exactly_one_fold(groups: list[int], folds: int, seed: int) -> None:
    dataset = make_dataset(numbered(groups))
    try:
        made = dataset.k_fold(folds, seed=seed)
    except DataError:
        assume(False)
    assert len(made) == folds
    assert sorted(e.id for splits in made for e in splits.test or ()) == sorted(e.id for e in dataset)
    for splits in made:
        assert sum(map(len, parts_of(splits))) == len(dataset)
        inputs = [{example.input for example in part} for part in parts_of(splits)]
        assert all(not (one & other) for one, other in itertools.combinations(inputs, 2))


def test_folds_can_be_stratified() -> None:
    targets = ["a", "b"] * 10
    dataset = make_dataset([str(number) for number in range(20)], targets)
    for splits in dataset.k_fold(5, stratify="target"):
        assert Counter(e.target for e in splits.test or ()) == {"a": 2, "b": 2}


def test_a_fold_says_which_it_is() -> None:
    splits = make_dataset(numbered([1] * 9)).k_fold(3)[1]
    assert splits.val.source == "examples (fold 2 of 3, val)"


def test_folds_that_cannot_be_made() -> None:
    with pytest.raises(ConfigurationError, match="2 folds are too few"):
        make_dataset(numbered([1] * 9)).k_fold(2)
    with pytest.raises(DataError, match="4 different inputs are too few for 5 folds"):
        make_dataset(numbered([3] * 4)).k_fold(5)


def test_a_dataset_too_small_for_a_split_is_offered_folds() -> None:
    with pytest.raises(DataError, match=r"dataset\.k_fold\(5\)"):
        make_dataset(["a", "b", "c"]).split()
    assert any("k_fold(5)" in warning for warning in make_dataset(numbered([1] * 12)).split().warnings)


def make_marked(*marks: tuple[str, str]) -> Dataset:
    return Dataset(
        Example(id=str(number), input=text, target="x", fields={"split": mark})
        for number, (text, mark) in enumerate(marks)
    )


def test_parts_may_be_given_by_a_field() -> None:
    splits = make_marked(("a", "train"), ("b", "Validation"), ("c", "test"), ("d", "dev")).split_by("split")
    assert [[e.input for e in part] for part in parts_of(splits)] == [["a"], ["b", "d"], ["c"]]
    assert splits.warnings == (splits.warnings[-1],)


def test_given_parts_do_not_overlap_either() -> None:
    splits = make_marked(("a", "train"), ("b", "train"), ("b", "val"), ("c", "val"), ("c", "test")).split_by()
    assert [[e.input for e in part] for part in parts_of(splits)] == [["a"], ["b"], ["c"]]
    assert splits.notes == (
        "1 examples of val are left out: their input is also in a later part",
        "1 examples of train are left out: their input is also in a later part",
    )


@pytest.mark.parametrize(
    "marks, message",
    [
        ([("a", "train"), ("b", "tets")], "the part of example '1' is 'tets'"),
        ([("a", "train"), ("b", "test")], "no example is for val"),
        ([("a", "train"), ("b", "val"), ("b", "test")], "nothing is left"),
    ],
)
def test_given_parts_that_cannot_be_used(marks: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(DataError, match=message):
        make_marked(*marks).split_by("split")
    with pytest.raises(DataError, match="is not there"):
        make_dataset(["a"]).split_by("split")


@given(
    weights=st.dictionaries(st.text(max_size=2), st.integers(0, 50), min_size=1, max_size=6),
    total=st.integers(0, 200),
)
def test_a_whole_number_is_divided_without_rest(weights: dict[str, int], total: int) -> None:
    given_out = apportion(weights, total)
    if any(weights.values()):
        assert sum(given_out.values()) == total
        for name, weight in weights.items():
            assert given_out[name] >= (0 if not weight or total < len(weights) else 1)
