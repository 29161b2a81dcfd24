"""What the documentation says works: its snippets run, its commands parse, its links lead somewhere."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from textgrad_lite.prompts.rewrite import NEW_TEXT_TAGS
from textgrad_lite.testing.loopback import LoopbackRequest, LoopbackServer
from textgrad_lite_cli.main import app

ROOT = Path(__file__).parents[1]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("examples/**/*.md")),
]
ITEMS = "".join(
    json.dumps({"input": f"I have {a} pears and {b} plums. How many fruits?", "target": str(a + b)}) + "\n"
    for a in range(2, 8)
    for b in range(2, 8)
)


@dataclass(frozen=True)
class Snippet:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def find_snippets(language: str) -> list[Snippet]:
    return [
        Snippet(page, text.count("\n", 0, match.start()) + 1, language, match[2])
        for page in PAGES
        for text in [page.read_text(encoding="utf-8")]
        for match in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        if match[1] == language
    ]


def find_commands() -> Iterator[Any]:
    for snippet in find_snippets("sh"):
        text = snippet.text.replace("\\\n", " ")
        for number, line in enumerate(text.splitlines()):
            words = shlex.split(line, comments=True)
            if words:
                yield pytest.param(words, id=f"{snippet}+{number}")


def reply(request: LoopbackRequest) -> str:
    """Say something that is a criticism, a count, and a new text in the form that is asked for."""
    start, end = NEW_TEXT_TAGS
    is_rewrite = start in request.text
    return f"{start}\nCount step by step.\n{end}" if is_rewrite else "It does not say how. Answer: 9"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a prompt and examples, and a server that stands in for every provider."""
    (tmp_path / "prompt.txt").write_text("Answer with a number only.\n")
    (tmp_path / "items.jsonl").write_text(ITEMS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("textgrad_lite.tasks.registry._registered", {})
    with LoopbackServer(reply) as server:
        for provider, url in (("OPENAI", server.openai_url), ("ANTHROPIC", server.anthropic_url)):
            monkeypatch.setenv(f"{provider}_BASE_URL", url)
            monkeypatch.setenv(f"{provider}_API_KEY", "none")
        yield tmp_path


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("page", PAGES, ids=name)
def test_python_snippets_of_a_page_run_one_after_the_other(page: Path) -> None:
    names = {"__name__": "snippet"}
    for snippet in find_snippets("python"):
        if snippet.page == page:
            code = compile("\n" * snippet.line + snippet.text, str(page), "exec")
            exec(code, names)  # noqa: S102 - our own documentation


@pytest.mark.parametrize("snippet", find_snippets("json"), ids=str)
def test_json_snippets_are_json(snippet: Snippet) -> None:
    for line in snippet.text.splitlines():
        json.loads(line)


@pytest.mark.parametrize("words", list(find_commands()))
def test_commands_are_as_the_page_says(words: list[str]) -> None:
    program, *arguments = words
    match program:
        case "textgrad-lite":
            check_options(arguments)
        case "make":
            assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
        case "pip":
            check_extras(arguments)
        case _:
            assert (ROOT / program).exists() or program in {"cd", "git", "pre-commit", "pytest", "python"}


def check_options(arguments: list[str]) -> None:
    """Parse a command line of ours without running it."""
    command: Any = typer.main.get_command(app)
    while hasattr(command, "commands"):
        first, *arguments = arguments
        command = command.get_command(None, first)
    command.make_context(command.name, arguments)


def check_extras(arguments: list[str]) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for named in re.findall(r"\[([\w,]+)\]", " ".join(arguments)):
        assert set(named.split(",")) <= set(extras)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http:", "https:")):
            assert (page.parent / target).exists(), target
