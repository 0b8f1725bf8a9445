"""The demo's data as it stands after seeding: everything went through the real verbs, and the books balance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.storage import FileSystemStorage, storages
from pytest_django import DjangoDbBlocker

from makegood.billing.models import Campaign, Charge, Payment
from makegood.billing.selectors import charges_visible_to
from makegood.billing.selectors.issued import issued_bills
from makegood.disputes.models import (
    BulkPlan,
    Calendar,
    Dispute,
    DisputeFile,
    GuidedDispute,
    Heard,
    PolicyVersion,
    Resolution,
    Review,
    SlaClock,
)
from makegood.disputes.operations.keep_clocks import keep_clocks
from makegood.disputes.selectors.laws import LAWS as DISPUTE_LAWS
from makegood.disputes.selectors.policies import forget_parsed
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.states import (
    ClockOutcome,
    ClockUnit,
    Origin,
    Outcome,
    ReviewState,
    ReviewVerdict,
    RoundOrigin,
    Stage,
)
from makegood.evidence.models import Recording
from makegood.evidence.states import RecordingState
from makegood.imports.models import Upload
from makegood.imports.states import UploadState
from makegood.kernel import clock
from makegood.ledger.selectors import adjustments_of, proof
from makegood.ledger.selectors.laws import broken
from makegood.notifications.selectors.digests import Card, cards
from makegood.parties.entries import Principal
from makegood.parties.models import Contact, User
from makegood.parties.selectors import customers_visible_to, principal_of
from makegood.project.demo import clips, hours, recordings
from makegood.project.demo.cast import CAMPAIGN_BY_NUMBER, PROGRAM, VERTICAL_BY_CODE
from makegood.project.demo.holdings import Holds, holdings
from makegood.project.demo.leads import generator
from makegood.project.demo.leads.cast import CREDITS, REVIEWS
from makegood.project.demo.people import BILLING, BUYER, LEAD_BUYER, MANAGER, OTHER_BUYER, PEOPLE, VENDOR, Person
from makegood.project.demo.plans import FULLY, PARTLY, STORIES, WAITING, Named
from makegood.project.demo.seeding import seed_all
from makegood.project.demo.telecom import mobile
from makegood.project.demo.telecom.accounts import VANS
from makegood.webhooks.models import Endpoint
from tests.refusals import run
from tests.standing import Beginning

NOW = datetime(2026, 3, 25, 15, 17, 33, tzinfo=UTC)
ROWS = 1_500

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: Beginning, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A small demo, made once for the tests of this module."""
    with django_db_blocker.unblock():
        django_db_setup.return_to()
        forget_parsed()
        run("ALTER SEQUENCE disputes_number_seq RESTART")  # an empty database begins at D-10001
        with clock.frozen(NOW), pytest.MonkeyPatch.context() as patched:
            files = FileSystemStorage(location=tmp_path_factory.mktemp("files"))
            patched.setitem(vars(storages)["_storages"], "evidence", files)
            patched.setattr(recordings, "CLIPS", {"robot-2": clips.CLIPS["robot-2"]})
            seed_all(rows=ROWS, seed=42, now=NOW, folder=tmp_path_factory.mktemp("demo"))
            yield
        django_db_setup.return_to()
        forget_parsed()


def _principal(person: Person) -> Principal:
    return principal_of(User.objects.get(email=person.email))


def _dispute(named: Named) -> Dispute:
    return Dispute.objects.get(charge__external_id=named.call_id)


def _cards_opened(person: Person, age: timedelta) -> list[Card]:
    """The messages of a person that were opened at that age."""
    near = timedelta(minutes=10)
    return [card for card in cards(_principal(person)) if abs(NOW - age - card.opened_at) < near]


def test_every_call_of_the_log_landed() -> None:
    calls = Charge.objects.filter(program__key=PROGRAM)
    assert calls.count() == ROWS
    assert 0.4 < calls.filter(billed_at__isnull=False).count() / ROWS < 0.6
    assert set(calls.values_list("currency", flat=True)) == {"USD", "CAD", "JPY"}


def test_every_disputed_call_that_was_recorded_can_be_heard() -> None:
    recorded = Dispute.objects.filter(charge__recording_enabled=True).exclude(origin=Origin.QA_PROACTIVE)
    heard = Recording.objects.filter(state=RecordingState.READY)
    assert recorded.count() > 20
    assert not recorded.exclude(charge__in=heard.values("charge")).exists()
    others = heard.count() - recorded.values("charge").distinct().count()
    assert recordings.UNDISPUTED < others <= recordings.UNDISPUTED + recordings.SAMPLED
    assert not Recording.objects.exclude(state=RecordingState.READY).exists()


def test_bills_and_leads_landed_in_their_programs() -> None:
    found = Counter(Charge.objects.exclude(program__key=PROGRAM).values_list("program__key", "subkind"))
    assert {key for key, _ in found} == {"telecom", CREDITS, REVIEWS}
    assert all(found[key, "lead"] > 150 for key in (CREDITS, REVIEWS))
    assert found["telecom", "recurring"] > 900
    assert {pair for pair in found if pair[0] != "telecom"} == {(CREDITS, "lead"), (REVIEWS, "lead")}


def test_the_worked_example_can_be_filed_and_has_been_worked_before() -> None:
    feature = Charge.objects.get(invoice_number=1984950, feature_id=10986)
    record = Charge.objects.get(invoice_number=1984950, usage_id=465320)
    assert (feature.billed_micros, record.billed_micros) == (4_950_000, 1_500_000)
    assert not Dispute.objects.filter(charge__in=[feature, record]).exists()
    worked = Dispute.objects.get(label="D-10003")
    assert (worked.charge.invoice_number, worked.charge.feature_id) == (1003324, 103254)
    assert (worked.amount_micros, worked.stage) == (9_990_000, Stage.CLOSED)
    assert worked.description == "Customer is disputing invoice charge."
    assert worked.resolution is not None
    assert (worked.resolution.pk, worked.resolution.label) == (303, "Approved")
    assert Resolution.objects.get(pk=1).program == worked.program
    assert worked.charge.feature_label == "MONTHLY FEE"
    bill = worked.charge.invoice
    assert bill is not None
    assert (bill.bill_period.number, bill.category_id) == (21180214, 12)
    assert worked.charge.service is not None
    assert (worked.charge.service.number, worked.customer.number) == ("1234567890", "1234")
    assert [(a.kind, a.amount_micros) for a in adjustments_of(worked.pk)] == [
        ("credit", -9_990_000),
        ("reversal", 9_990_000),
        ("reversal_fee", 5_000_000),
    ]


def test_one_case_was_made_in_steps_and_has_an_outcome_per_line() -> None:
    lines = Dispute.objects.filter(submission__isnull=False).select_related("reason").order_by("line")
    assert [str(line) for line in lines] == [f"D-{lines[0].number}.{n}" for n in (1, 2, 3)]
    assert [(line.outcome, line.stage, line.reason.code) for line in lines if line.reason] == [
        (Outcome.ACCEPTED, Stage.CLOSED, "DOUBLE_CHARGE"),
        (Outcome.ACCEPTED_PARTIAL, Stage.CLOSED, "UNEXPECTED_FEE"),
        (None, Stage.PENDING, "UNEXPECTED_CHARGE"),
    ]
    made = GuidedDispute.objects.get(state="submitted")
    assert [(one["number"], one["ok"]) for one in made.filed] == [(str(line), True) for line in lines]


def test_a_question_waits() -> None:
    asked = Dispute.objects.get(stage=Stage.INFO_NEEDED, program__key="telecom")
    assert asked.charge.feature_label.startswith("Fiber 1G")


def test_a_second_look_overturned_a_decline() -> None:
    dispute = Dispute.objects.get(charge__external_id=generator.OVERTURNED)
    assert (dispute.round, dispute.round_origin, dispute.outcome) == (2, RoundOrigin.RE_REVIEW, Outcome.ACCEPTED)
    first, second = dispute.decisions.order_by("round")
    assert (first.kind, second.kind) == ("reject", "accept")
    assert first.by_id != second.by_id


def test_reviewed_leads_are_credited_before_they_are_billed() -> None:
    waiting = Dispute.objects.filter(charge__billed_at__isnull=True, outcome=Outcome.ACCEPTED)
    assert {key for (key,) in waiting.values_list("program__key")} == {REVIEWS}
    accounts = run(
        "SELECT DISTINCT a.kind FROM ledger_adjustment j JOIN ledger_posting p ON p.entry_id = j.entry_id"
        " JOIN ledger_account a ON a.id = p.account_id WHERE j.dispute_id = ANY(%(ids)s)",
        ids=list(waiting.values_list("pk", flat=True)),
    )
    assert ("ACCRUED",) in accounts
    assert ("AR",) not in accounts


def test_leads_at_the_edge_say_why() -> None:
    pk = dict(Charge.objects.filter(external_id__startswith="LD").values_list("external_id", "pk"))
    named = {
        generator.INSIDE: "ok",
        generator.OUTSIDE: "WINDOW_EXPIRED",
        generator.SEVEN_DAYS: "WINDOW_EXPIRED",
        generator.UNRECORDED: "NO_RECORDING",
        generator.CAPPED[-1]: "BUYER_DAILY_CAP",
    }
    said = verdicts([pk[lead] for lead in named])
    heads = {lead: said[pk[lead]].headline for lead in named}
    assert {lead: head.code if head else "ok" for lead, head in heads.items()} == named


def test_leads_stand_in_all_four_statuses_before_and_after_they_are_billed() -> None:
    leads = charges_visible_to(_principal(LEAD_BUYER)).filter(program__key=REVIEWS)
    assert set(leads.values_list("lead_channel", flat=True)) == {"phone", "form"}
    assert {at is None for at in leads.values_list("billed_at", flat=True)} == {True, False}
    of_all = Dispute.objects.filter(program__key=REVIEWS)
    assert {Stage.PENDING, Stage.IN_REVIEW, Stage.CLOSED} <= set(of_all.values_list("stage", flat=True))
    assert leads.exclude(pk__in=of_all.values("charge")).exists()


def test_quality_assurance_heard_what_nobody_disputed() -> None:
    found = Counter(Review.objects.values_list("state", "verdict"))
    assert {state for state, _ in found} == {ReviewState.QUEUED, ReviewState.CLAIMED, ReviewState.DONE}
    assert found[ReviewState.DONE, ReviewVerdict.BILLABLE] > 1
    credited = Dispute.objects.filter(origin=Origin.QA_PROACTIVE, outcome=Outcome.ACCEPTED)
    assert credited.exists()
    assert Heard.objects.filter(decision__dispute__in=credited).exists()
    assert Review.objects.filter(tags__contains=["new customer"]).exists()


def test_people_left_something_open() -> None:
    assert BulkPlan.objects.get().selected > 1
    versions = PolicyVersion.objects.filter(policy__program__key=PROGRAM)
    assert versions.filter(published_at__isnull=True).count() == 1
    assert Upload.objects.get().state == UploadState.CHECKED
    assert Endpoint.objects.get().state == "paused"
    assert GuidedDispute.objects.get(state="open").customer.name == "Riverside Dental"
    assert DisputeFile.objects.get().dispute.customer.name == "Riverside Dental"
    assert Contact.objects.get().email == "csr@demo.example"


def test_mobile_lines_have_records_by_day_on_bills_and_since() -> None:
    records = Charge.objects.filter(customer__number=VANS.number, kind="usage")
    assert Counter(records.values_list("subkind", flat=True)).keys() == {"data", "message", "call"}
    assert set(records.values_list("service__number", flat=True)) == set(VANS.phones)
    billed = records.filter(invoice__isnull=False)
    assert billed.values("invoice").distinct().count() == mobile.WITH_RECORDS
    waiting = records.filter(billed_at=None)
    assert waiting.count() > 30
    days = waiting.filter(subkind="data").values_list("occurred_at", flat=True)
    assert len({at.astimezone(ZoneInfo(VANS.zone)).date() for at in days}) == (NOW.date() - date(2026, 3, 1)).days
    owed = [bill for bill in issued_bills(_principal(BILLING), records[0].customer_id) if not bill.is_paid]
    assert owed == []


def test_clocks_count_by_the_office() -> None:
    office = Calendar.objects.get(key=hours.OFFICE)
    assert (office.opens_at, office.closes_at, office.weekdays) == (time(8), time(18), [0, 1, 2, 3, 4])
    assert office.holidays.filter(on=date(2026, 12, 25)).exists()
    while keep_clocks():
        pass
    running = SlaClock.objects.filter(calendar=office, outcome=ClockOutcome.RUNNING)
    units = Counter(running.values_list("dispute__program__key", "unit"))
    assert units["telecom", ClockUnit.OPEN_HOURS] > 0
    assert units[REVIEWS, ClockUnit.BUSINESS_DAYS] > 0
    for clock_row in running.filter(unit=ClockUnit.OPEN_HOURS):
        at = clock_row.breach_at or clock_row.target_at
        assert at is not None
        local = at.astimezone(ZoneInfo("America/New_York"))
        assert time(8) <= local.time() <= time(18)
        assert local.weekday() < 5


def test_customers_paid_their_bills() -> None:
    who = _principal(BILLING)
    bills = [bill for customer in customers_visible_to(who) for bill in issued_bills(who, customer.pk)]
    states = Counter((bill.is_paid, bill.is_overdue(NOW.date())) for bill in bills)
    assert states[True, False] > 150
    assert states[False, True] > 0
    assert Payment.objects.filter(invoice=None).count() == 1


def test_the_books_balance() -> None:
    found = proof()
    assert found.breaks == ()
    assert found.holds
    assert found.adjustments > 10


def test_no_invariant_is_broken() -> None:
    assert list(broken(DISPUTE_LAWS)) == []


def test_disputes_of_every_ending_are_there() -> None:
    found = Counter(Dispute.objects.values_list("stage", "outcome"))
    assert set(found) == {
        (Stage.PENDING, None),
        (Stage.IN_REVIEW, None),
        (Stage.INFO_NEEDED, None),
        (Stage.WITHDRAWN, None),
        (Stage.CLOSED, Outcome.ACCEPTED),
        (Stage.CLOSED, Outcome.ACCEPTED_PARTIAL),
        (Stage.CLOSED, Outcome.REJECTED),
    }


def test_the_past_lies_in_the_past() -> None:
    for dispute in Dispute.objects.select_related("charge"):
        assert dispute.submitted_at is not None
        assert (dispute.charge.billed_at or dispute.charge.received_at) < dispute.submitted_at <= NOW
        if dispute.decided_at is not None:
            assert dispute.submitted_at <= dispute.decided_at < NOW
            assert dispute.submitted_at < dispute.decided_at or dispute.origin == Origin.QA_PROACTIVE


def test_the_manager_hears_of_three_new_disputes_at_once() -> None:
    (card,) = _cards_opened(MANAGER, timedelta(hours=9, minutes=20))
    assert card.text == "3 new disputes submitted by Buyers"
    assert card.is_unread
    assert {_dispute(named).stage for named in WAITING} == {Stage.PENDING}


def test_the_buyer_hears_of_two_reviews_at_once() -> None:
    (card,) = _cards_opened(BUYER, timedelta(hours=25, minutes=59))
    assert card.text == "2 disputes have been reviewed."
    assert card.is_unread


def test_the_vendor_hears_of_two_changed_revenues_at_once() -> None:
    (card,) = _cards_opened(VENDOR, timedelta(hours=25, minutes=59))
    assert card.text == "Call revenue for 2 calls has been adjusted."
    assert card.is_unread


def test_a_part_of_twenty_takes_back_its_share_of_the_payout() -> None:
    dispute = _dispute(PARTLY)
    (credit,) = adjustments_of(dispute.pk)
    assert (dispute.charge.billed_micros, dispute.charge.payout_micros) == (45_000_000, 30_000_000)
    assert dispute.outcome == Outcome.ACCEPTED_PARTIAL
    assert (credit.amount_micros, credit.clawback_micros) == (-20_000_000, -13_333_333)


def test_a_full_accept_takes_back_the_whole_payout() -> None:
    (credit,) = adjustments_of(_dispute(FULLY).pk)
    assert (credit.amount_micros, credit.clawback_micros) == (-45_000_000, -30_000_000)


def test_people_sign_in_and_see_their_part() -> None:
    for person in PEOPLE:
        assert User.objects.get(email=person.email).check_password(person.password)
    seen = {
        person: set(charges_visible_to(_principal(person)).values_list("customer__number", flat=True))
        for person in (BUYER, OTHER_BUYER)
    }
    assert seen == {BUYER: {"C111", "C112", "C115"}, OTHER_BUYER: {"C120"}}
    assert charges_visible_to(_principal(MANAGER)).count() == Charge.objects.count() > ROWS


def test_campaigns_publish_their_conditions() -> None:
    for campaign in Campaign.objects.all():
        asked = CAMPAIGN_BY_NUMBER[campaign.number]
        assert campaign.name == asked.name
        assert campaign.criteria["duplicate_window_days"] == asked.duplicate_window_days
        assert campaign.criteria["text"] == asked.text
        assert campaign.criteria["billable_after_s"] == VERTICAL_BY_CODE[asked.vertical].billable_after_s


def test_named_calls_are_found_by_their_ids() -> None:
    assert Charge.objects.filter(external_id__in=[named.call_id for named in STORIES]).count() == len(STORIES)


def test_a_seeded_database_is_known_as_a_finished_demo() -> None:
    assert holdings() is Holds.DEMO
