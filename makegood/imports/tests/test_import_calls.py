"""An import changes nothing twice, overwrites no bill, stores nothing when tried, and keeps its memory small."""

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from makegood.billing.models import Campaign, Charge
from makegood.imports.entries import Options
from makegood.imports.errors import MissingOptions, RejectsInTheWay, UnknownProgram
from makegood.imports.models import ImportBatch
from makegood.imports.operations import import_calls
from makegood.imports.tests.logs import Importer, call, only_charge, raw_of, rejected, trackdrive, write_csv
from makegood.journal.models import JournalEvent
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import NotPermitted, UnknownCustomer, UnknownZone
from makegood.parties.models import Customer, Vendor
from tests.world import World


def stored() -> tuple[object, ...]:
    """Everything an import may write."""
    return (
        list(Charge.objects.order_by("id").values()),
        *(model.objects.count() for model in (Customer, Vendor, Campaign, ImportBatch, JournalEvent)),
    )


def calls(count: int, **facts: str) -> list[dict[str, str]]:
    """So many calls, every other one billed."""
    return [call(call_id=f"c{n}", converted=("yes", "no")[n % 2], **facts) for n in range(count)]


def test_the_second_import_changes_nothing(load: Importer, log: Path) -> None:
    path = write_csv(log, calls(7))
    first = load(path, chunk_rows=3)
    before = list(Charge.objects.order_by("id").values())
    second = load(path, chunk_rows=2)
    assert (first.tally.imported, first.tally.unchanged) == (7, 0)
    assert (second.tally.imported, second.tally.unchanged, second.tally.updated, second.tally.rejected) == (0, 7, 0, 0)
    assert list(Charge.objects.order_by("id").values()) == before
    assert second.sums() == first.sums() == {"USD": {"billed": "398.00", "payout": "420.00"}}
    assert second.messages[0].endswith(": 0 changes.")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"buyer_id": "B2"}, "billed as $99.50 with a payout of $60.00 for one party and now says another customer"),
        ({"vendor_id": "V2"}, "billed as $99.50 with a payout of $60.00 for one party and now says another customer"),
        ({"buyer_id": "B2", "revenue": "80.00"}, "billed as $99.50 and now says $80.00."),
    ],
)
def test_another_party_of_a_billed_call_is_never_taken(
    load: Importer, log: Path, facts: dict[str, str], reason: str
) -> None:
    load(write_csv(log, [call()]))
    before = list(Charge.objects.values())
    assert load(write_csv(log, [call(**facts)])).tally.rejected == 1
    (row,) = rejected(log)
    assert row["code"] == "CHARGE_CHANGED"
    assert reason in row["reason"]
    assert list(Charge.objects.values()) == before


def test_other_facts_of_a_billed_call_stay_and_are_told(load: Importer, log: Path) -> None:
    load(write_csv(log, [call()]))
    answer = load(write_csv(log, [call(duration_s="77")]))
    assert (answer.tally.unchanged, answer.tally.rejected) == (1, 0)
    assert answer.messages == (
        "1 calls came with other facts than they were billed with; a billed call stays as it is.",
    )
    assert only_charge().duration_s == 59


def test_an_unbilled_call_that_arrives_billed_is_updated(load: Importer, log: Path) -> None:
    load(write_csv(log, [call(converted="no")]))
    usage_id = only_charge().usage_id
    answer = load(write_csv(log, [call(duration_s="77")]))
    assert (answer.tally.updated, answer.tally.imported, answer.tally.unchanged) == (1, 0, 0)
    charge = only_charge()
    assert (charge.billed_micros, charge.duration_s, charge.usage_id) == (99_500_000, 77, usage_id)
    assert charge.billed_at == datetime(2026, 3, 2, 13, 10, 13, tzinfo=UTC)
    assert raw_of(charge)["converted"] == "yes"


def test_an_unbilled_call_in_dispute_keeps_its_facts(load: Importer, log: Path, make_balance: object) -> None:
    load(write_csv(log, [call(converted="no")]))
    assert callable(make_balance)
    make_balance(only_charge())
    answer = load(write_csv(log, [call()]))
    assert answer.tally.rejected == 1
    (row,) = rejected(log)
    assert (row["code"], row["reason"]) == (
        "CHARGE_DISPUTED",
        "This call changed, but it is in dispute since. Its facts stay as they were.",
    )
    assert only_charge().billed_at is None


@pytest.mark.parametrize("chunk_rows", [100, 2])
def test_an_id_twice_in_one_file_never_flaps(load: Importer, log: Path, chunk_rows: int) -> None:
    rows = [call(call_id="a", converted="no"), call(call_id="b"), call(call_id="a", converted="no", duration_s="1")]
    path = write_csv(log, rows)
    for imported, unchanged in ((2, 0), (0, 2), (0, 2)):
        tally = load(path, chunk_rows=chunk_rows).tally
        assert (tally.imported, tally.unchanged, tally.updated, tally.rejected) == (imported, unchanged, 0, 1)
    assert Charge.objects.get(external_id="a").duration_s == 59


@pytest.mark.parametrize("chunk_rows", [100, 2])
def test_a_dry_run_answers_the_same_and_stores_nothing(load: Importer, log: Path, chunk_rows: int) -> None:
    rows = [*calls(5, buyer_id="N1", vendor_id="N2", campaign_id="N3"), call(call_id="c1"), call(revenue="x")]
    path = write_csv(log, [{"campaign_id": "", **row} for row in rows])
    before = stored()
    tried = load(path, chunk_rows=chunk_rows, dry_run=True, create_parties=True)
    assert stored() == before
    assert (tried.dry_run, tried.batch) == (True, None)
    tried_rejects = rejected(log)
    done = load(path, chunk_rows=chunk_rows, create_parties=True)
    assert tried.tally == done.tally
    assert (tried.messages, tried_rejects) == (done.messages, rejected(log))


def test_each_chunk_leaves_one_journal_row(load: Importer, log: Path, world: World) -> None:
    answer = load(write_csv(log, calls(5)), chunk_rows=2)
    events = JournalEvent.objects.filter(event="charges.imported").order_by("id")
    assert [event.changes["imported"] for event in events] == [2, 2, 1]
    assert {(e.object_kind, e.object_id, e.program_id) for e in events} == {
        ("import_batch", answer.batch, world.program.pk)
    }
    assert events[0].changes["days"] == ["2026-03-02"]


def test_the_batch_tells_what_came_of_it(load: Importer, log: Path) -> None:
    answer = load(write_csv(log, [*calls(3), call(call_id="bad", revenue="x")]))
    batch = ImportBatch.objects.get(pk=answer.batch)
    assert (batch.imported, batch.rejected, batch.format, batch.file_name) == (3, 1, "generic", "calls.csv")
    assert batch.sums == {"USD": {"billed": 199_000_000, "payout": 180_000_000}}
    assert batch.finished_at is not None
    assert batch.mapping["revenue"] == "revenue"


def test_currencies_are_summed_apart(load: Importer, log: Path) -> None:
    rows = [call(), call(call_id="c2", currency="JPY", revenue="1200", payout="700", buyer_id="T1", vendor_id="T2")]
    answer = load(write_csv(log, rows), create_parties=True)
    assert answer.sums() == {
        "JPY": {"billed": "1200", "payout": "700"},
        "USD": {"billed": "99.50", "payout": "60.00"},
    }


def test_what_the_file_does_not_say_is_asked_for_once(load: Importer, log: Path, world: World) -> None:
    world.program.currency = ""
    world.program.save()
    row = call(started_at="2026-03-02 13:09:14", ended_at="")
    for name in ("currency", "buyer_id"):
        del row[name]
    before = stored()
    with pytest.raises(MissingOptions) as refused:
        load(write_csv(log, [row]))
    assert set(refused.value.fields["needs"]) == {"timezone", "currency", "customer"}
    assert refused.value.message == (
        "This file needs --timezone (its times have no offset from UTC, for example America/New_York)"
        " and --currency (it does not say which currency its amounts are in, for example USD)"
        " and --customer (it does not say which buyer was billed; give the customer's number). Nothing was imported."
    )
    assert stored() == before
    answer = load(log, timezone="America/New_York", currency="USD", customer="B1")
    assert answer.tally.imported == 1


def test_the_program_answers_what_options_do_not(load: Importer, log: Path) -> None:
    load(write_csv(log, [call(currency="")]))
    assert only_charge().currency == "USD"


def test_options_that_name_nothing_are_refused(load: Importer, log: Path) -> None:
    path = write_csv(log, [call()])
    with pytest.raises(UnknownZone):
        load(path, timezone="America/Gotham")
    with pytest.raises(UnknownCustomer):
        load(path, customer="B9")
    with pytest.raises(RejectsInTheWay):
        load(path, rejects=log.parent / "nowhere" / "rejects.csv")
    with pytest.raises(UnknownProgram) as refused:
        import_calls(SYSTEM, path=path, options=Options(program="leads"))
    assert refused.value.message.startswith('There is no program "leads". The programs are: calls-')
    assert not Charge.objects.exists()


def test_importing_needs_the_permission(log: Path, buyer: Principal) -> None:
    with pytest.raises(NotPermitted):
        import_calls(buyer, path=write_csv(log, [call()]), options=Options())


def test_numbers_outside_e164_in_a_later_chunk(load: Importer, log: Path) -> None:
    rows = [call(call_id=f"c{n}") for n in range(300)]
    rows += [call(call_id="odd", caller="(202) 555-0123"), call(call_id="hidden", caller="Anonymous")]
    assert load(write_csv(log, rows), chunk_rows=150).tally.imported == 302
    assert Charge.objects.get(external_id="odd").caller_e164 == "+12025550123"
    assert Charge.objects.get(external_id="hidden").caller_e164 is None


def test_the_house_customer_takes_later_files_too(load: Importer, log: Path) -> None:
    load(write_csv(log, [call(), call(call_id="c2", buyer_id="")]), create_parties=True)
    assert load(write_csv(log, [call(call_id="c3", buyer_id="")])).tally.imported == 1


def test_a_named_customer_takes_calls_without_a_buyer(load: Importer, log: Path, world: World) -> None:
    load(write_csv(log, [call(buyer_id="B2"), call(call_id="c2", buyer_id="")]), customer="B1")
    assert Charge.objects.get(external_id="c2").customer == world.customer


def test_memory_does_not_grow_with_the_file(load: Importer, log: Path) -> None:
    peaks = []
    for rows in (1_000, 8_000):
        path = write_csv(log, [call(call_id=f"m{rows}-{n}", started_at=f"{1_772_456_954 + n}") for n in range(rows)])
        tracemalloc.start()
        load(path, chunk_rows=500)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 2_000_000


def test_a_trackdrive_file_in_json_after_the_same_in_csv_changes_nothing(load: Importer, tmp_path: Path) -> None:
    rows = [trackdrive(), trackdrive(uuid="u2", buyer_converted=False)]
    load(write_csv(tmp_path / "calls.csv", rows), create_parties=True)
    answer = load(write_csv(tmp_path / "again.csv", rows, delimiter=";"))
    assert (answer.tally.unchanged, answer.tally.updated) == (2, 0)


def test_a_lead_that_is_not_billed_yet_keeps_its_price_and_counts_once_it_is(load: Importer, tmp_path: Path) -> None:
    lead = call(lead_channel="form", revenue="45.00", billed="no")
    answer = load(write_csv(tmp_path / "waiting.csv", [lead]))
    charge = only_charge()
    assert (charge.subkind, charge.billed_micros, charge.billed_at) == ("lead", 45_000_000, None)
    assert (answer.tally.imported, answer.tally.billed_calls, answer.tally.sums["USD"][0]) == (1, 0, 0)
    billed = load(write_csv(tmp_path / "billed.csv", [{**lead, "billed": "yes"}]))
    assert only_charge().billed_at is not None
    assert (billed.tally.billed_calls, billed.tally.sums["USD"][0]) == (1, 45_000_000)


def test_a_call_that_is_not_billed_keeps_no_price(load: Importer, tmp_path: Path) -> None:
    load(write_csv(tmp_path / "calls.csv", [call(revenue="45.00", billed="no")]))
    assert (only_charge().subkind, only_charge().billed_micros) == ("call", 0)
