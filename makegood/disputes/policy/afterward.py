"""Typed reading of a program's settings for what comes after a decision: fees, further rounds, other reviewers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from makegood.kernel.errors import Refusal
from makegood.kernel.money import parse_amount
from makegood.parties.states import SUBMITTER_ROLES


@dataclass(frozen=True)
class FeeTerms:
    """The fee for a reversal in micros: the usual one, the largest, and the rate of the tax on it."""

    default: int
    largest: int
    tax_rate: Fraction


def fee_terms(settings: Mapping[str, Any], currency: str) -> FeeTerms | None:
    """The terms in a currency; None where the program charges no fee, or none in that currency.

    ``reversal_fee`` is ``{default, max}`` in major units, or one such pair per currency; ``fee_tax_rate`` a fraction.
    """
    terms = settings.get("reversal_fee")
    if isinstance(terms, Mapping) and "max" not in terms:
        terms = terms.get(currency)
    if not isinstance(terms, Mapping) or "max" not in terms:
        return None
    try:
        largest = parse_amount(str(terms["max"]), currency)
        default = parse_amount(str(terms.get("default", terms["max"])), currency)
    except Refusal:
        return None
    return FeeTerms(default, largest, Fraction(Decimal(str(settings.get("fee_tax_rate") or 0))))


@dataclass(frozen=True)
class Rounds:
    """How a program lets a dispute come back.

    ``reopens`` and ``re_reviews`` say whether at all; ``reopen_for`` and ``appeal_for`` for how long (None: always);
    ``asked_by`` holds the roles that ask for a re-review; ``other_reviewer`` wants somebody else to decide it.
    """

    reopens: bool
    reopen_for: timedelta | None
    re_reviews: bool
    appeal_for: timedelta | None
    max_rounds: int
    asked_by: frozenset[str]
    other_reviewer: bool

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Rounds:
        """Read a program's ``settings``. A program that says nothing of it reopens and reviews again."""
        again = settings.get("re_review")
        again = again if isinstance(again, Mapping) else {}
        reopens = bool(settings.get("reopen", True))
        asked_by = again.get("requested_by", sorted(SUBMITTER_ROLES))
        return cls(
            reopens=reopens,
            reopen_for=_days(settings.get("reopen_days")),
            re_reviews=bool(again.get("allowed", reopens)),
            appeal_for=_days(again.get("appeal_days", settings.get("appeal_days"))),
            max_rounds=int(settings.get("max_rounds") or 1),
            asked_by=frozenset([asked_by] if isinstance(asked_by, str) else asked_by),
            other_reviewer=bool(again.get("other_reviewer", False)),
        )


@dataclass(frozen=True)
class FurtherQuestions:
    """How many further questions one dispute takes: within a day, and in all."""

    per_day: int = 3
    in_all: int = 10

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> FurtherQuestions:
        """Read a program's ``settings``, key ``further_questions``."""
        said = settings.get("further_questions") or {}
        return cls(int(said.get("per_day", cls.per_day)), int(said.get("in_all", cls.in_all)))


def _days(value: Any) -> timedelta | None:
    return None if value is None else timedelta(days=int(value))
