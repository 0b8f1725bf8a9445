"""Every law has one name and runs; every invariant is kept by something that exists; each law is broken by a test."""

from __future__ import annotations

import pytest

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, SubmitItem
from makegood.disputes.states import DecisionKind
from makegood.insights import tasks as insights
from makegood.insights.models import CohortDay
from makegood.kernel import clock
from makegood.ledger.selectors.laws import broken
from makegood.notifications import tasks as notifications
from makegood.notifications.models import Digest, DigestItem
from makegood.notifications.tests.world import release_journal
from makegood.parties.entries import Principal
from makegood.project.invariants import ENFORCED, EVERY_LAW, LAWS_OF, PROPERTIES, Invariant
from tests.architecture.layers import ROOT
from tests.architecture.test_constraints_are_tried import in_catalog
from tests.refusals import run
from tests.world import World

ALL = (*PROPERTIES, *ENFORCED)


def broken_laws() -> set[str]:
    return {found.law for found in broken(EVERY_LAW)}


def test_no_two_laws_share_a_name() -> None:
    assert sum(len(laws) for laws in LAWS_OF.values()) == len(EVERY_LAW)


def test_invariants_name_laws_that_exist() -> None:
    named = {law for invariant in ALL for law in invariant.laws}
    assert named - set(EVERY_LAW) == set()
    apps = ("billing", "notifications", "insights", "webhooks")
    assert {law for app in apps for law in LAWS_OF[app]} - named == set()


@pytest.mark.django_db
def test_invariants_name_constraints_that_exist() -> None:
    named = {name for invariant in ALL for name in invariant.constraints}
    assert named <= in_catalog()


@pytest.mark.parametrize("invariant", ALL, ids=lambda invariant: invariant.text[:40])
def test_every_invariant_is_kept_by_something(invariant: Invariant) -> None:
    assert invariant.laws or invariant.constraints or invariant.tests
    assert [path for path in invariant.tests if not (ROOT / path).is_file()] == []


@pytest.fixture
def told(world: World, buyer: Principal, manager: Principal) -> World:
    """A credit whose vendor was told of it, and whose figures were counted."""
    world.person("vendor", vendor_number="V1")
    [answer] = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "SPAM", "Automated voice")])
    item = DecisionItem(answer.id or 0, DecisionKind.ACCEPT, note="Heard it in full.")
    assert operations.decide(manager, items=[item])[0].ok
    with clock.frozen(clock.now().replace(year=clock.now().year + 1)):
        operations.commit_due()
        release_journal()
        notifications.run()
        insights.run()
    assert broken_laws() == set()
    return world


@pytest.mark.parametrize(
    ("damage", "law"),
    [
        (
            "UPDATE notifications_digest SET count = 7 WHERE template = 'vendor_revenue'",
            "every message counts its items",
        ),
        (
            "UPDATE notifications_digest_item SET delta = delta - 1 WHERE template = 'vendor_revenue'",
            "vendors are told exactly what was posted",
        ),
        (
            "DELETE FROM notifications_digest_item WHERE template = 'vendor_revenue'",
            "every posting to a vendor is told",
        ),
        ("UPDATE notifications_digest_item SET event_id = -event_id", "every message tells of what happened"),
        ("UPDATE insights_cohort_day SET credited_micros = 0", "cohort figures equal a rebuild"),
        ("DELETE FROM insights_cohort_day", "cohort figures equal a rebuild"),
        ("UPDATE insights_day_total SET accepted = 0 WHERE by = 'vendor_id'", "totals equal their cohort days"),
    ],
)
def test_damage_is_seen(told: World, damage: str, law: str) -> None:
    run(damage)
    assert law in broken_laws()


def test_damage_by_a_doubled_message_is_seen(told: World) -> None:
    run("ALTER TABLE notifications_digest_item DROP CONSTRAINT told_once")
    item = DigestItem.objects.filter(template="vendor_revenue").get()
    item.pk = None
    item.save(force_insert=True)
    assert "nobody is told one event twice" in broken_laws()


def test_the_proof_has_something_to_look_at(told: World) -> None:
    assert DigestItem.objects.filter(template="vendor_revenue").count() == 1
    assert Digest.objects.filter(count__gt=0).exists()
    assert CohortDay.objects.filter(credited_micros__gt=0).exists()


@pytest.mark.parametrize(
    ("damage", "law"),
    [
        (
            "ALTER TABLE billing_charge DROP CONSTRAINT charge_one_link;"
            " ALTER TABLE billing_charge DISABLE TRIGGER USER;"
            " UPDATE billing_charge SET usage_id = NULL",
            "every charge is one feature or one usage record",
        ),
        (
            "ALTER TABLE billing_charge DISABLE TRIGGER USER; UPDATE billing_charge SET corrects_id = id",
            "every correction corrects a charge of its program",
        ),
    ],
)
def test_damage_to_charges_is_seen(world: World, damage: str, law: str) -> None:
    world.charge()
    for statement in damage.split(";"):
        run(statement)
    assert broken_laws() >= {law}


PERIOD = """
INSERT INTO billing_bill_period (id, customer_id, number, starts_on, ends_on, status)
VALUES (%(id)s, %(customer)s, %(id)s, '2026-11-01', '2026-12-01', 'open')"""
INVOICE = """
INSERT INTO billing_invoice (id, number, customer_id, bill_period_id, currency, issued_at, due_on, total_micros,
                             usage_alias, status)
VALUES (1, 1984950, %(customer)s, %(period)s, %(currency)s, now(), '2026-12-15', 1, '', 'issued')"""


def test_overlapping_periods_are_seen(world: World) -> None:
    run("ALTER TABLE billing_bill_period DROP CONSTRAINT bill_periods_do_not_overlap")
    run(PERIOD, id=1, customer=world.customer.pk)
    run(PERIOD, id=2, customer=world.customer.pk)
    assert broken_laws() == {"bill periods of a customer do not overlap"}


def test_an_invoice_in_a_period_of_somebody_else_is_seen(world: World) -> None:
    run(PERIOD, id=1, customer=world.other_customer.pk)
    run(INVOICE, customer=world.customer.pk, period=1, currency="USD")
    assert broken_laws() == {"every invoice lies in a bill period of its customer"}


def test_a_charge_in_another_currency_than_its_invoice_is_seen(world: World) -> None:
    run(PERIOD, id=1, customer=world.customer.pk)
    run(INVOICE, customer=world.customer.pk, period=1, currency="EUR")
    world.charge(invoice_id=1, invoice_number=1984950)
    assert "every charge has the currency of its customer's invoice" in broken_laws()
