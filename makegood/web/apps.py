"""Wiring of web."""

from importlib import import_module

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The web app. What happens at the door is written down from the start."""

    name = "makegood.web"
    label = "web"

    def ready(self) -> None:
        """Listen at the door."""
        import_module("makegood.web.sign_in_notes")
