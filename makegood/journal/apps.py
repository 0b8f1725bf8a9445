"""Wiring of journal."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The journal app."""

    name = "makegood.journal"
    label = "journal"
