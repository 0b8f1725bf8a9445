"""How long the submitting side has to answer a question, in words."""

from __future__ import annotations

from makegood.disputes.policy.clocks import amount_words, profile_of
from makegood.disputes.states import ClockKind
from makegood.parties.models import Program


def info_clock_words(program_id: int) -> str:
    """``72 hours``, ``2 business days``; empty where a program waits for ever. The caller has scoped the program."""
    settings = Program.objects.values_list("settings", flat=True).get(pk=program_id)
    try:
        profile = profile_of(settings, ClockKind.INFO)
    except ValueError:
        return ""
    if profile is None:
        return ""
    return amount_words(profile.breach or profile.target or 0, profile.unit)
