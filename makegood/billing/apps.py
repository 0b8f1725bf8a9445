"""Wiring of billing."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """The billing app."""

    name = "makegood.billing"
    label = "billing"
