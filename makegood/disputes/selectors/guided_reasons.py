"""Types, reasons and questions of a guided dispute, and what its program promises now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from makegood.billing.models import Charge
from makegood.disputes.models import Reason
from makegood.disputes.selectors.claim import ReasonOption, options_of
from makegood.disputes.selectors.expected import Expected, expected_of
from makegood.disputes.selectors.reasons import reasons_on_offer
from makegood.disputes.states import ReasonType
from makegood.kernel import clock
from makegood.parties.models import Program

TYPES: Mapping[str, str] = {
    ReasonType.BILLING: "Incorrect billing",
    ReasonType.PRODUCT: "Product or service",
    ReasonType.FRAUD: "Fraudulent activity",
    ReasonType.QUALITY: "Quality of the item",
}
"""What a dispute can be about, as people say it."""


@dataclass(frozen=True)
class Offered:
    """The reasons on offer now: by charge those that fit it, and in ``common`` those that fit every one of them."""

    by_charge: Mapping[int, tuple[ReasonOption, ...]]
    common: tuple[ReasonOption, ...]

    @property
    def all(self) -> tuple[ReasonOption, ...]:
        """Every reason that fits one of them, each once."""
        return tuple({one.code: one for options in self.by_charge.values() for one in options}.values())


def reasons_of(program_id: int | None, charge_ids: Sequence[int]) -> Offered:
    """The reasons for some charges of a program. The caller has scoped them."""
    if program_id is None:
        return Offered({}, ())
    category_of = dict(Charge.objects.filter(pk__in=charge_ids).values_list("pk", "category_id"))
    reasons = reasons_on_offer(clock.now(), program=program_id)
    ties: dict[int, set[int]] = {}
    through = Reason.categories.through.objects.filter(reason__in=[one.pk for one in reasons])
    for reason, category in through.values_list("reason_id", "category_id"):
        ties.setdefault(reason, set()).add(category)
    options = dict(zip(reasons, options_of(program_id, reasons, set(ties)), strict=True))
    fitting = {
        category: tuple(option for one, option in options.items() if one.pk not in ties or category in ties[one.pk])
        for category in set(category_of.values())
    }
    by_charge = {pk: fitting[category_of[pk]] for pk in charge_ids if pk in category_of}
    common = tuple(option for option in options.values() if all(option in one for one in fitting.values()))
    return Offered(by_charge, common)


def questions_by_reason(program_id: int | None, codes: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What reasons of a program ask for, by code; those that ask nothing are left out."""
    found = Reason.objects.filter(program=program_id or 0, code__in=[code for code in codes if code])
    asked = dict(found.values_list("code", "questions"))
    return {code: tuple(asked[code]) for code in codes if asked.get(code)}


def expected_now(program_id: int | None, at: datetime | None = None) -> Expected | None:
    """By when a program decides what is filed now, or was at ``at``; None where there is no program yet."""
    program = Program.objects.filter(pk=program_id or 0).first()
    return expected_of(program.pk, program.settings, at or clock.now()) if program else None
