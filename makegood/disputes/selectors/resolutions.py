"""The resolutions that a program closes disputes with."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.disputes.models import Resolution
from makegood.disputes.states import Outcome


@dataclass(frozen=True)
class ResolutionOption:
    """A resolution on offer; ``refuses`` says that it stands for a refusal while nothing is decided."""

    code: str
    label: str
    refuses: bool


def resolutions_of(program_id: int) -> tuple[ResolutionOption, ...]:
    """The active resolutions of a program, in their order. The caller has scoped the program."""
    found = Resolution.objects.filter(program=program_id, is_active=True).order_by("sort", "id")
    return tuple(ResolutionOption(one.code, one.label, one.maps_to == Outcome.REJECTED) for one in found)
