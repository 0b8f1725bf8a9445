"""The daily proof: when it is due, what it writes, whom it tells, and that two do not prove at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from makegood.insights.tests.world import imported
from makegood.journal.models import JournalEvent
from makegood.journal.selectors import history
from makegood.kernel import clock
from makegood.notifications import tasks as notifications
from makegood.notifications.selectors import cards
from makegood.notifications.tests.world import release_journal
from makegood.project import proving
from makegood.project.invariants import EVERY_LAW
from tests.concurrency.threads import all_of
from tests.refusals import run
from tests.world import World

LOOSE = """
ALTER TABLE billing_charge DROP CONSTRAINT charge_one_link;
ALTER TABLE billing_charge DISABLE TRIGGER USER"""
TIGHT = """
DELETE FROM billing_charge;
ALTER TABLE billing_charge ENABLE TRIGGER USER;
ALTER TABLE billing_charge ADD CONSTRAINT charge_one_link CHECK (
  (kind = 'usage' AND usage_id IS NOT NULL AND feature_id IS NULL)
  OR (kind = 'invoice_feature' AND feature_id IS NOT NULL AND invoice_id IS NOT NULL AND usage_id IS NULL
      AND usage_batch_id IS NULL))"""


def proofs() -> list[JournalEvent]:
    return [event for event in history("system", 0) if event.event == "system.verified"]


def test_a_proof_is_due_once_a_day(committed_world: World) -> None:
    assert proving.is_due()
    assert proving.prove_if_due() == []
    assert not proving.is_due()
    assert proving.prove_if_due() is None
    with clock.shifted(timedelta(hours=23, minutes=59)):
        assert proving.prove_if_due() is None
    with clock.shifted(timedelta(days=1)):
        assert proving.prove_if_due() == []
    assert [proof.changes for proof in proofs()] == [
        {"laws": len(EVERY_LAW), "broken": [], "breaks": [], "sentence": ""}
    ] * 2


def test_what_is_broken_is_written_and_told_to_admins(committed_world: World, caplog: pytest.LogCaptureFixture) -> None:
    admin, manager = committed_world.person("admin"), committed_world.person("manager")
    charge = committed_world.charge()
    imported(committed_world.program, charge.received_at.date().isoformat())
    for statement in LOOSE.split(";"):
        run(statement)
    try:
        run("UPDATE billing_charge SET usage_id = NULL")
        breaks = proving.prove_if_due()
        law = "every charge is one feature or one usage record"
        assert breaks is not None
        assert [found.law for found in breaks] == [law]
        words = f'"{law}": charge {charge.pk} is a usage with feature none and usage none.'
        [proof] = proofs()
        assert (proof.changes["broken"], proof.changes["sentence"]) == ([law], f"First: {words}")
        assert words in caplog.text
        release_journal()
        notifications.run()
        with clock.shifted(timedelta(minutes=1)):
            notifications.run()
        expected = f"The books do not prove: 1 of {len(EVERY_LAW)} invariants is broken. First: {words}"
        assert [card.text for card in cards(admin)] == [expected]
        assert cards(manager) == []
    finally:
        for statement in TIGHT.split(";\n"):
            run(statement)


def test_a_proof_that_fails_leaves_no_trace_and_stays_due(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "EVERY_LAW", {"nonsense": "SELECT 1 / 0, 'x'"})
    with pytest.raises(Exception, match="division by zero"):
        proving.prove_if_due()
    assert proofs() == []
    assert proving.is_due()


def test_readers_of_the_journal_are_not_held_back_by_a_proof(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = "SELECT 'proof', 'writes' WHERE pg_current_xact_id_if_assigned() IS NOT NULL"
    monkeypatch.setattr(proving, "EVERY_LAW", {"only a transaction that writes holds readers back": law})
    assert proving.prove_if_due() == []
    assert len(proofs()) == 1


def test_a_proof_may_take_as_long_as_it_takes(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    law = """SELECT name, setting FROM pg_settings
             WHERE name IN ('statement_timeout', 'transaction_timeout') AND setting <> '0'"""
    monkeypatch.setattr(proving, "EVERY_LAW", {"nothing is cut off": law})
    run("SET statement_timeout = '5min'; SET transaction_timeout = '10min'")
    try:
        assert proving.prove_if_due() == []
    finally:
        run("RESET statement_timeout; RESET transaction_timeout")


def test_a_proof_that_breaks_off_is_begun_again_after_ever_longer_waits(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[float] = []
    now = 0.0

    def broken() -> None:
        begun.append(now)
        raise ConnectionError("the server went away")

    monkeypatch.setattr(proving, "prove_if_due", broken)
    monkeypatch.setattr(proving, "monotonic", lambda: now)
    proof = proving._Proof()
    for minute in range(3 * 24 * 60):
        now = 60.0 * minute
        proof.start_if_due()
        proof.wait(60)
    assert begun[:5] == [0, 120, 360, 840, 1800]
    assert [later - sooner for sooner, later in zip(begun[-4:], begun[-3:], strict=False)] == [6 * 3600.0] * 3


def test_two_workers_prove_once(committed_world: World) -> None:
    given = all_of([proving.prove_if_due] * 3)
    assert [] in given
    assert len(proofs()) == given.count([])
    assert proving.prove_if_due() is None


def test_who_finds_another_proving_leaves_it_to_them(committed_world: World) -> None:
    def prove() -> object:
        return proving.prove_if_due()

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [proving.LOCK])
        assert all_of([prove]) == (None,)
    assert proofs() == []


def test_the_worker_proves_beside_its_other_work(committed_world: World) -> None:
    assert proving.run() == 0
    proving.PROOF.wait(60)
    assert len(proofs()) == 1
    assert proving.run() == 0
    proving.PROOF.wait(60)
    assert len(proofs()) == 1


def test_a_proof_that_breaks_off_is_told_in_the_log(
    committed_world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ConnectionError("the server went away")

    monkeypatch.setattr(proving, "prove_if_due", broken)
    monkeypatch.setattr(proving, "PROOF", proving._Proof())
    proving.run()
    proving.PROOF.wait(60)
    assert "the daily proof broke off; it will be begun again" in caplog.text
    assert proving.is_due()
