"""Keeps the bytes of images out of the debug logs of the SDKs, which write down whole requests."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

_IMAGES = frozenset(("image", "image_url", "input_image"))


class _ImagesLeftOut(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        options = record.args
        if isinstance(options, Mapping) and _holds_image(options.get("json_data")):
            record.args = {**options, "json_data": "[left out, because it holds images]"}
        return True


_FILTER = _ImagesLeftOut()


def leave_out_images(sdk: str) -> None:
    """Write requests that hold images without their bodies into the log of an SDK."""
    logging.getLogger(f"{sdk}._base_client").addFilter(_FILTER)


def _holds_image(value: Any) -> bool:
    if isinstance(value, Mapping):
        return value.get("type") in _IMAGES or any(map(_holds_image, value.values()))
    return isinstance(value, list | tuple) and any(map(_holds_image, value))
