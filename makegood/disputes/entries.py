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
    """A claim: ``amount_micros`` None asks for what is left; ``override_cause`` is a representative's written cause.

    ``type`` is what it is about (empty: as its reason says); ``resolution`` is a code that is kept as filed and never
    becomes an outcome.
    """

    charge_id: int
    reason: str = ""
    description: str = ""
    amount_micros: int | None = None
    override_cause: str = ""
    draft_id: int | None = None
    type: str = ""
    resolution: str = ""


@dataclass(frozen=True)
class Together:
    """The claims of one call become the lines of one submission; ``invoice_id`` names the bill they stand on."""

    note: str = ""
    invoice_id: int | None = None


@dataclass(frozen=True)
class Ref:
    """A dispute that a verb is for; ``version`` None takes any."""

    dispute_id: int
    version: int | None = None


@dataclass(frozen=True)
class EditItem:
    """Changes to an open dispute: keys ``reason``, ``type``, ``resolution`` (codes; empty takes the type or resolution
    away), ``description``, ``amount_micros``.
    """

    dispute_id: int
    changes: Mapping[str, Any]
    version: int | None = None


@dataclass(frozen=True)
class DecisionItem:
    """A decision: ``micros`` for a partial, in the dispute's currency, net of tax; findings by code.

    ``clawback_micros``, in the payout's currency, is what a manager typed in place of the rule's figure (None: as the
    rule says).
    """

    dispute_id: int
    kind: DecisionKind
    micros: int | None = None
    note: str = ""
    findings: tuple[str, ...] = ()
    version: int | None = None
    clawback_micros: int | None = None


@dataclass(frozen=True)
class AdjustItem:
    """An amount to credit at once, net of tax; the outcome follows from it. ``clawback_micros`` as in a decision."""

    dispute_id: int
    micros: int
    note: str = ""
    version: int | None = None
    clawback_micros: int | None = None


@dataclass(frozen=True)
class WordsItem:
    """What is said to a dispute: a question, an answer, or the cause of a further round."""

    dispute_id: int
    text: str
    version: int | None = None


@dataclass(frozen=True)
class CloseItem:
    """The end of a dispute: a resolution by its code (empty: none) and a note."""

    dispute_id: int
    resolution: str = ""
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class ReverseItem:
    """A credit to take back: ``adjustment_id``, or the newest that stands."""

    dispute_id: int
    adjustment_id: int | None = None
    note: str = ""
    version: int | None = None


@dataclass(frozen=True)
class FeeItem:
    """A fee for a reversal, net of tax: ``micros`` None takes the program's own; ``adjustment_id`` names the reversal.

    Without ``adjustment_id`` it is for the newest reversal that has none.
    """

    dispute_id: int
    micros: int | None = None
    adjustment_id: int | None = None
    note: str = ""
    version: int | None = None
