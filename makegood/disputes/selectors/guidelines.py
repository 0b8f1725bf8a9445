"""The guidelines that decisions quote, as everybody may read them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from makegood.billing.selectors.programs import programs_met
from makegood.disputes.models import Finding
from makegood.parties.entries import Principal


@dataclass(frozen=True)
class Guideline:
    """What a reviewer can find, whether a charge with it is billable, and why (empty: no more is said)."""

    code: str
    label: str
    billable: bool
    text: str


@dataclass(frozen=True)
class ProgramGuidelines:
    """The guidelines of one program, those that make a charge billable first."""

    key: str
    name: str
    guidelines: tuple[Guideline, ...]


def guidelines_of(principal: Principal) -> tuple[ProgramGuidelines, ...]:
    """The guidelines of the programs that somebody has to do with, by program; those without any are left out."""
    programs = list(programs_met(principal).order_by("name", "pk"))
    known: dict[int, list[Guideline]] = defaultdict(list)
    for row in Finding.objects.filter(program__in=programs).order_by("-billable", "label", "pk"):
        known[row.program_id].append(Guideline(row.code, row.label, row.billable, row.guideline))
    return tuple(
        ProgramGuidelines(program.key, program.name, tuple(known[program.pk]))
        for program in programs
        if known[program.pk]
    )
