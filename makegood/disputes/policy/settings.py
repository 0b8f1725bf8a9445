"""Typed reading of a program's settings, as disputes uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DEFAULT_LEASE_S = 120


@dataclass(frozen=True)
class DisputeSettings:
    """How a program handles disputes; ``undo_seconds`` is keyed by door."""

    undo_seconds: Mapping[str, int]
    auto_close: bool
    clawback: str
    max_rounds: int
    reopen: bool
    decisions: frozenset[str]
    note_required: frozenset[str]
    lease_seconds: int
    action: str
    raw: Mapping[str, Any]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> DisputeSettings:
        """Read a program's ``settings``; what is absent takes the careful value."""
        notes = settings.get("decision_note", {})
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
            raw=settings,
        )
