"""Verbs of webhooks: endpoints with their secrets, what is sent to them, and sending it."""

from makegood.webhooks.operations.deliver import deliver_due
from makegood.webhooks.operations.endpoints import (
    MadeEndpoint,
    change_endpoint,
    create_endpoint,
    delete_endpoint,
    rotate_secret,
)
from makegood.webhooks.operations.fan_out import fan_out
from makegood.webhooks.operations.forget import forget_old
from makegood.webhooks.operations.pausing import pause, resume
from makegood.webhooks.operations.replay import replay_delivery, replay_since, send_test

__all__ = [
    "MadeEndpoint",
    "change_endpoint",
    "create_endpoint",
    "delete_endpoint",
    "deliver_due",
    "fan_out",
    "forget_old",
    "pause",
    "replay_delivery",
    "replay_since",
    "resume",
    "rotate_secret",
    "send_test",
]
