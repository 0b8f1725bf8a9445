"""Changes how a program tells its sides: over which channels, after which window."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from makegood.disputes.operations import change_program
from makegood.disputes.selectors.catalogs import program_to_edit
from makegood.notifications.errors import BadChannel
from makegood.notifications.policy.delivery import parse_window
from makegood.notifications.states import PROFILES
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program

CHANNELS = ("in_app", "email")


@dataclass(frozen=True)
class Profile:
    """How one side is told; ``each_decision``, of buyers alone, sends a letter on each (None: as before).

    ``digest`` is a window: ``4h``, ``daily 09:00``, ``immediate``, ``off``.
    """

    channels: Sequence[str]
    digest: str
    each_decision: bool | None = None


@transaction.atomic
def change_profiles(principal: Principal, *, program_key: str, profiles: Mapping[str, Profile]) -> Program:
    """How a program tells its sides, by name (``buyer``), unless a person says otherwise; what is told stays told.

    Sides that are not named stay. Raises NotPermitted, NotFound. Errors: BAD_WINDOW, BAD_CHANNEL.
    """
    program = program_to_edit(principal, program_key)
    notify = dict(program.settings.get("notify") or {})
    for side, wanted in profiles.items():
        if side not in set(PROFILES.values()):
            raise NotFound()
        if strange := sorted(set(wanted.channels) - set(CHANNELS)):
            raise BadChannel(channel=strange[0])
        profile = dict(notify.get(side) or {})
        profile["channels"] = [channel for channel in CHANNELS if channel in wanted.channels]
        profile["digest"] = parse_window(wanted.digest).text
        if wanted.each_decision is not None:
            profile["per_decision"] = wanted.each_decision
        notify[side] = profile
    return change_program(principal, program_key=program_key, changes={"notify": notify})
