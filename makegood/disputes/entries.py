"""Pure values of disputes: what a verb is asked to do, item by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from makegood.disputes.states import DecisionKind


@dataclass(frozen=True)
class DraftItem:
    """A dispute in the making."""

    charge_id: int
    reason: str = ""
    description: str = ""


@dataclass(frozen=True)
class SubmitItem:
    """A claim: ``amount_micros`` None asks for what is left; ``override_cause`` is a representative's written cause."""

    charge_id: int
    reason: str = ""
    description: str = ""
    amount_micros: int | None = None
    override_cause: str = ""
    draft_id: int | None = None


@dataclass(frozen=True)
class Ref:
    """A dispute that a verb is for; ``version`` None takes any."""

    dispute_id: int
    version: int | None = None


@dataclass(frozen=True)
class EditItem:
    """Changes to an open dispute: keys ``reason``, ``description``, ``amount_micros``."""

    dispute_id: int
    changes: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True)
class DecisionItem:
    """A decision: ``micros`` for a partial, in the dispute's currency, net of tax; findings by code."""

    dispute_id: int
    kind: DecisionKind
    micros: int | None = None
    note: str = ""
    findings: tuple[str, ...] = ()
    version: int | None = None
