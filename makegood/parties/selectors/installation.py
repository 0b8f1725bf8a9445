"""What is known of the installation."""

from __future__ import annotations

from makegood.parties.models import Installation, Program, Role
from makegood.parties.states import RoleKey, SetupStep

DEMO = "demo"
"""What the settings of a program that was made up hold."""


def installation() -> Installation:
    """The one row; an empty one where nobody said anything yet."""
    return Installation.objects.select_related("zone").first() or Installation()


def steps_left() -> int:
    """How many first steps are still to do."""
    return len(set(SetupStep) - set(installation().steps))


def presets_in_use() -> frozenset[str]:
    """The presets that programs came from."""
    return frozenset(Program.objects.values_list("preset", flat=True))


def limits_of_role(key: RoleKey) -> dict[str, int]:
    """What people of a role decide alone, in micros by currency; the map of ``without_limit`` for everything."""
    kept = Role.objects.filter(key=key).values_list("max_decision_micros", flat=True).first() or {}
    return {str(code): int(micros) for code, micros in kept.items()}


def has_demo_data() -> bool:
    """Whether what is here was made up by `makegood demo`."""
    return Program.objects.filter(settings__has_key=DEMO).exists()
