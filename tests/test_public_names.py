"""The package's front door: exactly the names that are promised, each imported only when it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import textgrad_lite

PROMISED_TO_TEXTGRAD_USERS = (
    "Variable",
    "BlackboxLLM",
    "TextLoss",
    "TGD",
    "TextualGradientDescent",
    "get_engine",
    "set_backward_engine",
    "sum",
    "aggregate",
    "EngineLM",
)


def _names_for_type_checkers() -> set[str]:
    tree = ast.parse(Path(textgrad_lite.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imports for alias in node.names}


def test_all_lists_exactly_what_type_checkers_and_users_see() -> None:
    names = set(textgrad_lite.__all__)

    assert len(names) == len(textgrad_lite.__all__)
    assert names == _names_for_type_checkers() | {"__version__"}
    assert dir(textgrad_lite) == sorted(names)


@pytest.mark.parametrize("name", textgrad_lite.__all__)
def test_every_public_name_can_be_used(name: str) -> None:
    assert getattr(textgrad_lite, name) is not None


def test_the_names_of_textgrad_are_there() -> None:
    assert set(PROMISED_TO_TEXTGRAD_USERS) <= set(textgrad_lite.__all__)


def test_another_name_is_refused() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Varable'"):
        _ = textgrad_lite.Varable


def test_importing_the_package_imports_none_of_its_rooms() -> None:
    program = (
        "import sys; import textgrad_lite; "
        "print(*sorted(name for name in sys.modules if name.startswith('textgrad_lite')))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.split() == ["textgrad_lite", "textgrad_lite._version"]


def test_the_core_names_need_no_sdk(tmp_path: Path) -> None:
    program = (
        "import sys; import textgrad_lite as tg; "
        "tg.Variable, tg.BlackboxLLM, tg.PromptModel, tg.TextLoss, tg.MetricLoss, tg.TGD; "
        "heavy = {'openai', 'anthropic', 'diskcache', 'jinja2', 'rich', 'genai_prices', 'yaml'}; "
        "print(*sorted(heavy & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert loaded.stdout.split() == []
    assert list(tmp_path.iterdir()) == []
