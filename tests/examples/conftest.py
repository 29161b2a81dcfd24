"""An engine that plays student, critic and rewriter well enough for every example."""

from __future__ import annotations

from collections.abc import Callable
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing.scripted import ScriptedEngine

START, END = NEW_TEXT_TAGS
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def load_example() -> Callable[[str], ModuleType]:
    """Imports one of the examples by its path below examples/, without ending."""

    def load(name: str) -> ModuleType:
        path = EXAMPLES / f"{name}.py"
        spec = util.spec_from_file_location(f"example_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def make_engine() -> Callable[[str, str], ScriptedEngine]:
    """Makes an engine that answers with one text and rewrites to another."""

    def make(answer: str, rewrite: str) -> ScriptedEngine:
        engine = ScriptedEngine(name="double")
        engine.on(f"{START}\n{rewrite}\n{END}", purpose="optimizer")
        engine.on("It does not say why.", purpose="loss").on("Say how to count.", purpose="backward")
        return engine.on(answer, purpose="forward")

    return make
