"""The lines of a guided dispute: what a bill offers, what each line asks for, and what the rules say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Q

from makegood.billing.models import Charge
from makegood.billing.selectors import facts_of
from makegood.billing.selectors.charges_called import phone_of
from makegood.billing.selectors.facts import SHARED, many_charge_facts
from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes.eligibility import BLOCKED, CHARGE_PHASES, RuleResult
from makegood.disputes.entries import SubmitItem
from makegood.disputes.errors import AmountExceedsRemaining, AmountNotPositive
from makegood.disputes.policy import Phase, Severity
from makegood.disputes.policy.guided import Said, SaidCharge
from makegood.disputes.selectors.asking import Terms, terms_of
from makegood.disputes.selectors.call_log import CallRow, call_rows
from makegood.disputes.selectors.claim import as_result
from makegood.disputes.selectors.exhibits import Exhibit, beyond, brought, limits_of
from makegood.disputes.selectors.guided import charges_of_bill, origin_of
from makegood.disputes.selectors.guided_reasons import questions_by_reason
from makegood.disputes.selectors.offer import offer_of
from makegood.disputes.selectors.policies import PolicyInForce, policies_of_charges
from makegood.disputes.selectors.verdicts import judged
from makegood.kernel import clock
from makegood.kernel.allocation import share
from makegood.kernel.errors import Refusal
from makegood.kernel.money import Money, format_money
from makegood.kernel.paging import Key, Page, page_of, place_of
from makegood.kernel.pointed import Pointed
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

_WITH_SERVICE = Pointed(Charge, *SHARED, "service")
VALIDITY = CHARGE_PHASES | {Phase.AMOUNT}
"""What a line is judged by before anything is asked about it."""
MOST_LINES, USAGE_PAGE = 500, 25
LATEST = (Key("occurred_at", descending=True), Key("id", descending=True))
AMOUNT_CODES = frozenset(
    {
        "AMOUNT_TOO_HIGH", "AMOUNT_TOO_LOW", "AMOUNT_NOT_FULL", "AMOUNT_EXCEEDS_REMAINING", "AMOUNT_NOT_POSITIVE",
        "BAD_AMOUNT", "AMOUNT_TOO_FINE",
    }
)  # fmt: skip
"""What another amount mends."""
TITLES = {
    Subkind.RECURRING: "Recurring",
    Subkind.ONE_TIME: "One-time",
    Subkind.FEE: "Fees",
    Subkind.TAX: "Taxes",
    Subkind.CALL: "Calls",
    Subkind.DATA: "Data",
    Subkind.MESSAGE: "Messages",
    Subkind.LEAD: "Leads",
}


@dataclass(frozen=True)
class BillLine:
    """A charge of the bill: its row, what is left of it, and whether it can go into a dispute at all."""

    row: CallRow
    service: str
    quantity: Decimal | None
    unit: str
    left: Money

    @property
    def can(self) -> bool:
        """Whether it can be chosen: nothing but a cause in writing, or nothing, stands in the way."""
        verdict = self.row.verdict
        return verdict is not None and verdict.result != BLOCKED


@dataclass(frozen=True)
class LineGroup:
    """The lines of one category, and what they come to."""

    title: str
    lines: tuple[BillLine, ...]
    total: Money


@dataclass(frozen=True)
class Chosen:
    """One line of the dispute: what was said of it, what it asks for, and what the rules say.

    ``item`` and ``asked`` are None where the amount cannot be read; ``may_override`` is the principal's permission.
    """

    said: SaidCharge
    row: CallRow
    terms: Terms | None
    item: SubmitItem | None
    asked: Money | None
    in_the_way: tuple[RuleResult, ...]
    notes: tuple[RuleResult, ...]
    may_override: bool

    @property
    def charge_id(self) -> int:
        """The charge."""
        return self.said.id

    @property
    def can_override(self) -> bool:
        """Whether all that stands in the way falls before a written cause."""
        return bool(self.in_the_way) and all(rule.severity == Severity.OVERRIDE for rule in self.in_the_way)

    @property
    def is_overridden(self) -> bool:
        """Whether it goes on because of the cause that somebody wrote."""
        return self.can_override and self.may_override and bool(self.said.cause.strip())

    @property
    def is_valid(self) -> bool:
        """Whether it can be filed as it stands."""
        return self.item is not None and (not self.in_the_way or self.is_overridden)

    @property
    def is_amount_wrong(self) -> bool:
        """Whether another amount would mend it."""
        return any(rule.code in AMOUNT_CODES for rule in self.in_the_way)

    @property
    def amount_error(self) -> str:
        """What the field of its amount says; empty where the amount is fine."""
        return next((rule.message for rule in self.in_the_way if rule.code in AMOUNT_CODES), "")


def _left(row: CallRow) -> Money | None:
    charged = row.charge.charged
    return charged - row.credited if charged is not None and row.credited else charged


def bill_groups(principal: Principal, invoice_id: int, program_id: int | None) -> list[LineGroup]:
    """The lines of a bill by category, at most MOST_LINES; usage records are paged apart."""
    features = charges_of_bill(principal, invoice_id, program_id).filter(kind=ChargeKind.INVOICE_FEATURE)
    found = list(features.defer("raw").order_by("feature_id", "pk")[:MOST_LINES])
    lines = _lines(principal, found)
    groups: list[LineGroup] = []
    for kind, title in TITLES.items():
        own = tuple(line for line, charge in zip(lines, found, strict=True) if charge.subkind == kind)
        if own:
            billed = (line.row.charge.charged for line in own if line.row.charge.charged)
            groups.append(LineGroup(title, own, sum(billed, Money(0, found[0].currency))))
    return groups


def _lines(principal: Principal, charges: Sequence[Charge]) -> list[BillLine]:
    _WITH_SERVICE.fill(charges)
    facts = [facts_of(principal, charge) for charge in charges]
    return [
        BillLine(
            row,
            charge.service.number if charge.service else "",
            charge.quantity,
            charge.unit,
            _left(row) or Money(0, charge.currency),
        )
        for row, charge in zip(call_rows(principal, facts), charges, strict=True)
    ]


def usage_of_bill(
    principal: Principal, invoice_id: int, program_id: int | None, search: str = "", after: str = "", before: str = ""
) -> Page[BillLine]:
    """The usage records of a bill, the latest first; ``search`` is part of an id, a service, a number or the words."""
    found = charges_of_bill(principal, invoice_id, program_id).filter(kind=ChargeKind.USAGE)
    if text := search.strip()[:100]:
        fits = Q(external_id__icontains=text) | Q(feature_label__icontains=text) | Q(service__number__icontains=text)
        digits = "".join(sign for sign in text if sign.isdecimal())
        if digits and (principal.can(Verb.PHONE_VIEW) or principal.customer_id is not None):
            fits |= Q(destination_e164__contains=digits)
        elif (whole := phone_of(text)) is not None:
            fits |= Q(destination_e164=whole)  # part by part, a masked number could be guessed
        if digits == text and len(digits) < 19:
            fits |= Q(usage_id=int(digits))
        found = found.filter(fits)
    page = page_of(found.defer("raw"), LATEST, place_of(after, before, LATEST), USAGE_PAGE)
    return page.with_rows(_lines(principal, page.rows))


def has_usage(principal: Principal, invoice_id: int, program_id: int | None) -> bool:
    """Whether usage records are on the bill."""
    return charges_of_bill(principal, invoice_id, program_id).filter(kind=ChargeKind.USAGE).exists()


def lines_of(principal: Principal, said: Said) -> list[Chosen]:
    """The lines of a guided dispute in their order, each judged by the charge and its amount alone.

    A charge that is out of scope by now is left out.
    """
    facts = many_charge_facts(principal, [one.id for one in said.charges])
    rows = dict(zip(facts, call_rows(principal, tuple(facts.values())), strict=True))
    seen = [one for one in said.charges if one.id in rows]
    found: dict[int, Chosen] = {}
    for policy, ids in policies_of_charges([one.id for one in seen], clock.now()):
        own = set(ids)
        found.update(_judged(principal, policy, [one for one in seen if one.id in own], rows))
    return [found[one.id] for one in seen if one.id in found]


def _judged(
    principal: Principal, policy: PolicyInForce, own: Sequence[SaidCharge], rows: Mapping[int, CallRow]
) -> dict[int, Chosen]:
    """The lines on charges of one program."""
    items: dict[int, SubmitItem] = {}
    wrong: dict[int, Refusal] = {}
    terms: dict[int, Terms | None] = {}
    for one in own:
        charged, row = rows[one.id].charge.charged, rows[one.id]
        credited = row.credited.micros if row.credited else 0
        mine = terms[one.id] = terms_of(policy.rules, charged, credited) if charged else None
        try:
            items[one.id] = SubmitItem(
                one.id, amount_micros=mine.asked(one.amount) if mine else None, override_cause=one.cause.strip()
            )
        except Refusal as refusal:
            wrong[one.id] = refusal
    bare = [items.get(one.id) or SubmitItem(one.id) for one in own]
    said = judged(policy, bare, VALIDITY, origin_of(principal))
    may = principal.can(Verb.DISPUTE_OVERRIDE)
    found = {}
    for one in own:
        mine, item = terms[one.id], items.get(one.id)
        verdict = said[one.id]
        stops = verdict.in_the_way
        why = wrong.get(one.id) or (_beyond(mine, item, stops) if mine and item else None)
        if why is not None:
            stops = (as_result(why), *stops)
        notes = tuple(rule for rule in verdict.failing if rule not in verdict.in_the_way)
        asked = mine.amount_of(item) if mine and item else None
        found[one.id] = Chosen(one, rows[one.id], mine, item, asked, stops, notes, may)
    return found


def _beyond(terms: Terms, item: SubmitItem, stops: Sequence[RuleResult]) -> Refusal | None:
    """What filing itself refuses of an amount, where no rule says it."""
    if any(rule.code in AMOUNT_CODES for rule in stops) or item.amount_micros is None:
        return None
    if item.amount_micros <= 0:
        return AmountNotPositive()
    if item.amount_micros > terms.remaining.micros:
        return AmountExceedsRemaining(remaining=format_money(terms.remaining.micros, terms.remaining.currency))
    return None


@dataclass(frozen=True)
class Sum:
    """What the lines that go on ask for, and what comes back if all of it is accepted."""

    lines: int
    asked: Money
    tax: Money

    @property
    def credit(self) -> Money:
        """Net and tax together."""
        return self.asked + self.tax


def sum_of(lines: Sequence[Chosen]) -> Sum | None:
    """The sum of the valid lines that were not taken out; None where there is none, or currencies differ."""
    going = [(line, line.asked) for line in lines if line.is_valid and not line.said.dropped and line.asked is not None]
    currencies = {asked.currency for _, asked in going}
    if len(currencies) != 1:
        return None
    nothing = Money(0, currencies.pop())
    asked = sum((asked for _, asked in going), nothing)
    return Sum(len(going), asked, sum((_tax(line.row, asked) for line, asked in going), nothing))


def _tax(row: CallRow, asked: Money) -> Money:
    """The tax that comes back with what is asked for: by floors, so that parts never give more than the whole."""
    charge = row.charge
    if not charge.charged or charge.tax is None:
        return Money(0, asked.currency)
    billed, before = charge.charged.micros, row.credited.micros if row.credited else 0
    after = min(billed, before + asked.micros)
    return Money(share(charge.tax.micros, after, billed) - share(charge.tax.micros, before, billed), asked.currency)


def claim_of(said: Said, one: SaidCharge, asked: Mapping[str, Sequence[str]]) -> SubmitItem:
    """A line as it is filed, but for its amount and its cause; ``asked`` are the questions by reason."""
    about, reason = said.reason_of(one)
    return SubmitItem(one.id, reason, said.words_for(one, asked), type=about, file_ids=said.files)


def claim_stops(principal: Principal, said: Said, phase: Phase) -> tuple[RuleResult, ...]:
    """What the rules of one phase, and the program's own form, refuse of the lines that go on; each cause once.

    ``phase`` is REASON (reason and words) or EVIDENCE (files).
    """
    own = {one.id: one for one in said.going}
    found: dict[str, RuleResult] = {}
    for policy, ids in policies_of_charges(list(own), clock.now()):
        offer = offer_of(policy.program_id, policy.rules)
        asked = questions_by_reason(policy.program_id, said.reasons)
        batch = [replace(claim_of(said, own[pk], asked), override_cause=own[pk].cause) for pk in ids]
        attached: dict[SubmitItem, tuple[Exhibit, ...]] = {}
        for item, files in zip(batch, brought(principal, batch), strict=True):
            attached[item] = () if isinstance(files, Refusal) else files
            fits = files if isinstance(files, Refusal) else beyond(files, limits_of(policy.program_id))
            asks: list[Refusal | None] = [fits]
            asks.append(offer.lacks_evidence(item, len(attached[item])))
            if phase is Phase.REASON:
                asks = [offer.refusal_of(item)]
            found.update({one.code: as_result(one) for one in asks if one is not None and one.code not in found})
        for verdict in judged(policy, batch, frozenset({phase}), origin_of(principal), attached=attached).values():
            found.update({rule.code: rule for rule in verdict.in_the_way if rule.code not in found})
    return tuple(found.values())
