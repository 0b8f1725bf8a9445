"""`python -m tools.bench.at_the_desk`: sets Django up, then measures (see desk)."""

from __future__ import annotations

import os
from importlib import import_module

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "makegood.project.settings")
    django.setup()
    import_module("tools.bench.desk").desk()
