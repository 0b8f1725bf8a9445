"""Reads of webhooks: endpoints, deliveries and attempts, and what the journal says to other systems."""

from makegood.webhooks.selectors.facts import messages_about
from makegood.webhooks.selectors.log import attempts, deliveries_of, delivery_named, endpoint_named, endpoints_of
from makegood.webhooks.selectors.sight import in_sight

__all__ = [
    "attempts",
    "deliveries_of",
    "delivery_named",
    "endpoint_named",
    "endpoints_of",
    "in_sight",
    "messages_about",
]
