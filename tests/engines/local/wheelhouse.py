"""Wheels with parts of a tiny model in them, and what the joined file holds."""

from __future__ import annotations

import zipfile
from pathlib import Path

CONTENT = b"GGUF" + bytes(range(256)) * 40
CUTS = (0, 4000, 8000, len(CONTENT))


def build_wheel(folder: Path, name: str, files: dict[str, bytes], version: str = "1.0") -> Path:
    """Write a wheel that pip accepts, with some files in it."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    texts = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{module}/__init__.py": b"raise RuntimeError('a model wheel was imported')\n",
        **files,
    }
    record = "".join(f"{path},,\n" for path in (*texts, f"{info}/RECORD"))
    wheel = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in {**texts, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(path, content)
    return wheel
