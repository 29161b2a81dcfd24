"""Tests of the tasks with published files: form, split, targets; on small files of the same form."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from tests.tasks.conftest import bbh_file, gsm8k_file, human_eval_file, jsonl
from textgrad_lite.data import Example
from textgrad_lite.errors import ConfigurationError, DataError
from textgrad_lite.metrics import get_metric
from textgrad_lite.tasks import list_tasks, load_task
from textgrad_lite.tasks.mmlu import read_questions

MakeClient = Callable[..., httpx2.Client]


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def ids(examples: object) -> list[str]:
    return [example.id for example in examples]  # type: ignore[attr-defined]


# ── BIG-Bench Hard ──────────────────────────────────────────────────────────────────────────────────────


def test_all_27_tasks_of_big_bench_hard_are_there() -> None:
    tasks = [task for task in list_tasks() if task.name.startswith("bbh_")]
    assert len(tasks) == 27
    assert len({task.metric for task in tasks}) == 8
    for task in tasks:
        assert get_metric(task.metric).description
        assert "Answer:" in task.prompt


def test_big_bench_hard_is_split_in_the_published_order(tmp_path: Path) -> None:
    write(tmp_path, "object_counting.json", bbh_file({f"How many {n}?": str(n) for n in range(250)}))
    task = load_task("bbh_object_counting", path=tmp_path)
    assert ids(task.train) == [str(n) for n in range(1, 51)]
    assert ids(task.val) == [str(n) for n in range(51, 151)]
    assert ids(task.test) == [str(n) for n in range(151, 251)]
    assert "unverified: only its form and the 250 rows" in task.notes[0]


def test_a_shorter_task_is_split_in_the_same_shares(tmp_path: Path) -> None:
    write(tmp_path, "snarks.json", bbh_file({f"Which {n}?": "(A)" for n in range(20)}))
    task = load_task("bbh_snarks", path=tmp_path)
    assert [len(part) for part in (task.train, task.val, task.test)] == [4, 8, 8]
    assert "20 rows, the published file 178" in task.notes[0]


def test_what_comes_over_the_network_has_to_be_the_published_file(
    tmp_path: Path, make_client: MakeClient
) -> None:
    asked: list[str] = []
    with pytest.raises(DataError, match="not the published file"):
        load_task("bbh_snarks", cache_dir=tmp_path, client=make_client(b"{}", asked))
    [url] = asked
    assert url.startswith("https://raw.githubusercontent.com/suzgunmirac/BIG-Bench-Hard/9ee07bd")
    assert url.endswith("/bbh/snarks.json")


@pytest.mark.parametrize(
    "name, target, right, wrong",
    [
        ("bbh_snarks", "(B)", "Answer: (B)", "Answer: (A)"),
        ("bbh_navigate", "No", "Answer: no, we do not", "Answer: yes"),
        ("bbh_boolean_expressions", "True", "not ( False ) is True", "Answer: False"),
        ("bbh_sports_understanding", "yes", "Answer: Yes.", "Answer: No."),
        ("bbh_formal_fallacies", "invalid", "So it is invalid.", "So it is valid."),
        ("bbh_multistep_arithmetic_two", "-35", "The result is -35", "Answer: 35"),
        ("bbh_dyck_languages", "] ) >", "Answer: ] ) >", "Answer: ] > )"),
        ("bbh_word_sorting", "ant bee", "Answer: ant, bee", "Answer: bee ant"),
    ],
)
async def test_answers_are_read_in_the_form_of_their_task(
    name: str, target: str, right: str, wrong: str
) -> None:
    [task] = [task for task in list_tasks() if task.name == name]
    example = Example(id="1", input="question\nOptions:\n(A) x\n(B) y", target=target)
    assert (await get_metric(task.metric).score(example, right)).is_right
    assert not (await get_metric(task.metric).score(example, wrong)).is_right


# ── GSM8K ───────────────────────────────────────────────────────────────────────────────────────────────


def test_gsm8k_has_the_split_of_the_paper(tmp_path: Path) -> None:
    write(tmp_path, "train.jsonl", gsm8k_file(600))
    write(tmp_path, "test.jsonl", gsm8k_file(30, start=1000))
    task = load_task("GSM8K_DSPy", path=tmp_path)
    assert [len(part) for part in (task.train, task.val, task.test)] == [200, 300, 30]
    order = [f"train-{number}" for number in range(1, 601)]
    random.Random(0).shuffle(order)
    assert [*ids(task.train), *ids(task.val)] == order[:500]
    assert task.test[0].target == f"{task.test[0].input.removeprefix('How many is ')[:-1]}000"
    assert [note.partition("has ")[2] for note in task.notes] == [
        "600 rows, the published file 7473",
        "30 rows, the published file 1319",
    ]


def test_gsm8k_names_bad_lines(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [{"question": "q", "answer": "no mark"}, {"answer": "#### 3"}]
    write(tmp_path, "train.jsonl", jsonl(rows))
    write(tmp_path, "test.jsonl", gsm8k_file(3))
    with pytest.raises(DataError) as caught:
        load_task("gsm8k", path=tmp_path)
    assert "line 1: the answer does not end with #### and a number" in str(caught.value)
    assert "line 2: no question" in str(caught.value)


# ── MMLU ────────────────────────────────────────────────────────────────────────────────────────────────


def mmlu_csv(n: int, start: int = 0) -> bytes:
    return "".join(
        f'"Question {k}, part one?",right{k},wrong,worse,worst,A\n' for k in range(start, start + n)
    ).encode()


def test_mmlu_is_read_from_the_unpacked_archive(tmp_path: Path) -> None:
    for number, part in enumerate(("dev", "val", "test")):
        write(tmp_path, f"{part}/machine_learning_{part}.csv", mmlu_csv(5 + number, start=100 * number))
    task = load_task("MMLU_machine_learning", path=tmp_path)
    assert [len(part) for part in (task.train, task.val, task.test)] == [5, 6, 7]
    assert "7 rows, the published file 112" in task.notes[-1]
    example = task.test[0]
    assert f"{example.target} right200" in example.input
    assert {example.target for example in [*task.train, *task.val, *task.test]} > {"(A)", "(C)"}


def test_mmlu_is_fetched_part_by_part(
    tmp_path: Path, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    served = iter(range(3))

    def rows(_: Path) -> list[dict[str, object]]:
        part = next(served)
        return [{"question": f"Q{part}{k}", "choices": ["w", "x", "y", "z"], "answer": k} for k in range(4)]

    monkeypatch.setattr("textgrad_lite.data.reading._parquet_rows", rows)
    task = load_task("mmlu_virology", cache_dir=tmp_path, client=make_client(b"PAR1", asked))
    assert [url.rpartition("/virology/")[2] for url in asked] == [
        "dev-00000-of-00001.parquet",
        "validation-00000-of-00001.parquet",
        "test-00000-of-00001.parquet",
    ]
    assert len(task.test) == 4


def test_mmlu_has_57_subjects() -> None:
    assert len({task.name for task in list_tasks() if task.name.startswith("mmlu_")}) == 57


@pytest.mark.parametrize(
    "content, message",
    [
        (b"Q,a,b,c,A\n", "line 1: 5 values"),
        (b"Q,a,b,c,d,E\n", "line 1: the answer is 'E', not one of A, B, C, D"),
        (b"Q,a,b,c,d,\n", "line 1: the answer is ''"),
    ],
)
def test_mmlu_names_bad_lines(tmp_path: Path, content: bytes, message: str) -> None:
    write(tmp_path, "dev/virology_dev.csv", content)
    with pytest.raises(DataError, match=message):
        load_task("mmlu_virology", path=tmp_path)


def test_mmlu_needs_questions_with_four_choices(tmp_path: Path) -> None:
    bad = write(tmp_path, "bad.jsonl", jsonl([{"question": "Q", "choices": ["a"], "answer": 0}]))
    with pytest.raises(DataError, match="a question with four choices is expected"):
        read_questions(bad)
    with pytest.raises(DataError, match="no questions"):
        read_questions(write(tmp_path, "none.json", b"[]"))


# ── GPQA ────────────────────────────────────────────────────────────────────────────────────────────────

_GPQA_HEADER = "Question,Correct Answer,Incorrect Answer 1,Incorrect Answer 2,Incorrect Answer 3,Record ID\n"


def test_gpqa_is_gated(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gpqa_diamond\.csv is gated(.|\n)*Idavidrein/gpqa"):
        load_task("GPQA_diamond", cache_dir=tmp_path)


def test_gpqa_has_its_right_answers_everywhere(tmp_path: Path) -> None:
    rows = "".join(f"Question {n}?,right,wrong,worse,worst,rec{n}\n" for n in range(198))
    path = write(tmp_path, "gpqa_diamond.csv", (_GPQA_HEADER + rows).encode())
    task = load_task("gpqa_diamond", path=path)
    assert task.test[5].id == "rec5"
    assert f"{task.test[5].target} right" in task.test[5].input
    letters = [example.target for example in task.test]
    assert all(letters.count(f"({letter})") > 30 for letter in "ABCD")
    assert "unverified" in task.notes[0]
    with pytest.raises(DataError, match="has test examples only"):
        _ = task.train


def test_gpqa_names_bad_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "gpqa_main.csv", (_GPQA_HEADER + "Q?,,x,y,z,1\n").encode())
    with pytest.raises(DataError, match="line 2: the field 'Correct Answer': is empty"):
        load_task("gpqa_main", path=path)
    path = write(tmp_path, "gpqa_main.csv", b"Question,Correct Answr\nQ?,x\n")
    with pytest.raises(DataError, match="did you mean 'Correct Answr'"):
        load_task("gpqa_main", path=path)


# ── programs ────────────────────────────────────────────────────────────────────────────────────────────


def passes(output: str, example: Example) -> bool:
    return "return" in output and example.fields["entry_point"] in output


def test_humaneval_is_scored_by_what_the_caller_brings(tmp_path: Path) -> None:
    path = write(tmp_path, "HumanEval.jsonl.gz", human_eval_file(3))
    with pytest.raises(ConfigurationError, match=r"humaneval has no metric of its own(.|\n)*the extra code"):
        load_task("humaneval", path=path)
    task = load_task("humaneval", path=path, metric=passes)
    assert task.metric.name == "passes"
    example = task.test[2]
    assert (example.id, example.fields["entry_point"]) == ("HumanEval/2", "f2")
    assert "== 2" in example.fields["test"]
    assert example.target == "    return 1\n"
    assert "3 rows, the published file 164" in task.notes[0]


def test_leetcode_comes_from_a_file_of_the_users(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"task_id": "min", "prompt": "def f():", "test": ["assert f()", "assert 1"]}
    ]
    path = write(tmp_path, "mine.jsonl", jsonl(rows) + b"\n")
    [example] = load_task("LeetCodeHardEval", path=path, metric=passes).test
    assert (example.target, example.fields["test"]) == (None, "assert f()\nassert 1")
    with pytest.raises(DataError, match="no published file"):
        load_task("leetcode_hard", metric=passes)


@pytest.mark.parametrize(
    "line, problem",
    [
        ("{", "not a JSON object"),
        ("[1]", "not a JSON object"),
        (json.dumps({"task_id": "a", "prompt": "b"}), "there is no 'test'"),
    ],
)
def test_a_bad_line_of_a_programming_problem(tmp_path: Path, line: str, problem: str) -> None:
    path = write(tmp_path, "mine.jsonl", line.encode())
    with pytest.raises(DataError, match=f":1: {problem}"):
        load_task("leetcode_hard", path=path, metric=passes)


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:-20], lambda whole: b"no" + whole, lambda _: b"\xff"]
)
def test_a_damaged_file_of_programming_problems_is_named(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    for name in ("HumanEval.jsonl.gz", "plain.jsonl"):
        content = damage(human_eval_file(3)) if name.endswith(".gz") else b"\xff"
        with pytest.raises(DataError, match=f"{name}: cannot be read"):
            load_task("humaneval", path=write(tmp_path, name, content), metric=passes)
