"""A file that says another amount than was billed proposes a correction; accepted, it is a new charge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from makegood.billing.models import Charge
from makegood.imports.models import Correction
from makegood.imports.operations import accept_correction, dismiss_correction
from makegood.imports.selectors import OpenCorrection, open_corrections
from makegood.imports.states import CorrectionState
from makegood.imports.tests import platform_logs as made
from makegood.imports.tests.logs import Importer, call, only_charge, rejected, write_csv
from makegood.imports.tests.test_import_calls import stored
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted
from tests.refusals import refused, unchanged


def proposed(load: Importer, log: Path, **facts: Any) -> Correction:
    """The correction of a Ringba call that was billed 120.25, and whose amount was overwritten."""
    load(write_csv(log, [made.ringba()]), create_parties=True)
    answer = load(write_csv(log, [made.ringba(**{"conversionAmount": 95, **facts})]))
    assert answer.tally.corrections == 1
    return Correction.objects.order_by("-id")[0]


def accepted(*corrections: Correction) -> list[Answer]:
    """What came of accepting them together."""
    return accept_correction(SYSTEM, ids=[one.pk for one in corrections])


def all_corrections() -> list[dict[str, Any]]:
    """Every correction, as it is stored."""
    return [dict(one) for one in Correction.objects.order_by("id").values()]


def test_an_overwritten_amount_is_proposed_and_the_bill_stays(load: Importer, log: Path) -> None:
    load(write_csv(log, [made.ringba()]), create_parties=True)
    before = list(Charge.objects.values())
    answer = load(write_csv(log, [made.ringba(conversionAmount=95, payoutAmount=50), made.ringba(inboundCallId="2")]))
    assert (answer.tally.imported, answer.tally.corrections, answer.tally.rejected) == (1, 1, 0)
    assert answer.as_json()["corrections_proposed"] == 1
    assert answer.messages == (
        "1 corrections proposed: these calls were billed with other amounts; `makegood import corrections` lists them.",
    )
    assert list(Charge.objects.filter(external_id="RGB01").values()) == before
    (one,) = open_corrections(SYSTEM)
    assert isinstance(one, OpenCorrection)
    assert (one.external_id, one.customer, one.file_name, one.row, one.is_billed) == ("RGB01", "B1", log.name, 2, True)
    assert (one.old, one.new) == ((120_250_000, 0, 70_000_000), (95_000_000, 0, 50_000_000))
    source = Correction.objects.get().source
    assert source is not None
    assert source["conversionAmount"] == "95"


@pytest.mark.parametrize("chunk_rows", [100, 1])
def test_the_same_file_again_proposes_nothing(load: Importer, log: Path, chunk_rows: int) -> None:
    proposed(load, log)
    before = (all_corrections(), list(Charge.objects.values()), JournalEvent.objects.count())
    again = load(log, chunk_rows=chunk_rows).tally
    assert (again.corrections, again.unchanged, again.imported, again.updated, again.rejected) == (0, 1, 0, 0, 0)
    assert (all_corrections(), list(Charge.objects.values()), JournalEvent.objects.count()) == before


def test_a_dry_run_counts_a_correction_and_stores_none(load: Importer, log: Path) -> None:
    load(write_csv(log, [made.ringba()]), create_parties=True)
    before = stored()
    assert load(write_csv(log, [made.ringba(conversionAmount=95)]), dry_run=True).tally.corrections == 1
    assert stored() == before
    assert not Correction.objects.exists()


def test_a_call_that_is_not_billed_any_more_is_proposed_at_nothing(load: Importer, log: Path) -> None:
    one = proposed(load, log, hasConverted=False, conversionAmount=0)
    assert (one.new_billed_micros, one.new_billed_at) == (0, None)
    accepted(one)
    new = Charge.objects.get(corrects_id=one.charge_id)
    assert (new.billed_at, new.billed_micros, new.payout_micros) == (None, 0, 70_000_000)


def test_two_changes_are_two_proposals_and_the_older_goes_with_the_newer(load: Importer, log: Path) -> None:
    older = proposed(load, log)
    load(write_csv(log, [made.ringba(conversionAmount=80)]))
    newer = Correction.objects.exclude(pk=older.pk).get()
    (answer,) = accepted(newer)
    older.refresh_from_db()
    assert (answer.ok, older.state) == (True, CorrectionState.DISMISSED)
    assert open_corrections(SYSTEM) == []


def test_accepting_bills_the_call_anew(load: Importer, log: Path) -> None:
    one = proposed(load, log)
    old = only_charge()
    before = Charge.objects.filter(pk=old.pk).values().get()
    (answer,) = accepted(one)
    assert answer.ok
    new = Charge.objects.get(pk=answer.data["charge_id"])
    assert (new.corrects_id, new.billed_micros, new.payout_micros) == (old.pk, 95_000_000, 70_000_000)
    assert (new.external_source, new.external_id) == ("ringba", "RGB01 (2)")
    assert (new.occurred_at, new.caller_e164, new.duration_s) == (old.occurred_at, old.caller_e164, old.duration_s)
    assert new.billed_at is not None
    assert clock.now() >= new.billed_at > old.occurred_at
    assert new.usage_id != old.usage_id
    assert Charge.objects.filter(pk=old.pk).values().get() == before
    one.refresh_from_db()
    assert (one.state, one.new_charge_id, one.settled_by_label) == (CorrectionState.ACCEPTED, new.pk, SYSTEM.label)
    event = JournalEvent.objects.get(event="charge.corrected")
    assert (event.object_kind, event.object_id, event.customer_id) == ("charge", old.pk, old.customer_id)
    assert event.changes == {
        "billed_micros": [120_250_000, 95_000_000],
        "tax_micros": [0, 0],
        "new_charge_id": new.pk,
        "correction_id": one.pk,
    }


def test_after_accepting_every_file_so_far_changes_nothing(load: Importer, log: Path) -> None:
    accepted(proposed(load, log))
    for amount in (120.25, 95):
        tally = load(write_csv(log, [made.ringba(conversionAmount=amount)])).tally
        assert (tally.unchanged, tally.corrections, tally.imported) == (1, 0, 0)


def test_a_second_correction_corrects_the_first(load: Importer, log: Path) -> None:
    (first,) = accepted(proposed(load, log))
    load(write_csv(log, [made.ringba(conversionAmount=80)]))
    (second,) = accepted(Correction.objects.get(state=CorrectionState.PROPOSED))
    new = Charge.objects.get(pk=second.data["charge_id"])
    assert (new.corrects_id, new.external_id, new.billed_micros) == (first.data["charge_id"], "RGB01 (3)", 80_000_000)


def test_dismissing_leaves_the_bill_and_is_remembered(load: Importer, log: Path) -> None:
    one = proposed(load, log)
    (answer,) = dismiss_correction(SYSTEM, ids=[one.pk])
    assert answer.ok
    assert Charge.objects.count() == 1
    assert load(log).tally.corrections == 0
    assert open_corrections(SYSTEM) == []
    event = JournalEvent.objects.get(event="correction.dismissed")
    assert (event.object_id, event.changes) == (one.charge_id, {"correction_id": one.pk})
    assert accepted(one)[0].ok  # a second thought


def test_what_was_settled_is_settled(load: Importer, log: Path) -> None:
    one = proposed(load, log)
    accepted(one)
    with unchanged():
        refused(accepted(one)[0], "CORRECTION_SETTLED", "This correction was accepted already.")
        (answer,) = dismiss_correction(SYSTEM, ids=[one.pk])
        refused(answer, "CORRECTION_SETTLED", "This correction was accepted already.")
        refused(accept_correction(SYSTEM, ids=[0])[0], "NOT_FOUND", "Not found, or not yours.")


def test_an_open_dispute_keeps_its_charge(load: Importer, log: Path, make_dispute: Any) -> None:
    one = proposed(load, log)
    dispute = make_dispute(only_charge())
    with unchanged():
        refused(
            accepted(one)[0],
            "CHARGE_IN_DISPUTE",
            f"Dispute {dispute} on this charge is open; what it is about cannot change under it. Accept the correction"
            " once the dispute is closed.",
        )


def test_a_standing_credit_keeps_its_charge(load: Importer, log: Path, make_balance: Any) -> None:
    one = proposed(load, log)
    charge = only_charge()
    make_balance(charge, credited_micros=1)
    with unchanged():
        refused(
            accepted(one)[0],
            "MONEY_MOVED",
            "A credit on this charge stands, reckoned from what was billed. Reverse it first; then the correction can"
            " be accepted.",
        )


def test_a_dispute_that_moved_nothing_is_no_hindrance(load: Importer, log: Path, make_balance: Any) -> None:
    one = proposed(load, log)
    make_balance(only_charge())
    assert accepted(one)[0].ok


def test_one_bad_item_does_not_stop_the_others(load: Importer, log: Path) -> None:
    load(write_csv(log, [made.ringba(), made.ringba(inboundCallId="2")]), create_parties=True)
    load(write_csv(log, [made.ringba(conversionAmount=1), made.ringba(inboundCallId="2", conversionAmount=2)]))
    ids = list(Correction.objects.order_by("-id").values_list("pk", flat=True))
    answers = accept_correction(SYSTEM, ids=[ids[0], 0, ids[1]])
    assert [(one.ordinal, one.ok, one.code) for one in answers] == [
        (0, True, ""),
        (1, False, "NOT_FOUND"),
        (2, True, ""),
    ]


def test_settling_needs_the_permission(load: Importer, log: Path, buyer: Principal) -> None:
    one = proposed(load, log)
    for settle in (accept_correction, dismiss_correction):
        with pytest.raises(NotPermitted), unchanged():
            settle(buyer, ids=[one.pk])
    with pytest.raises(NotPermitted):
        open_corrections(buyer)


def test_another_currency_is_no_correction(load: Importer, log: Path) -> None:
    load(write_csv(log, [call()]))
    answer = load(write_csv(log, [call(buyer_id="B2", revenue="80.00")]))
    assert (answer.tally.corrections, answer.tally.rejected) == (0, 1)
    assert [row["code"] for row in rejected(log)] == ["CHARGE_CHANGED"]


CORRECTING = {"transaction_id": "AAAA-0002", "corrects_transaction_id": "AAAA-0001"}


@pytest.mark.parametrize("chunk_rows", [100, 1])
@pytest.mark.parametrize("correction_first", [True, False])
def test_a_row_that_corrects_another_is_no_charge(
    load: Importer, log: Path, chunk_rows: int, *, correction_first: bool
) -> None:
    rows = [made.invoca(), made.invoca(**CORRECTING, advertiser_payin_localized="90.00")]
    path = write_csv(log, rows[::-1] if correction_first else rows)
    tried = load(path, dry_run=True, chunk_rows=chunk_rows).tally
    tally = load(path, chunk_rows=chunk_rows).tally
    assert (tally.imported, tally.corrections, tally.rejected) == (1, 1, 0)
    assert tried == tally
    assert (only_charge().external_id, only_charge().billed_micros) == ("AAAA-0001", 120_250_000)
    again = load(path, chunk_rows=chunk_rows).tally
    assert (again.imported, again.corrections, again.unchanged, again.updated) == (0, 0, 2, 0)
    (answer,) = accepted(Correction.objects.get())
    new = Charge.objects.get(pk=answer.data["charge_id"])
    assert (new.external_id, new.billed_micros) == ("AAAA-0002", 90_000_000)
    last = load(path, chunk_rows=chunk_rows).tally
    assert (last.imported, last.corrections, last.unchanged) == (0, 0, 2)


def test_a_correction_that_says_the_same_amounts_changes_nothing(load: Importer, log: Path) -> None:
    tally = load(write_csv(log, [made.invoca(), made.invoca(**CORRECTING, duration="61")])).tally
    assert (tally.imported, tally.unchanged, tally.corrections) == (1, 1, 0)


def test_a_correction_of_a_correction_is_one_of_the_call(load: Importer, log: Path) -> None:
    third = {"transaction_id": "AAAA-0003", "corrects_transaction_id": "AAAA-0002"}
    rows = [
        made.invoca(),
        made.invoca(**third, advertiser_payin_localized="80.00"),
        made.invoca(**CORRECTING, advertiser_payin_localized="90.00"),
    ]
    assert load(write_csv(log, rows)).tally.corrections == 2
    assert set(Correction.objects.values_list("charge_id", flat=True)) == {only_charge().pk}
    fourth = {"transaction_id": "AAAA-0004", "corrects_transaction_id": "AAAA-0003"}
    assert load(write_csv(log, [made.invoca(**fourth, advertiser_payin_localized="70.00")])).tally.corrections == 1
    assert set(Correction.objects.values_list("charge_id", flat=True)) == {only_charge().pk}


@pytest.mark.parametrize(
    "rows",
    [
        [made.invoca(**CORRECTING)],
        [made.invoca(**CORRECTING), made.invoca(transaction_id="AAAA-0001", corrects_transaction_id="AAAA-0002")],
    ],
    ids=["unknown", "circle"],
)
def test_a_correction_of_what_was_never_imported_is_rejected(
    load: Importer, log: Path, rows: list[dict[str, Any]]
) -> None:
    tally = load(write_csv(log, rows)).tally
    assert (tally.imported, tally.rejected, tally.corrections) == (0, len(rows), 0)
    first = rejected(log)[0]
    assert (first["row"], first["column"], first["code"], first["reason"]) == (
        "2",
        "corrects_transaction_id",
        "CORRECTS_UNKNOWN",
        'This row corrects "AAAA-0001", which was never imported. Import the file that holds it first.',
    )
    assert not Correction.objects.exists()


def test_a_correction_for_another_customer_is_rejected(load: Importer, log: Path) -> None:
    rows = [made.invoca(), made.invoca(**CORRECTING, advertiser_id_from_network="B2", advertiser_name="Bolt")]
    tally = load(write_csv(log, rows)).tally
    assert (tally.imported, tally.corrections, tally.rejected) == (1, 0, 1)
    assert [row["code"] for row in rejected(log)] == ["CHARGE_CHANGED"]
