"""Money that moved and is on no statement yet, and how it gets on one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.models import Dispute, StatementCredit
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.states import DecisionKind, Door, PartyKind
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.ledger.models import Posting
from makegood.ledger.selectors import proof
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program
from tests.world import World

CUSTOMER, VENDOR = PartyKind.CUSTOMER, PartyKind.VENDOR


def credited(world: World, *micros: int, **overrides: Any) -> list[Dispute]:
    """Disputes of the system on new charges of these amounts, accepted and committed at once."""
    charges = [world.charge(**{"billed_micros": amount, "payout_micros": 0, **overrides}) for amount in micros]
    filed = operations.submit(SYSTEM, items=[SubmitItem(charge.pk, "SPAM", "A robot spoke") for charge in charges])
    ids = [answer.id for answer in filed if answer.id is not None]
    assert len(ids) == len(micros), [answer for answer in filed if not answer.ok]
    return accepted_now(SYSTEM, ids)


def accepted_now(principal: Principal, ids: Sequence[int]) -> list[Dispute]:
    """Accept and commit through the door without an undo window."""
    items = [DecisionItem(pk, DecisionKind.ACCEPT, note="We listened to it.") for pk in ids]
    assert all(answer.ok for answer in operations.decide(principal, items=items, door=Door.API))
    return list(Dispute.objects.filter(pk__in=ids).order_by("pk"))


def close(*numbers: str, party: PartyKind = CUSTOMER, **facts: Any) -> list[Answer]:
    """Close up to and with today; every party when none is named."""
    wanted: dict[str, Any] = {"up_to": clock.now().date(), "numbers": list(numbers) or None, **facts}
    return operations.settle_statements(SYSTEM, party=party, **wanted)


def figures(answer: Answer) -> list[tuple[str, int, int, int, int, int]]:
    """Account, lines, sum, carried, settled, remainder of each statement."""
    names = ("account", "lines", "sum_micros", "carried_micros", "settled_micros", "remainder_micros")
    return [tuple(statement[name] for name in names) for statement in answer.data["statements"]]


def tomorrow() -> date:
    return clock.now().date() + timedelta(days=1)


def books() -> dict[str, int]:
    """Micros per account, those at zero left out."""
    sums: dict[str, int] = {}
    for key, kind, micros in Posting.objects.values_list("account__key", "account__kind", "micros"):
        if kind in {"AR", "WALLET", "ACCRUED", "AP", "ROUNDING"}:
            sums[key] = sums.get(key, 0) + micros
    return {key: micros for key, micros in sums.items() if micros}


def check_books_hold(*, but: tuple[str, ...] = ()) -> None:
    """The ledger proves itself, and every law of disputes holds but those named."""
    assert proof().holds
    assert {found.law for found in broken(LAWS)} == set(but)


def statement() -> StatementCredit:
    """The newest statement."""
    return StatementCredit.objects.latest("number")


def leads(key: str = "leads") -> Program:
    """A program that reviews leads, billed or not."""
    return operations.install_preset(SYSTEM, preset_key="lead_review", key=key, currency="USD")


def bill(charge_id: int) -> None:
    """As an import does that says the same amounts."""
    Charge.objects.filter(pk=charge_id, billed_at=None).update(billed_at=clock.now())
