"""Wiring of parties."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The parties app."""

    name = "makegood.parties"
    label = "parties"
