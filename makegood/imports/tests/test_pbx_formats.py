"""What calls of telephone systems become: facts, legs that are one call, ids that stand in no column, local times."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from makegood.billing.models import Charge
from makegood.imports.tests.logs import Importer, only_charge, raw_of, rejected, write_csv
from makegood.imports.tests.pbx_logs import (
    HOUSE,
    Row,
    asterisk,
    cdr_stats,
    custom,
    freepbx,
    freeswitch,
    idi_usage,
    threecx,
    without,
    write_bare,
)
from makegood.imports.tests.test_any_text import STRANGE
from tests.world import World

Builder = Callable[..., Row]
Writer = Callable[[Path, list[Row]], Path]

IDS: dict[Builder, tuple[str, str]] = {
    asterisk: ("uniqueid", "1772456954.{n}"),
    freepbx: ("uniqueid", "1772456954.{n}"),
    freeswitch: ("uuid", "cb57a415-0000-4000-8000-{n:012}"),
    threecx: ("callid", "00000001_{n}"),
    cdr_stats: ("callid", "c{n}"),
    idi_usage: ("UsageRecordID", "{n}"),
}
"""Where each format has its id, and what an id looks like."""

FORMATS: list[tuple[str, str, Builder, Writer, str]] = [
    ("asterisk", "Asterisk, 18 of 18 columns", asterisk, write_bare, "1772456954.0"),
    ("asterisk", "Asterisk, 18 of 18 columns", custom, write_bare, "1772456954.0"),
    ("freepbx", "FreePBX, 21 of 21 headers", freepbx, write_csv, "1772456954.0"),
    ("freeswitch", "FreeSWITCH, 15 of 15 columns", freeswitch, write_bare, "cb57a415-0000-4000-8000-000000000001"),
    ("3cx", "3CX, 27 of 27 columns", threecx, write_bare, "00000001_0"),
    ("3cx", "3CX, 27 of 27 headers", threecx, write_csv, "00000001_0"),
    ("cdr_stats", "CDR-Stats, 25 of 25 headers", cdr_stats, write_csv, "96aa82fe-0000-11e5-a230-000000000001"),
]


@pytest.mark.parametrize(("source", "sentence", "make", "write", "call_id"), FORMATS)
def test_a_call_lands_unbilled_with_its_facts(
    load: Importer, log: Path, world: World, source: str, sentence: str, make: Builder, write: Writer, call_id: str
) -> None:
    answer = load(write(log, [make()]), **HOUSE)
    assert (answer.recognized, answer.tally.imported, answer.tally.rejected) == (sentence, 1, 0)
    charge = only_charge()
    assert (charge.external_source, charge.external_id, charge.customer) == (source, call_id, world.customer)
    assert charge.occurred_at == datetime(2026, 3, 2, 13, 9, 14, tzinfo=UTC)
    assert (charge.answered, charge.connect_s, charge.duration_s) == (True, 43, 59)
    assert charge.caller_e164 == "+19045550181"
    assert (charge.billed_at, charge.billed_micros, charge.quantity, charge.unit) == (None, 0, None, "")
    assert charge.disposition == "completed"
    assert raw_of(charge)[next(iter(make()))] == (next(iter(make().values())) or None)


@pytest.mark.parametrize("make", [asterisk, custom, freepbx, freeswitch, threecx])
def test_the_number_that_was_dialed_is_the_tracking_number(load: Importer, log: Path, make: Builder) -> None:
    load((write_csv if make is freepbx else write_bare)(log, [make()]), **HOUSE)
    assert (only_charge().tracking_e164, only_charge().direction) == ("+18445550152", "inbound")


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        (asterisk, {"answer": "", "billsec": 0, "disposition": "NO ANSWER"}),
        (freepbx, {"billsec": "0", "disposition": "BUSY", "recordingfile": ""}),
        (freeswitch, {"answer_stamp": "", "billsec": "0", "hangup_cause": "ORIGINATOR_CANCEL"}),
        (threecx, {"time-answered": "", "duration": "00:00:00"}),
        (cdr_stats, {"billsec": "0", "hangup_cause_id": "19"}),
    ],
)
@pytest.mark.parametrize("rate", ["", "0.022/min"])
def test_a_call_that_nobody_took_is_never_billed(
    load: Importer, log: Path, make: Builder, facts: Row, rate: str
) -> None:
    write = write_csv if make in (freepbx, cdr_stats) else write_bare
    load(write(log, [make(**facts)]), rate=rate, **HOUSE)
    charge = only_charge()
    assert (charge.answered, charge.connect_s, charge.disposition) == (False, 0, "not_connected")
    assert (charge.billed_at, charge.billed_micros) == (None, 0)


@pytest.mark.parametrize(
    ("make", "facts", "hangup_by"),
    [
        (freeswitch, {}, "unknown"),
        (freeswitch, {"hangup_cause": "ORIGINATOR_CANCEL"}, "caller"),
        (freeswitch, {"hangup_cause": "CALL_REJECTED"}, "callee"),
        (threecx, {}, "caller"),
        (threecx, {"reason-terminated": "dst_participant_terminated"}, "callee"),
        (threecx, {"reason-terminated": "failed"}, "system"),
        (asterisk, {}, "unknown"),
    ],
)
def test_who_hung_up(load: Importer, log: Path, make: Builder, facts: Row, hangup_by: str) -> None:
    load(write_bare(log, [make(**facts)]), **HOUSE)
    assert only_charge().hangup_by == hangup_by


@pytest.mark.parametrize(
    ("src", "dst", "direction"),
    [
        ("9045550181", "8445550152", "inbound"),
        ("", "8445550152", "inbound"),
        ("9045550181", "600", "inbound"),
        ("101", "9045550181", "outbound"),
        ("101", "102", "internal"),
    ],
)
def test_extensions_tell_the_direction_and_internal_calls_cost_nothing(
    load: Importer, log: Path, src: str, dst: str, direction: str
) -> None:
    load(write_bare(log, [asterisk(src=src, dst=dst)]), rate="0.06/min", **HOUSE)
    charge = only_charge()
    assert (charge.direction, charge.billed_micros) == (direction, 0 if direction == "internal" else 43_000)


def test_withheld_callers_are_nobody(load: Importer, log: Path) -> None:
    load(write_bare(log, [threecx(**{"from-no": "anonymous"})]), **HOUSE)
    assert only_charge().caller_e164 is None


def test_a_recording_is_told_by_its_file(load: Importer, log: Path) -> None:
    rows = [freepbx(), freepbx(uniqueid="1772456955.1", recordingfile="")]
    load(write_csv(log, rows), **HOUSE)
    told = dict(Charge.objects.values_list("external_id", "recording_enabled"))
    assert told == {"1772456954.0": True, "1772456955.1": False}


@pytest.mark.parametrize(("text", "seconds"), [("43.000000", 43), ("42.25", 43), ("0.4", 1), ("43", 43)])
def test_parts_of_seconds_count_as_begun(load: Importer, log: Path, text: str, seconds: int) -> None:
    load(write_csv(log, [freepbx(billsec=text)]), **HOUSE)
    assert only_charge().connect_s == seconds


@pytest.mark.parametrize(("text", "seconds"), [("PT43S", 43), ("PT1H2M3S", 3723), ("01:02:03", 3723)])
def test_3cx_writes_durations_as_clocks(load: Importer, log: Path, text: str, seconds: int) -> None:
    load(write_bare(log, [threecx(duration=text)]), **HOUSE)
    assert only_charge().connect_s == seconds


def ring_group(call_id: str, *talks: int) -> list[Row]:
    """A call that rang at several extensions: a row each, with so many seconds of talk."""
    return [
        asterisk(
            uniqueid=call_id,
            dstchannel=f"PJSIP/10{n}-1",
            billsec=talk,
            disposition="ANSWERED" if talk else "NO ANSWER",
            answer="2026-03-02 08:09:30" if talk else "",
        )
        for n, talk in enumerate(talks)
    ]


@pytest.mark.parametrize("chunk_rows", [100, 3, 2, 1])
@pytest.mark.parametrize("dry_run", [False, True])
def test_the_legs_of_a_call_are_one_call(load: Importer, log: Path, chunk_rows: int, *, dry_run: bool) -> None:
    calls = [*ring_group("1772456954.1", 0, 43, 0), *ring_group("1772456954.2", 7, 9), *ring_group("1772456954.3", 0)]
    path = write_bare(log, calls)
    answer = load(path, chunk_rows=chunk_rows, dry_run=dry_run, rate="0.06/min", **HOUSE)
    assert (answer.tally.imported, answer.tally.rejected, answer.tally.legs) == (3, 0, 3)
    assert answer.sums() == {"USD": {"billed": "0.052", "payout": "0.00"}}
    assert answer.messages == ("3 rows are further legs of calls; a call counts once, by its longest talk.",)
    if not dry_run:
        told = dict(Charge.objects.values_list("external_id", "connect_s"))
        assert told == {"1772456954.1": 43, "1772456954.2": 9, "1772456954.3": 0}
        again = load(path, chunk_rows=100, rate="0.06/min", **HOUSE).tally
        assert (again.imported, again.updated, again.unchanged, again.rejected) == (0, 0, 3, 0)


def test_an_id_that_is_nowhere_comes_from_the_row(load: Importer, log: Path) -> None:
    rows = [
        without(asterisk(), "uniqueid", "userfield"),
        without(asterisk(channel="PJSIP/trunk-00000009"), "uniqueid", "userfield"),
    ]
    assert load(write_bare(log, rows), **HOUSE).recognized == "Asterisk, 16 of 16 columns"
    ids = set(Charge.objects.values_list("external_id", flat=True))
    assert len(ids) == 2
    again = load(write_bare(log.with_name("later.csv"), reversed(rows)), **HOUSE).tally
    assert (again.imported, again.unchanged) == (0, 2)


@pytest.mark.parametrize(("make", "lost"), [(asterisk, "dst"), (asterisk, "uniqueid"), (cdr_stats, "direction")])
def test_a_column_that_is_not_there_is_not_missed(load: Importer, log: Path, make: Builder, lost: str) -> None:
    load(write_csv(log, [without(make(), lost)]), **HOUSE)
    charge = only_charge()
    assert (charge.connect_s, charge.direction) == (43, "inbound" if lost == "uniqueid" else "")


def test_a_call_over_the_hour_that_happens_twice_never_ends_before_it_starts(load: Importer, log: Path) -> None:
    times = {"time-start": "2026/11/01 01:59:30", "time-answered": "", "time-end": "2026/11/01 01:00:10"}
    load(write_bare(log, [threecx(**times)]), rate="0.022/min", **HOUSE)
    charge = only_charge()
    assert (charge.duration_s, charge.connect_s, charge.billed_at) == (None, 43, charge.occurred_at)


def test_rows_that_say_nothing_have_no_id(load: Importer, log: Path) -> None:
    empty = dict.fromkeys(freepbx(), "")
    load(write_csv(log, [freepbx(), {**empty, "disposition": "ANSWERED"}]), **HOUSE)
    assert {row["code"] for row in rejected(log)} == {"NO_ID", "NO_TIME"}


@pytest.mark.parametrize(
    ("make", "column"), [(asterisk, "start"), (freeswitch, "start_stamp"), (threecx, "time-start")]
)
def test_local_times_around_a_clock_change(load: Importer, log: Path, make: Builder, column: str) -> None:
    ids = {"uniqueid": "177295", "uuid": "cb57a415-0000-4000-8000-00000000000", "callid": "0000000"}
    key = next(name for name in ids if name in make())
    times = ["2026-03-08 01:59:59", "2026-03-08 02:30:00", "2026-03-08 03:00:00", "2026-11-01 01:30:00"]
    rows = [
        make(**{column: time.replace("-", "/") if make is threecx else time, key: f"{ids[key]}{n}{suffix}"})
        for n, time in enumerate(times)
        for suffix in [{"uniqueid": "954.0", "uuid": "", "callid": "_0"}[key]]
    ]
    answer = load(write_bare(log, rows), **HOUSE)
    assert (answer.tally.imported, answer.tally.rejected, answer.tally.ambiguous) == (3, 1, 1)
    assert [(row["row"], row["code"], row["column"]) for row in rejected(log)] == [("2", "NONEXISTENT_TIME", column)]
    assert sorted(Charge.objects.values_list("occurred_at", flat=True)) == [
        datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 8, 7, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    ]


def test_a_switch_that_knows_prices_bills_by_them(load: Importer, log: Path) -> None:
    rows = [
        cdr_stats(sell_cost="0.0350"),
        cdr_stats(callid="free", sell_cost="0.0000"),
        cdr_stats(callid="open"),
    ]
    load(write_csv(log, rows), rate="0.06/min", **HOUSE)
    told = {
        charge.external_id: (charge.billed_micros, charge.billed_at is not None, charge.unit)
        for charge in Charge.objects.all()
    }
    assert told == {
        "96aa82fe-0000-11e5-a230-000000000001": (35_000, True, ""),
        "free": (0, False, ""),
        "open": (43_000, True, "min"),
    }


@pytest.mark.parametrize("make", [asterisk, freepbx, freeswitch, threecx, cdr_stats, idi_usage])
def test_strange_texts_in_every_column(load: Importer, log: Path, make: Builder) -> None:
    rows = [make(), *(make(**{column: text}) for column in make() for text in STRANGE)]
    id_column, wanted = IDS[make]
    for n, row in enumerate(rows):
        if row[id_column] == make()[id_column]:
            row[id_column] = wanted.format(n=n)
    headed = make in (freepbx, cdr_stats, idi_usage)
    path = write_csv(log, rows) if headed else write_bare(log, rows)
    options = {**HOUSE, "create_parties": True, "rate": "" if make is idi_usage else "0.022/min"}
    done = load(path, **options).tally
    again = load(path, **options).tally
    assert done.imported + done.rejected + done.legs == len(rows)
    assert done.imported > len(STRANGE)
    assert (again.imported, again.updated, again.unchanged, again.rejected) == (0, 0, done.imported, done.rejected)
    assert Charge.objects.count() == done.imported
