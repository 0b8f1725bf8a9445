"""Typed reading of a program's settings, as disputes uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_LEASE_S = 120
FIFO = "fifo"
"""The order of a queue that is handed out strictly by arrival."""
DROP_OR_CREDIT = "drop_or_credit"
"""How a program settles that leaves off the bill what it credits before."""
LEAD_WORDS = "service_direct"
"""The vocabulary whose status words are those of a lead manager."""


@dataclass(frozen=True)
class DisputeSettings:
    """How a program handles disputes; ``undo_seconds`` is keyed by door.

    ``action_under_cost`` puts the button that files under the cost of a charge; ``in_order`` hands the queue out
    strictly in order of arrival; ``second_press`` asks for a second press before a decision about what nobody listened
    to.
    """

    undo_seconds: Mapping[str, int]
    auto_close: bool
    clawback: str
    max_rounds: int
    reopen: bool
    decisions: frozenset[str]
    note_required: frozenset[str]
    lease_seconds: int
    action: str
    action_under_cost: bool
    in_order: bool
    second_press: bool
    raw: Mapping[str, Any]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> DisputeSettings:
        """Read a program's ``settings``; what is absent takes the careful value."""
        notes, queue = settings.get("decision_note", {}), settings.get("queue") or {}
        return cls(
            undo_seconds={str(k): int(v) for k, v in settings.get("undo_seconds", {}).items()},
            auto_close=bool(settings.get("auto_close", False)),
            clawback=str(settings.get("clawback", "none")),
            max_rounds=int(settings.get("max_rounds") or 1),
            reopen=bool(settings.get("reopen", True)),
            decisions=frozenset(settings.get("decisions", ("accept", "reject"))),
            note_required=frozenset({"reject", *(kind for kind, rule in notes.items() if rule == "required")}),
            lease_seconds=int(settings.get("lease_seconds", DEFAULT_LEASE_S)),
            action=str(settings.get("action", "Dispute")),
            action_under_cost=bool(settings.get("action_under_cost", False)),
            in_order=queue.get("order") == FIFO,
            second_press=bool(settings.get("second_press", True)),
            raw=settings,
        )


def reauth_above(settings: Mapping[str, Any]) -> dict[str, int]:
    """The amounts, in micros per currency, above which whoever moves money signs in again; a currency that is not named
    has none. The key is ``reauth_above_micros``."""
    said = settings.get("reauth_above_micros") or {}
    return {str(currency): int(micros) for currency, micros in said.items()}


def reviews_leads(settings: Mapping[str, Any]) -> bool:
    """Whether a program reviews leads: its status words are those of a lead manager."""
    return settings.get("vocabulary") == LEAD_WORDS


def keeps_off_the_bill(settings: Mapping[str, Any]) -> bool:
    """Whether what a program credits before it is billed is left off the bill, so that the billing system is told."""
    return settings.get("settlement") == DROP_OR_CREDIT
