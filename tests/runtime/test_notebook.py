"""In a notebook the kernel's loop is running: sync names block, and top-level await works."""

from __future__ import annotations

from typing import Any

import nbclient
import nbformat
import pytest

CELLS = [
    """
from textgrad_lite import runtime
from textgrad_lite.graph import Feedback, Function, Variable

class Echo(Function):
    name = "echo"
    async def forward(self, call):
        return await runtime.call_user(str.upper, call.arguments[0].text)
    async def backward(self, call, criticism, wanted):
        return {index: [Feedback("louder")] for index in wanted}

prompt = Variable("hello", role_description="the prompt")
answer = Echo().apply(prompt, role_description="the answer")
""",
    "print(await answer)",
    "print(answer.value)",
    "answer.backward()\nprint(prompt.get_gradient_text())",
    "prompt.zero_grad()\nawait answer.abackward()\nprint(prompt.get_gradient_text())",
]


@pytest.mark.slow
def test_sync_names_and_top_level_await_work_in_a_notebook() -> None:
    v4: Any = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in CELLS])
    nbclient.NotebookClient(notebook, timeout=50, kernel_name="python3").execute()
    printed = ["".join(output["text"] for output in cell["outputs"]) for cell in notebook["cells"][1:]]
    assert printed == ["HELLO\n", "HELLO\n", "louder\n", "louder\n"]
