"""Wiring of notifications."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The notifications app."""

    name = "makegood.notifications"
    label = "notifications"
