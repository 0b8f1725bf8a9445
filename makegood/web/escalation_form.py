"""What happens where a decision is late, as a form and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from makegood.disputes.policy.escalation import BREACH, TARGET, escalation_of
from makegood.disputes.selectors.escalation import roles_and_people

MOMENTS = ((TARGET, "at the target"), (BREACH, "at the latest moment"))
LONGEST = 320


@dataclass(frozen=True)
class EscalationForm:
    """The moment (empty: never), whom it goes to (empty: those who lead), and everybody it can go to."""

    at: str
    to: str
    roles: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> EscalationForm:
        """From the setting."""
        roles, people = roles_and_people()
        return cls(str(said.get("at") or ""), str(said.get("to") or ""), tuple(roles), tuple(people))

    @property
    def moments(self) -> tuple[tuple[str, str], ...]:
        """When it may be."""
        return MOMENTS

    @property
    def words(self) -> str:
        """``at the target, to Quality assurance``."""
        if not self.at:
            return "never"
        to = dict((*self.roles, *self.people)).get(self.to, self.to) or "those who lead"
        return f"{dict(MOMENTS).get(self.at, self.at)}, to {to}"


def escalation_typed(values: QueryDict) -> dict[str, str]:
    """The setting that a form says; empty for never."""
    at = values.get("escalate-at", "")
    return {"at": at[:LONGEST], "to": values.get("escalate-to", "")[:LONGEST]} if at else {}


def kept_escalation(settings: Mapping[str, Any]) -> dict[str, str]:
    """The setting that is kept; empty where it cannot be read."""
    try:
        said = escalation_of(settings)
    except ValueError:
        said = None
    return {"at": said.at, "to": said.to} if said else {}
