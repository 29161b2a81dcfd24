"""Use what an extra is for: run in an environment that holds the wheel with that extra and nothing else."""

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from textgrad_lite import Dataset, Variable
from textgrad_lite.optimizers.constraints import JsonSchema


def try_local() -> None:
    """The binary of llama.cpp can be loaded here."""
    import xllamacpp

    assert xllamacpp.__name__


def try_hub() -> None:
    """The client of the hub knows where a catalogue model lies."""
    import huggingface_hub

    from textgrad_lite.engines.local import CATALOGUE

    upstream = next(iter(CATALOGUE.values())).upstream
    assert huggingface_hub.hf_hub_url(upstream.repository, upstream.filename).startswith("https://")


def try_graph() -> None:
    """A graph can be drawn."""
    total = Variable("a", role_description="first") + Variable("b", role_description="second")
    assert total.value
    assert "digraph" in total.generate_graph().source


def try_schema() -> None:
    """A rewrite can be held to a JSON schema."""
    assert JsonSchema({"type": "object"}).check("{}", "[]") is not None


def try_parquet() -> None:
    """Parquet can be read."""
    import pyarrow
    import pyarrow.parquet

    path = Path(tempfile.mkdtemp()) / "items.parquet"
    rows = [{"input": "1 + 1", "target": "2"}, {"input": "1 + 2", "target": "3"}]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    assert [example.target for example in Dataset.from_file(path)] == ["2", "3"], json.dumps(rows)


def try_tpe() -> None:
    """Optuna chooses which instruction is tried with which examples."""
    import random

    from textgrad_lite.training.strategies.combining import choose_by_estimate

    chosen = choose_by_estimate((2, 3), {(0, 0)}, 2, random.Random(0), {(0, 0): 0.5})  # noqa: S311
    assert len(chosen) == 2


def try_code() -> None:
    """A program is tested in a sandbox, and told what fails."""
    from textgrad_lite.domains import code

    program = Variable("def f(n):\n    return n\n", role_description="program")
    tests = code.read_assertions(["assert f(1) == 2"], "f")
    code.UnitTestLoss(tests, code.find_sandbox())(program).backward()
    assert "It should give: 2" in program.gradients[0].text


TRIALS: dict[str, Callable[[], None]] = {
    "local": try_local,
    "hub": try_hub,
    "graph": try_graph,
    "schema": try_schema,
    "parquet": try_parquet,
    "tpe": try_tpe,
    "code": try_code,
}

TRIALS[sys.argv[1]]()
sys.stdout.write(f"{sys.argv[1]}: {TRIALS[sys.argv[1]].__doc__}\n")
