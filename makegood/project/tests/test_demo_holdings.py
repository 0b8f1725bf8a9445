"""What the demo finds in a database, and what it keeps its hands off."""

from __future__ import annotations

import pytest

from makegood.parties.entries import SYSTEM
from makegood.parties.models import Program
from makegood.parties.operations import change_settings, create_customer, create_program
from makegood.project.demo.holdings import MARK, ForeignData, Holds, clear, holdings


@pytest.mark.django_db
def test_empty_tables_hold_nothing() -> None:
    assert holdings() is Holds.NOTHING


@pytest.mark.django_db
def test_a_database_in_use_is_not_touched() -> None:
    create_customer(SYSTEM, number="C1", name="Lakeside Plumbing", currency="USD")
    assert holdings() is Holds.OTHER
    with pytest.raises(ForeignData) as refusal:
        clear()
    assert refusal.value.message == (
        "This database holds data that no demo made, and the demo would mix its own into it. Point DATABASE_URL at an "
        "empty database, leave it unset to use a database of the demo's own, or choose another directory with --data."
    )
    assert holdings() is Holds.OTHER


@pytest.mark.django_db
def test_an_interrupted_demo_is_recognized() -> None:
    program = create_program(SYSTEM, key="calls", name="Calls", preset="call_marketplace", settings={})
    change_settings(SYSTEM, program=program, settings={MARK: {"finished": False}})
    assert Program.objects.count() == 1
    assert holdings() is Holds.BROKEN_DEMO
