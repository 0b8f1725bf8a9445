"""Pure rules of notifications: windows, what programs say, quiet hours."""

from makegood.notifications.policy.delivery import (
    DEFAULT,
    EARLY_AT,
    IMMEDIATE,
    OFF,
    Delivery,
    Window,
    parse_window,
    program_delivery,
    program_window,
)
from makegood.notifications.policy.quiet import EVERY_DAY, URGENT, Quiet

__all__ = [
    "DEFAULT",
    "EARLY_AT",
    "EVERY_DAY",
    "IMMEDIATE",
    "OFF",
    "URGENT",
    "Delivery",
    "Quiet",
    "Window",
    "parse_window",
    "program_delivery",
    "program_window",
]
