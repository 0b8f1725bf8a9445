"""Wiring of the web service."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The web service."""

    name = "makegood.api"
    label = "api"
