"""`python -m tools.docs`: write the generated pages."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]


def write() -> None:
    """Write every page anew."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.project.settings")
    django.setup()
    for path, make in import_module("tools.docs.pages").PAGES.items():
        (ROOT / path).write_text(make(), encoding="utf-8")


if __name__ == "__main__":
    write()
