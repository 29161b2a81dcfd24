"""The same program gives the same bytes to the models in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import hashlib, json
import textgrad_lite as tg
from textgrad_lite.testing.scripted import ScriptedEngine

sent = []
def answer(request):
    sent.append(json.dumps(request.redacted(), sort_keys=True))
    return "re: " + hashlib.sha256(sent[-1].encode()).hexdigest()[:8]

engine = ScriptedEngine().on(answer)
system = tg.Variable("Be brief.", role_description="system prompt")
style = tg.Variable("plain", role_description="style")
model = tg.FormattedLLMCall(engine, "{style}: {question}", {"style": None, "question": None}, system)
judge = tg.TextLoss("Find faults.", engine)

@tg.function(purpose="put into capitals")
def shout(text, *, mark):
    return text.upper() + mark

losses = []
for number in range(5):
    question = tg.Variable(f"q{number}", role_description="question", requires_grad=False)
    losses.append(judge(shout(model({"question": question, "style": style}), mark=style)))
tg.aggregate([tg.sum(losses[:3]), tg.sum(losses[2:])]).backward(engine)
optimizer = tg.TGD([system, style], engine=engine)
optimizer.step()
print(hashlib.sha256("\\n".join(sorted(sent)).encode()).hexdigest(), len(sent), json.dumps(system.value))
"""


@pytest.mark.parametrize(
    "n_processes", [10, pytest.param(100, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_the_same_graph_renders_the_same_bytes_whatever_the_hash_seed(n_processes: int) -> None:
    root = Path(__file__).parents[2]
    runs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(n_processes)
    }

    (only,) = runs
    assert int(only.split()[1]) > 20, json.dumps(only)
