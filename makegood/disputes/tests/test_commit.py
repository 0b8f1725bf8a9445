"""Committing: the money of all three parties, account by account, to the micro; and the preview that foretold it."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.disputes import operations
from makegood.disputes.models import Decision, Dispute, Reason
from makegood.disputes.operations.commit import SetAside
from makegood.disputes.policy.presets import preset
from makegood.disputes.selectors.effects import effects
from makegood.disputes.selectors.laws import LAWS
from makegood.disputes.states import Door, Stage
from makegood.disputes.tests.money import ACCEPT, PARTIAL, REJECT, commit_later, decide, item, posted
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.ledger.models import Account, Adjustment, ChargeBalance, Entry, Hold, Posting
from makegood.ledger.selectors import proof
from makegood.ledger.selectors.laws import broken
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Vendor
from makegood.parties.operations import change_settings
from tests.refusals import unchanged
from tests.world import DisputeMaker, World

BILLION = 10**9 * 10**6
"""A thousand million major units, in micros."""


def keys(world: World) -> dict[str, str]:
    """The accounts of the world's customer, vendor and program."""
    return {
        "AR": f"AR:{world.customer.pk}",
        "WALLET": f"WALLET:{world.customer.pk}",
        "REV": f"REV_CONTRA:{world.program.pk}",
        "AP": f"AP:{world.vendor.pk}",
        "CONTRA": f"PAYOUT_CONTRA:{world.program.pk}",
    }


def books_hold() -> None:
    assert proof().holds
    assert list(broken(LAWS)) == []


def test_accept_with_tax_posts_revenue_tax_and_claw_back(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    dispute = make_dispute(tax_micros=3_600_000, tax_jurisdiction="US-FL")
    decide(manager, item(dispute))
    (answer,) = commit_later()
    at = keys(world)
    assert posted() == {
        (at["REV"], "USD"): 45_000_000,
        ("TAX:US-FL", "USD"): 3_600_000,
        (at["AR"], "USD"): -48_600_000,
        (at["AP"], "USD"): 30_000_000,
        (at["CONTRA"], "USD"): -30_000_000,
    }
    assert (answer.id, answer.data["number"], answer.data["stage"]) == (dispute.pk, str(dispute), "closed")
    assert (answer.data["tax_micros"], answer.data["clawback_micros"]) == (3_600_000, 30_000_000)
    credit = Adjustment.objects.get()
    assert (credit.amount_micros, credit.tax_micros, credit.clawback_micros) == (-45_000_000, -3_600_000, -30_000_000)
    assert (credit.idempotency_key, credit.round) == (f"credit:{dispute.pk}:1", 1)
    assert (Hold.objects.get().held_micros, Decision.objects.get().state) == (0, "committed")
    changes = JournalEvent.objects.get(event="dispute.committed").changes
    assert (changes["credit_micros"], changes["tax_micros"], changes["clawback_micros"]) == (
        45_000_000,
        3_600_000,
        30_000_000,
    )
    books_hold()


def test_partial_shares_tax_and_payout_pro_rata(make_dispute: DisputeMaker, manager: Principal, world: World) -> None:
    decide(manager, item(make_dispute(tax_micros=3_600_000), PARTIAL, 20_000_000))
    commit_later()
    at = keys(world)
    assert posted() == {
        (at["REV"], "USD"): 20_000_000,
        ("TAX:none", "USD"): 1_600_000,
        (at["AR"], "USD"): -21_600_000,
        (at["AP"], "USD"): 13_333_333,
        (at["CONTRA"], "USD"): -13_333_333,
    }
    books_hold()


def test_rejection_moves_nothing_and_closes(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute, REJECT))
    (answer,) = commit_later()
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.outcome, answer.data["credit_micros"]) == (Stage.CLOSED, "rejected", 0)
    assert (Entry.objects.count(), Adjustment.objects.count(), Account.objects.count()) == (0, 0, 0)
    assert JournalEvent.objects.get(event="dispute.committed").changes["credit_micros"] == 0
    books_hold()


def test_program_without_auto_close_leaves_it_resolved(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    dispute = make_dispute()
    change_settings(SYSTEM, program=world.program, settings={"auto_close": False})
    decide(manager, item(dispute))
    (answer,) = commit_later()
    dispute.refresh_from_db()
    assert (dispute.stage, dispute.closed_at, answer.data["stage"]) == (Stage.RESOLVED, None, "resolved")
    books_hold()


@pytest.mark.parametrize(
    ("reason", "vendor", "program", "clawed"),
    [
        (None, None, "proportional", 30_000_000),
        (None, None, "none", 0),
        (None, "none", "proportional", 0),
        (None, "proportional", "none", 30_000_000),
        ("none", "proportional", "proportional", 0),
        ("proportional", "none", "none", 30_000_000),
    ],
)
def test_claw_back_follows_reason_then_vendor_then_program(
    make_dispute: DisputeMaker,
    manager: Principal,
    world: World,
    reason: str | None,
    vendor: str | None,
    program: str,
    clawed: int,
) -> None:
    Reason.objects.filter(code="SPAM").update(clawback_mode=reason)
    Vendor.objects.filter(pk=world.vendor.pk).update(clawback_mode=vendor)
    change_settings(SYSTEM, program=world.program, settings={"clawback": program})
    decide(manager, item(make_dispute()))
    assert commit_later()[0].data["clawback_micros"] == clawed
    assert ChargeBalance.objects.get().clawed_micros == clawed
    books_hold()


def test_prepaid_customer_is_credited_in_the_wallet(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    Customer.objects.filter(pk=world.customer.pk).update(billing_mode="prepaid")
    decide(manager, item(make_dispute(payout_micros=0)))
    commit_later()
    at = keys(world)
    assert posted() == {(at["REV"], "USD"): 45_000_000, (at["WALLET"], "USD"): -45_000_000}
    books_hold()


def test_charge_not_billed_yet_is_credited_on_accrued(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    rules = [rule for rule in preset("call_marketplace").rules if rule["type"] != "billed"]
    operations.publish_policy(SYSTEM, program=world.program, rules=rules)
    decide(manager, item(make_dispute(billed_at=None, payout_micros=0)))
    commit_later()
    assert posted()[f"ACCRUED:{world.customer.pk}", "USD"] == -45_000_000
    books_hold()


def test_charge_without_vendor_claws_nothing_back(make_dispute: DisputeMaker, manager: Principal) -> None:
    decide(manager, item(make_dispute(vendor=None)))
    assert commit_later()[0].data["clawback_micros"] == 0
    assert {key.partition(":")[0] for key, _ in posted()} == {"AR", "REV_CONTRA"}
    books_hold()


def test_payout_in_another_currency_goes_back_in_that_currency(
    make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    decide(manager, item(make_dispute(payout_currency="EUR", payout_micros=27_000_001), PARTIAL, 15_000_000))
    (answer,) = commit_later()
    assert (answer.data["payout_currency"], answer.data["clawback_micros"]) == ("EUR", 9_000_000)
    at = keys(world)
    assert (posted()[at["AP"], "EUR"], posted()[at["CONTRA"], "EUR"]) == (9_000_000, -9_000_000)
    books_hold()


@pytest.mark.parametrize(
    ("facts", "part", "tax", "clawback"),
    [
        ({"billed_micros": 4_400, "payout_micros": 2_200, "tax_micros": 3}, 1_467, 1, 733),
        ({"billed_micros": 3, "payout_micros": 2, "tax_micros": 1}, 1, 0, 0),
        (
            {"billed_micros": 1_200_000_000, "payout_micros": 800_000_000, "currency": "JPY"},
            500_000_000,
            0,
            333_333_333,
        ),
        ({"billed_micros": 7_125_000, "payout_micros": 5_001_000, "currency": "KWD"}, 2_375_000, 0, 1_667_000),
        (
            {"billed_micros": 3 * BILLION, "payout_micros": 2 * BILLION, "tax_micros": BILLION + 1},
            3 * BILLION - 1,
            BILLION,
            2 * BILLION - 1,
        ),
        ({"billed_micros": 10**18, "payout_micros": 10**18, "tax_micros": 10**18}, 10**18 - 1, 10**18 - 1, 10**18 - 1),
    ],
    ids=["sub-cent", "three micros", "yen", "dinar", "a thousand million", "the largest amount"],
)
def test_partial_of_any_size_is_shared_to_the_micro(
    make_dispute: DisputeMaker, manager: Principal, facts: dict[str, Any], part: int, tax: int, clawback: int
) -> None:
    dispute = make_dispute(payout_currency=facts.get("currency", "USD"), **facts)
    decide(manager, item(dispute, PARTIAL, part))
    data = commit_later()[0].data
    assert (data["credit_micros"], data["tax_micros"], data["clawback_micros"]) == (part, tax, clawback)
    books_hold()


def test_nothing_is_committed_before_the_window_ends(make_dispute: DisputeMaker, manager: Principal) -> None:
    now = clock.now()
    dispute = make_dispute()
    with clock.frozen(now):
        decide(manager, item(dispute))
    end = now + timedelta(seconds=10)
    with clock.frozen(end - timedelta(microseconds=1)), unchanged():
        assert operations.commit_due() == []
        assert operations.commit([dispute.pk]) == []
    with clock.frozen(end):
        assert len(operations.commit_due()) == 1
    with clock.frozen(end), unchanged():
        assert operations.commit_due() == []


def test_commit_takes_the_earliest_first_and_no_more_than_its_limit(
    make_dispute: DisputeMaker, manager: Principal
) -> None:
    disputes = [make_dispute() for _ in range(3)]
    now = clock.now()
    for age, dispute in zip((20, 30, 25), disputes, strict=True):
        with clock.frozen(now - timedelta(seconds=age)):
            decide(manager, item(dispute))
    found = []
    while batch := operations.commit_due(limit=1):
        found += [answer.id for answer in batch]
    assert found == [disputes[1].pk, disputes[2].pk, disputes[0].pk]


def random_case(dice: random.Random, make_dispute: DisputeMaker) -> Dispute:
    billed = dice.choice([1, 2, 4_400, 45_000_000, dice.randint(1, 10**8), dice.randint(1, 3 * BILLION)])
    return make_dispute(
        billed_micros=billed,
        tax_micros=dice.choice([0, dice.randint(0, billed)]),
        payout_micros=dice.choice([0, dice.randint(0, 2 * billed)]),
        payout_currency=dice.choice(["USD", "EUR"]),
        vendor=Vendor.objects.get(number=dice.choice(["V1", "V2"])),
    )


@pytest.mark.parametrize("seed", range(4))
def test_preview_equals_what_commit_posts(make_dispute: DisputeMaker, manager: Principal, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - picks cases, guards nothing
    Vendor.objects.filter(number="V2").update(clawback_mode=dice.choice(["none", "proportional"]))
    items = []
    for _ in range(12):
        dispute = random_case(dice, make_dispute)
        part = dispute.amount_micros > 1 and dice.random() < 0.6
        kind = PARTIAL if part else dice.choice([ACCEPT, REJECT])
        items.append(item(dispute, kind, dice.randint(1, dispute.amount_micros - 1) if part else None))
    with unchanged():
        foretold = effects(manager, items=items)
    assert {line.code for line in foretold.lines} == {""}
    assert all(answer.ok for answer in decide(manager, *items, door=Door.BULK))
    done = {answer.id: answer.data for answer in commit_later()}
    for line in foretold.lines:
        told = (line.credit_micros, line.tax_micros, line.clawback_micros, line.currency, line.payout_currency)
        names = ("credit_micros", "tax_micros", "clawback_micros", "currency", "payout_currency")
        assert told == tuple(done[line.dispute_id][name] for name in names)
    assert sum(line.credit_micros for line in foretold.lines) == sum(d["credit_micros"] for d in done.values())
    assert -sum(Adjustment.objects.values_list("amount_micros", flat=True)) == sum(
        line.credit_micros for line in foretold.lines
    )
    assert sum(Posting.objects.values_list("micros", flat=True)) == 0
    books_hold()


def test_preview_says_why_a_decision_would_be_refused(make_dispute: DisputeMaker, manager: Principal) -> None:
    fine, closed = make_dispute(), make_dispute()
    decide(manager, item(closed), door=Door.API)
    items = [item(fine, PARTIAL, 45_000_000), item(closed), item(fine)]
    with unchanged():
        foretold = effects(manager, items=items)
        answers = decide(manager, *items[:2])
    *late, good = foretold.lines
    assert [(line.code, line.message) for line in late] == [(a.code, a.message) for a in answers]
    assert all(line.code for line in late)
    assert (good.code, good.credit_micros) == ("", 45_000_000)


def test_charge_row_is_never_touched(make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    before = Charge.objects.filter(pk=dispute.charge_id).values().get()
    decide(manager, item(dispute), door=Door.API)
    assert Charge.objects.filter(pk=dispute.charge_id).values().get() == before


def test_a_decision_that_cannot_be_committed_holds_nobody_else_up(
    make_dispute: DisputeMaker, manager: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    broken_one, fine = make_dispute(), make_dispute()
    decide(manager, item(broken_one))
    decide(manager, item(fine))
    ChargeBalance.objects.filter(pk=broken_one.charge_id).update(held_micros=0)
    assert [answer.id for answer in commit_later()] == [fine.pk]
    assert f"dispute {broken_one.pk} cannot be committed; it is set aside" in caplog.text
    assert Dispute.objects.get(pk=broken_one.pk).stage == Stage.DECIDED
    assert commit_later() == []


def test_what_is_set_aside_is_tried_again_after_a_while_and_only_its_worker_waits(
    make_dispute: DisputeMaker, manager: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    dispute = make_dispute()
    decide(manager, item(dispute))
    balance, mine = ChargeBalance.objects.filter(pk=dispute.charge_id), SetAside()
    held = balance.values_list("held_micros", flat=True)[0]
    later = clock.now() + timedelta(minutes=1)
    balance.update(held_micros=0)
    with clock.frozen(later):
        assert operations.commit_due(set_aside=mine) == []
        assert mine == {dispute.pk: later + timedelta(minutes=5)}
    balance.update(held_micros=held)
    with clock.frozen(later + timedelta(minutes=5) - timedelta(microseconds=1)):
        assert operations.commit_due(set_aside=mine) == []
    with clock.frozen(later + timedelta(minutes=5)):
        assert [answer.id for answer in operations.commit_due(set_aside=mine)] == [dispute.pk]
