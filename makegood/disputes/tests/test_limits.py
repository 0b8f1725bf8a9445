"""Limits that count: the first of a batch fit, the others are named, and the counter says how many came in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from makegood.disputes import operations
from makegood.disputes.entries import Ref, SubmitItem, Together
from makegood.disputes.models import Dispute, UsageCounter
from makegood.disputes.operations import filing
from makegood.disputes.operations.limits import Use, count_usage
from makegood.disputes.states import Origin
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from tests.refusals import refused, unchanged
from tests.world import ChargeMaker, World

COUNTERS = ("disputes_usage_counter",)
Rule = Mapping[str, Any]


def claims(make_charge: ChargeMaker, count: int, cause: str = "", **facts: Any) -> list[SubmitItem]:
    return [SubmitItem(make_charge(**facts).pk, "SPAM", "Automated voice", override_cause=cause) for _ in range(count)]


def publish(world: World, *rules: Rule) -> None:
    operations.publish_policy(SYSTEM, program=world.program, rules=list(rules))


def cap(limit: int, severity: str = "block", **facts: Any) -> Rule:
    return {"type": "cap_count", "limit": limit, "severity": severity, **facts}


def codes(answers: list[Answer]) -> list[str]:
    return [answer.code for answer in answers]


def used() -> dict[str, tuple[int, int]]:
    """How much each counter counted, and how much came in above its limit."""
    return {counter.key: (counter.used, counter.overrides) for counter in UsageCounter.objects.all()}


def test_thirty_against_twenty_five_file_exactly_the_first(
    make_charge: ChargeMaker, buyer: Principal, world: World
) -> None:
    publish(world, cap(25))
    answers = operations.submit(buyer, items=claims(make_charge, 30))
    assert codes(answers) == [""] * 25 + ["BUYER_DAILY_CAP"] * 5
    assert {a.message.split(";")[0] for a in answers[25:]} == {"25 of 25 used"}
    counter = UsageCounter.objects.get()
    assert (counter.used, counter.used_micros, counter.overrides) == (25, 25 * 45_000_000, 0)
    assert (counter.customer_id, Dispute.objects.count()) == (world.customer.pk, 25)


def test_refused_for_another_rule_uses_no_place(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, {"type": "billed", "severity": "block"}, cap(2))
    items = [*claims(make_charge, 2, billed_at=None), *claims(make_charge, 3)]
    answers = operations.submit(buyer, items=items)
    assert codes(answers) == ["NOT_BILLED", "NOT_BILLED", "", "", "BUYER_DAILY_CAP"]
    assert used() == {"cap:BUYER_DAILY_CAP:day": (2, 0)}


def test_used_up_refuses_and_the_next_day_starts_anew(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, cap(2))
    assert codes(operations.submit(buyer, items=claims(make_charge, 2))) == ["", ""]
    late = claims(make_charge, 1)
    with unchanged():
        (answer,) = operations.submit(buyer, items=late)
    assert (answer.ok, answer.code) == (False, "BUYER_DAILY_CAP")
    with clock.shifted(timedelta(days=1)):
        assert codes(operations.submit(buyer, items=late)) == [""]
    assert sorted(UsageCounter.objects.values_list("used", flat=True)) == [1, 2]


def test_each_customer_has_a_limit_of_its_own(make_charge: ChargeMaker, csr: Principal, world: World) -> None:
    publish(world, cap(2))
    mine, theirs = claims(make_charge, 3), claims(make_charge, 3, customer=world.other_customer)
    mixed = [item for pair in zip(mine, theirs, strict=True) for item in pair]
    answers = operations.submit(csr, items=mixed, origin=Origin.CSR)
    assert codes(answers) == ["", "", "", "", "BUYER_DAILY_CAP", "BUYER_DAILY_CAP"]
    assert sorted(UsageCounter.objects.values_list("customer", "used")) == [
        (world.customer.pk, 2),
        (world.other_customer.pk, 2),
    ]


def test_limit_for_certain_reasons_counts_those_alone(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, cap(3), cap(1, reasons=["BOT"]))
    reasons = ["SPAM", "BOT", "SPAM", "BOT", "SPAM"]
    items = [SubmitItem(make_charge().pk, reason, "Automated voice") for reason in reasons]
    answers = operations.submit(buyer, items=items)
    # The fourth is the second BOT; the fifth would be the fourth of all.
    assert codes(answers) == ["", "", "", "BUYER_DAILY_CAP", "BUYER_DAILY_CAP"]
    assert sorted(used().values()) == [(1, 0), (3, 0)]


def test_limit_per_vendor_and_person(make_charge: ChargeMaker, csr: Principal, world: World) -> None:
    publish(world, cap(1, per="vendor"), cap(3, per="user"))
    items = [
        *claims(make_charge, 2),
        *claims(make_charge, 1, vendor=world.other_vendor, customer=world.other_customer),
        *claims(make_charge, 1, vendor=None),
    ]
    assert codes(operations.submit(csr, items=items, origin=Origin.CSR)) == [
        "",
        "BUYER_DAILY_CAP",
        "",
        "BUYER_DAILY_CAP",
    ]
    assert set(UsageCounter.objects.values_list("customer", flat=True)) == {None}


def test_representative_passes_a_limit_with_a_cause_and_is_counted_apart(
    make_charge: ChargeMaker, csr: Principal, world: World
) -> None:
    publish(world, cap(2, "override"))
    answers = operations.submit(csr, items=claims(make_charge, 3), origin=Origin.CSR)
    assert codes(answers) == ["", "", "BUYER_DAILY_CAP"]
    answers = operations.submit(csr, items=claims(make_charge, 2, cause="A flood of bots"), origin=Origin.CSR)
    assert codes(answers) == ["", ""]
    assert used() == {"cap:BUYER_DAILY_CAP:day": (2, 2)}


def test_buyer_does_not_pass_it_with_a_cause(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, cap(0, "override"))
    items = claims(make_charge, 1, cause="Please")
    with unchanged(but=COUNTERS):
        (answer,) = operations.submit(buyer, items=items)
    assert answer.code == "BUYER_DAILY_CAP"
    assert used() == {"cap:BUYER_DAILY_CAP:day": (0, 0)}


def test_limit_that_only_warns_counts_on(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, cap(1, "warn"))
    answers = operations.submit(buyer, items=claims(make_charge, 3))
    assert codes(answers) == ["", "", ""]
    assert used() == {"cap:BUYER_DAILY_CAP:day": (3, 0)}
    masks = Dispute.objects.order_by("id").values_list("verdict__fail_mask", flat=True)
    assert list(masks) == [0, 1, 1]


def test_withdrawing_gives_nothing_back(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, cap(1))
    (filed,) = operations.submit(buyer, items=claims(make_charge, 1))
    operations.withdraw(buyer, items=[Ref(filed.id or 0)])
    (answer,) = operations.submit(buyer, items=claims(make_charge, 1))
    assert answer.code == "BUYER_DAILY_CAP"


def test_limit_counts_the_lines_of_a_submission(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, cap(2))
    answers = operations.submit(buyer, items=claims(make_charge, 3), together=Together())
    assert codes(answers) == ["", "", "BUYER_DAILY_CAP"]
    assert [a.data["number"].rpartition(".")[2] for a in answers[:2]] == ["1", "2"]


def test_share_of_what_was_billed(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, {"type": "cap_percent", "pct": 20, "window_days": 30, "severity": "block"})
    items = claims(make_charge, 10)
    answers = operations.submit(buyer, items=items[:4])
    assert codes(answers) == ["", "", "BUYER_RATE_CAP", "BUYER_RATE_CAP"]
    assert answers[2].message == "With this one 30.0% of your calls in 30 days are disputed; the limit is 20%."
    (answer,) = operations.submit(buyer, items=items[4:5])
    assert answer.code == "BUYER_RATE_CAP"


def test_sum_of_what_is_asked_at_once(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, {"type": "amount_cap", "per_submission": 100_000_000, "severity": "block"})
    answers = operations.submit(buyer, items=claims(make_charge, 3))
    assert codes(answers) == ["", "", "AMOUNT_TOO_HIGH"]
    assert answers[2].message == "With it you ask for $135.00 at once; at most $100.00 can be disputed."
    assert not UsageCounter.objects.exists()


def test_policy_without_limits_touches_no_counter(make_charge: ChargeMaker, buyer: Principal) -> None:
    operations.submit(buyer, items=claims(make_charge, 2))
    assert not UsageCounter.objects.exists()


def test_conditional_update_is_the_law(
    make_charge: ChargeMaker, buyer: Principal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(world, cap(2))
    operations.submit(buyer, items=claims(make_charge, 1))
    # Somebody who forgets to lock judges by what was; the counter has moved on meanwhile.
    monkeypatch.setattr(filing, "lock_counters", lambda limits, params: None)

    def moved(program_id: int, uses: Any) -> None:
        UsageCounter.objects.update(used=2)
        count_usage(program_id, uses)

    monkeypatch.setattr(filing, "count_usage", moved)
    items = claims(make_charge, 1)
    with unchanged():
        (answer,) = operations.submit(buyer, items=items)
    refused(
        answer, "CONFLICT", "Somebody else changed this at the same moment. Look at it again, then repeat the step."
    )


def test_counter_that_is_not_there_counts_nothing(world: World) -> None:
    with unchanged(), pytest.raises(IntegrityError):
        count_usage(world.program.pk, {(None, "cap:none", clock.now()): Use(count=1)})


def test_every_limit_of_a_mixed_policy_is_told(make_charge: ChargeMaker, buyer: Principal, world: World) -> None:
    publish(world, cap(4), {"type": "cap_percent", "pct": 50, "severity": "block"}, cap(3, period="month"))
    answers = operations.submit(buyer, items=claims(make_charge, 12)[:6])
    assert Counter(codes(answers)) == {"": 3, "BUYER_DAILY_CAP": 3}
