"""The section of a program's page about further questions after a decision: what it says, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.disputes.policy.afterward import FurtherQuestions
from makegood.parties.models import Program
from makegood.web.fields import Field, Kind

KEY = "further_questions"
PER_DAY, IN_ALL = f"{KEY}.per_day", f"{KEY}.in_all"


def says(program: Program) -> tuple[str, ...]:
    """How many a dispute takes."""
    terms = FurtherQuestions.of(program.settings)
    return (f"A dispute takes {terms.per_day} further questions a day, and {terms.in_all} in all.",)


def fields(program: Program) -> tuple[Field, ...]:
    """The form."""
    return (
        Field(PER_DAY, "Further questions about a dispute", Kind.NUMBER, unit="a day"),
        Field(IN_ALL, "In all", Kind.NUMBER),
    )


def values(program: Program) -> dict[str, Any]:
    """What the form shows."""
    terms = FurtherQuestions.of(program.settings)
    return {PER_DAY: terms.per_day, IN_ALL: terms.in_all}


def changes(program: Program, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The setting that was typed; what is left empty is as usual."""
    usual = FurtherQuestions()
    return {KEY: {"per_day": typed[PER_DAY] or usual.per_day, "in_all": typed[IN_ALL] or usual.in_all}}
