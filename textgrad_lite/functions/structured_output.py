"""Replies of a required form: a pydantic model, sent as a schema or asked for in words, and checked."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from textgrad_lite.errors import ParseError
from textgrad_lite.prompts import parse, render


@dataclass(frozen=True)
class Checked:
    """A reply after it was held against its form.

    Attributes:
        text: The reply: canonical JSON where it is of the form, else as the model wrote it.
        instance: The reply as an instance of the model, or None where it is not of the form.
        problem: What is wrong with it, in words, or None.
    """

    text: str
    instance: BaseModel | None = None
    problem: str | None = None


def schema_of(output_type: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of the form, as an engine takes it."""
    return output_type.model_json_schema()


def name_of(output_type: type[BaseModel]) -> str:
    """The name of the form on the wire, where a generic model's brackets are not allowed."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", output_type.__name__).strip("_")[:64]


def words_for(output_type: type[BaseModel]) -> str:
    """Ask for the form in words, for an engine that takes no schema."""
    schema = json.dumps(schema_of(output_type), ensure_ascii=False, indent=1)
    return render("output_form", schema=schema)


def check(reply: str, output_type: type[BaseModel]) -> Checked:
    """Hold a reply against its form. A reply that is not of the form is a finding, not an error."""
    try:
        instance = output_type.model_validate(parse.extract_json(reply))
    except ParseError as error:
        return Checked(reply, problem=_problem(output_type, error.message))
    except ValidationError as error:
        faults = (f"{_place(fault['loc'])}{fault['msg']}" for fault in error.errors(include_url=False))
        return Checked(reply, problem=_problem(output_type, "; ".join(faults)))
    return Checked(instance.model_dump_json(), instance)


def _problem(output_type: type[BaseModel], fault: str) -> str:
    return render("form_problem", name=output_type.__name__, fault=fault)


def _place(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(map(str, location))}: " if location else ""
