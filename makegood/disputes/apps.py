"""Wiring of disputes."""

from django.apps import AppConfig


class DisputesConfig(AppConfig):
    """The disputes app."""

    name = "makegood.disputes"
    label = "disputes"
