"""Wiring of webhooks."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """The webhooks app."""

    name = "makegood.webhooks"
    label = "webhooks"
