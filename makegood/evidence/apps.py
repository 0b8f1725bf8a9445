"""Wiring of evidence."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The evidence app."""

    name = "makegood.evidence"
    label = "evidence"
