"""The log's filters split what there is: a filter and its complement are everything, each charge once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.billing.selectors import LogQuery, charge_log
from makegood.billing.selectors.charge_log import COUNT_LIMIT, SIZE
from makegood.billing.states import ChargeKind, LogKind, Subkind
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, SubmitItem
from makegood.disputes.models import Dispute
from makegood.disputes.selectors.call_log import LogWanted, call_log, history_of, streamed_log
from makegood.disputes.selectors.open_charges import open_charges, window_of
from makegood.disputes.selectors.review_status import status_named, status_options
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.states import DecisionKind
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Program
from tests.world import World, standing_world

EVERY = LogQuery(range="all")
REASONS = {"call_marketplace": "SPAM", "lead_credit": "SPAM_SOLICITOR", "lead_review": "SPAM"}
WORDS = {
    "call_marketplace": ["Not disputed", "Pending", "Accepted", "Accepted Partial", "Rejected", "Closed", "Withdrawn"],
    "lead_review": ["Not Reviewed", "In Review", "Submitted for Review", "Review Completed"],
}
KINDS: dict[LogKind, dict[str, Any]] = {
    LogKind.CALLS: {},
    LogKind.LEADS: {"subkind": Subkind.LEAD, "lead_channel": "form"},
    LogKind.USAGE: {"subkind": Subkind.MESSAGE},
}


def ids(principal: Principal, wanted: LogWanted | LogQuery) -> list[int]:
    """The charges of the first page and the count must agree, and the stream gives the same."""
    wanted = wanted if isinstance(wanted, LogWanted) else LogWanted(wanted)
    found = call_log(principal, wanted)
    shown = [row.charge.id for row in found.page.rows]
    assert found.log.count == len(shown)
    assert [row.charge.id for row in streamed_log(principal, wanted)] == shown
    return shown


def check_parts(principal: Principal, parts: Sequence[LogWanted | LogQuery]) -> None:
    """Each part has something, together they are everything, and nothing is in two."""
    found = [set(ids(principal, part)) for part in parts]
    assert all(found)
    assert sum(map(len, found)) == len(set().union(*found)) == len(ids(principal, EVERY))


def test_each_filter_and_its_complement_are_everything(world: World, buyer: Principal) -> None:
    at = clock.now() - timedelta(days=5)
    old = {"occurred_at": at, "received_at": at, "billed_at": at}
    for more in ({}, {"answered": False, "disposition": "no_answer"}, {"billed_at": None}, old, {"billed_micros": 5}):
        world.charge(**more)
    cut = clock.now() - timedelta(days=4)
    first = replace(EVERY, range="dates", last=cut), replace(EVERY, range="dates", first=cut)
    for parts in (
        [replace(EVERY, billed=True), replace(EVERY, billed=False)],
        [replace(EVERY, answered=True), replace(EVERY, answered=False)],
        [replace(EVERY, max_micros=5), replace(EVERY, min_micros=6)],
        [replace(EVERY, disposition="no_answer"), replace(EVERY, disposition="completed_with_conversion")],
        first,
    ):
        check_parts(buyer, parts)


def test_every_charge_is_of_one_kind(world: World, buyer: Principal) -> None:
    for facts in KINDS.values():
        world.charge(**facts)
    assert Charge.objects.count() == 3
    check_parts(buyer, [replace(EVERY, kind=kind) for kind in KINDS])
    assert ids(buyer, replace(EVERY, kind=LogKind.LINES)) == []


def settle(world: World, buyer: Principal, manager: Principal, reason: str) -> None:
    """Charges nobody disputed, drafts aside, and disputes of every ending a program knows."""
    kinds = [*DecisionKind] if "partial" in world.program.settings["decisions"] else [
        DecisionKind.ACCEPT, DecisionKind.REJECT,
    ]  # fmt: skip
    charges = [world.charge(answered=True, recording_enabled=True) for _ in range(len(kinds) + 4)]
    items = [SubmitItem(charge.pk, reason, "Automated voice, hung up") for charge in charges[1:]]
    answers = operations.submit(buyer, items=items)
    numbers = [answer.id or 0 for answer in answers]
    decisions = [
        DecisionItem(pk, kind, 15_000_000 if kind is DecisionKind.PARTIAL else None, note="As heard")
        for pk, kind in zip(numbers, kinds, strict=False)
    ]
    assert all(answer.ok for answer in operations.decide(manager, items=decisions))
    with clock.shifted(timedelta(minutes=5)):
        operations.commit_due()
    assert all(answer.ok for answer in operations.claim(manager, items=[Ref(numbers[-3])]))
    assert all(answer.ok for answer in operations.withdraw(buyer, items=[Ref(numbers[-2])]))


@pytest.mark.django_db
@pytest.mark.parametrize("preset", REASONS)
def test_review_statuses_split_the_log_as_their_words_do(preset: str) -> None:
    world = standing_world(preset)
    buyer, manager = world.person("buyer", customer_number="B1"), world.person("manager")
    settle(world, buyer, manager, REASONS[preset])
    options = status_options([world.program.settings])
    said = {row.charge.id: row.status for row in call_log(buyer, LogWanted(EVERY)).page.rows}
    found = {option.label: set(ids(buyer, LogWanted(EVERY, option))) for option in options}
    assert found == {option.label: {pk for pk, word in said.items() if word == option.label} for option in options}
    assert sum(bool(charges) for charges in found.values()) >= 3


def test_status_names_are_the_programs_own(world: World) -> None:
    for preset, words in WORDS.items():
        program = operations.install_preset(SYSTEM, preset_key=preset, key=f"p-{preset}", name="P", currency="USD")
        assert [option.label for option in status_options([program.settings])] == words
    settings = [program.settings for program in Program.objects.all()]
    assert [option.label for option in status_options(settings)] == WORDS["call_marketplace"]
    lead_review = [Program.objects.get(key="p-lead_review").settings]
    assert getattr(status_named(lead_review, "completed"), "label", "") == "Review Completed"
    assert getattr(status_named(lead_review, "accepted"), "label", "") == "Accepted"
    assert status_named(lead_review, "nonsense") is None


def test_can_and_cannot_split_the_log_as_the_verdicts_do(world: World, buyer: Principal) -> None:
    charges = [world.charge(), world.charge(billed_at=None), world.charge(), world.charge()]
    operations.submit(buyer, items=[SubmitItem(charges[0].pk, "SPAM", "Automated voice")])
    newer = world.charge(corrects_id=charges[2].pk)
    every = [charge.pk for charge in (*charges, newer)]
    said = {pk for pk, verdict in verdicts(every).items() if verdict.can_submit}
    assert open_charges(every) == said == {charges[3].pk, newer.pk}
    can, cannot = LogWanted(EVERY, can=True), LogWanted(EVERY, can=False)
    check_parts(buyer, [can, cannot])
    assert set(ids(buyer, can)) == said
    assert call_log(buyer, LogWanted(EVERY)).open_count == 2
    assert [one.charge.id for one in history_of(buyer, charges[2].pk).corrections] == [newer.pk]


def test_charges_of_others_are_in_no_list(
    world: World, buyer: Principal, other_buyer: Principal, stranger: Principal
) -> None:
    mine = world.charge()
    for wanted in (LogWanted(EVERY), LogWanted(EVERY, can=True), LogWanted(replace(EVERY, text=mine.external_id))):
        assert ids(buyer, wanted) == [mine.pk]
        assert ids(other_buyer, wanted) == ids(stranger, wanted) == []


@pytest.mark.slow
def test_what_a_statement_cannot_tell_is_paged_both_ways(world: World, buyer: Principal) -> None:
    now = clock.now()
    made = []
    for place in range(COUNT_LIMIT + 2 * SIZE):
        at = now - timedelta(minutes=place)
        billed = at if place % 3 else None
        made.append(Charge(**facts_of_row(world, place), occurred_at=at, received_at=at, billed_at=billed))
    Charge.objects.bulk_create(made)
    order = [charge.pk for charge in made if charge.billed_at is not None]
    wanted = LogWanted(EVERY, can=True)
    seen, places = [], [""]
    while True:
        page = call_log(buyer, LogWanted(replace(EVERY, after=places[-1]), can=True))
        seen += [row.charge.id for row in page.page.rows]
        if not page.page.after:
            break
        places.append(page.page.after)
    assert seen == order
    back = call_log(buyer, LogWanted(replace(EVERY, before=page.page.before), can=True)).page.rows
    assert [row.charge.id for row in back] == order[-len(page.page.rows) - SIZE : -len(page.page.rows)]
    assert call_log(buyer, wanted).log.is_least
    assert [row.charge.id for row in streamed_log(buyer, wanted)] == order
    rare = LogWanted(replace(EVERY, first=None, after=""), status_named([world.program.settings], "pending"))
    assert call_log(buyer, rare).page.rows == ()


def facts_of_row(world: World, place: int) -> dict[str, Any]:
    """What every row of a long list shares."""
    return {
        "program": world.program, "customer": world.customer, "vendor": world.vendor, "zone": world.customer.zone,
        "kind": ChargeKind.USAGE, "subkind": Subkind.CALL, "usage_id": 900_000_000 + place, "currency": "USD",
        "billed_micros": 45_000_000, "payout_currency": "USD", "external_source": "long", "external_id": f"{place}",
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("preset", "length"), [("lead_credit", "4d"), ("lead_review", "7d"), ("call_marketplace", "")])
def test_windows_are_ranges_of_the_log(preset: str, length: str) -> None:
    assert window_of(standing_world(preset).program.pk) == length


def test_default_range_widens_when_it_finds_nothing(world: World, buyer: Principal) -> None:
    wanted = LogQuery(range="", default_range="4d")
    for days, used in ((400, "all"), (20, "30d"), (1, "4d")):
        at = clock.now() - timedelta(days=days)
        world.charge(occurred_at=at, received_at=at, billed_at=at)
        assert charge_log(buyer, wanted).range == used
    assert Dispute.objects.count() == 0
