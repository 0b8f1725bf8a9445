"""Wiring of imports."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The imports app."""

    name = "makegood.imports"
    label = "imports"
