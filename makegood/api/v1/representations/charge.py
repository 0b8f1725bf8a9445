"""A charge, and what the policy says of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from makegood.api.v1 import ids
from makegood.api.v1.representations.shapes import Money, Page, Party, micros, money
from makegood.billing.selectors.charge_list import ListedCharge
from makegood.disputes.eligibility import STANDING, RuleResult
from makegood.disputes.eligibility import Verdict as Said

ChargeId = Annotated[str, Meta(pattern=r"^chg_[1-9]\d*$", description="The id of a charge.", examples=["chg_12"])]


class Charge(Struct, kw_only=True):
    """Something a customer was billed for, as the caller may read it.

    Telephone numbers are masked for who may not see them. ``amount``, ``tax``, ``credited`` and the customer are for
    the side that pays, ``payout`` and the vendor for the side that is paid. ``dispute`` is the latest one.
    ``recording_id`` is there where the recording can be heard, for who may listen.
    """

    id: ChargeId
    external_id: str
    program: str
    kind: str
    subkind: str
    label: str
    invoice: int | None
    feature: int | None
    usage_record: int | None
    customer: Party | None
    vendor: Party | None
    category: str
    campaign: str
    criteria: list[str]
    occurred_at: datetime
    billed_at: datetime | None
    caller: str
    destination: str
    contact: str
    email: str
    duration_s: int | None
    connect_s: int | None
    quantity: str
    unit: str
    status: str
    hung_up: str
    recording: str
    recording_id: str | None
    amount: Money | None
    tax: Money | None
    payout: Money | None
    credited: Money | None
    dispute: str | None


class ChargePage(Page):
    """Charges, the newest first."""

    items: list[Charge]


class Rule(Struct, frozen=True):
    """What one rule of the policy says: its fact and its limit, and for one that stands in the way the sentence and
    what would have made the difference."""

    code: str
    severity: str
    passed: bool
    fact: dict[str, Any]
    limit: dict[str, Any]
    message: str
    counterfactual: str


class Verdict(Struct, kw_only=True):
    """What a policy says of a charge: ok, warned, overridable or blocked.

    ``result`` is null for a charge whose program has no policy yet. ``deadline`` is until when it can be disputed.
    """

    charge: ChargeId
    result: str | None
    can_submit: bool
    policy: str
    at: datetime | None
    deadline: datetime | None
    rules: list[Rule]


class Verdicts(Struct):
    """The verdicts of several charges, in the order they were asked; ``unknown`` names what is not the caller's."""

    items: list[Verdict]
    unknown: list[str]


def charge(row: ListedCharge, credited: int | None, dispute: str | None, recording_id: str | None) -> Charge:
    """A charge as the service writes it; ``credited`` in micros, None for a charge that nobody disputed."""
    facts = row.facts
    currency = facts.charged.currency if facts.charged else ""
    return Charge(
        id=ids.numbered(ids.CHARGE, facts.id),
        external_id=facts.external_id,
        program=row.program,
        kind=row.kind,
        subkind=row.subkind,
        label=facts.line,
        invoice=facts.invoice,
        feature=row.feature_id,
        usage_record=row.usage_id,
        customer=Party(row.customer_id, row.customer_number, facts.customer) if row.customer_id else None,
        vendor=Party(row.vendor_id, row.vendor_number, facts.vendor) if row.vendor_id else None,
        category=facts.category,
        campaign=facts.campaign,
        criteria=list(facts.criteria),
        occurred_at=facts.occurred_at,
        billed_at=facts.billed_at,
        caller=facts.caller,
        destination=facts.destination,
        contact=facts.contact,
        email=facts.email,
        duration_s=facts.duration_s,
        connect_s=facts.connect_s,
        quantity=row.quantity,
        unit=row.unit,
        status=facts.status,
        hung_up=facts.hung_up,
        recording=facts.recording,
        recording_id=recording_id,
        amount=money(facts.charged),
        tax=money(facts.tax),
        payout=money(facts.payout),
        credited=micros(credited or 0, currency) if facts.charged else None,
        dispute=dispute,
    )


def verdict(charge_id: int, said: Said | None, *, decides: bool) -> Verdict:
    """A verdict as the service writes it; None where the program has no policy.

    What a rule advises the reviewer or grants by itself is told to those who decide.
    """
    rules = [rule for rule in said.rules if decides or rule.severity in STANDING] if said else []
    return Verdict(
        charge=ids.numbered(ids.CHARGE, charge_id),
        result=said.result if said else None,
        can_submit=said.can_submit if said else False,
        policy=said.policy if said else "",
        at=said.at if said else None,
        deadline=said.closes_at if said and said.can_submit else None,
        rules=[_rule(rule) for rule in rules],
    )


def _rule(rule: RuleResult) -> Rule:
    return Rule(
        rule.code,
        rule.severity,
        rule.passed,
        dict(rule.fact),
        dict(rule.limit),
        rule.message,
        rule.would_pass_if,
    )
