"""Filling one of our own templates with data."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from textgrad_lite.prompts.delimiting import delimited

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template_name: str, /, **data: object) -> str:
    """Fill a template of this package.

    The data is inserted as it is. It is never compiled as a template, so braces in it mean nothing.

    Args:
        template_name: Name of a file in ``prompts/templates``, without its ``.jinja`` ending.
        data: What the template names. A name that it uses and that is missing here is an error.

    Returns:
        The text, without blank space at either end.

    Raises:
        jinja2.TemplateNotFound: There is no such template.
        jinja2.UndefinedError: The template names data that was not given.
    """
    return render_from("textgrad_lite.prompts", template_name, **data)


def render_from(package: str, template_name: str, /, **data: object) -> str:
    """Fill a template from the folder ``templates`` of another package; else as :func:`render`."""
    return _environment(package).get_template(f"{template_name}.jinja").render(data).strip()


@cache
def _environment(package: str) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader(package, "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - the result is read by models, never by a browser
    )
    environment.filters["delimited"] = delimited
    return environment
