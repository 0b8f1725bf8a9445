"""Wiring of insights."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """The insights app."""

    name = "makegood.insights"
    label = "insights"
