"""The made-up call log: repeatable, believable, harmless."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from makegood.kernel.money import parse_amount
from makegood.kernel.phones import to_e164
from makegood.project.demo import truth
from makegood.project.demo.calls import Call
from makegood.project.demo.cast import BURSTING, DRIFTING, GOOD, LUCKY, RANGE_DAYS, VERTICALS
from makegood.project.demo.generator import NEWEST_S, Written, drawn, write
from makegood.project.demo.plans import PARTLY, STORIES, burst_night, burst_size
from makegood.project.demo.rhythm import OPERATOR_ZONE, slots
from makegood.project.demo.routes import routes
from makegood.project.demo.truth import REASONS, Kind

NOW = datetime(2026, 3, 25, 15, 17, 33, tzinfo=UTC)
ROWS = 20_000
FICTITIOUS = re.compile(r"\+1[2-9]\d{2}(55501\d{2}|95[89]\d{4})")


def _write(folder: Path, *, rows: int = 2_000, seed: int = 42, now: datetime = NOW) -> tuple[Path, Path, Written]:
    log, facts = folder / "calls.csv", folder / "truth.csv"
    return log, facts, write(log, facts, rows=rows, seed=seed, now=now, told=lambda _: None)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="ascii") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    return [call for hour in drawn(rows=ROWS, seed=42, now=NOW) for call in hour]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    return _rows(_write(tmp_path_factory.mktemp("log"), rows=6_000)[0])


def test_same_seed_and_time_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    one, other = _write(first), _write(second)
    assert one[0].read_bytes() == other[0].read_bytes()
    assert one[1].read_bytes() == other[1].read_bytes()
    assert one[2] == other[2]


@pytest.mark.parametrize(("seed", "now"), [(43, NOW), (42, NOW + timedelta(hours=1))])
def test_another_seed_or_time_gives_another_log(tmp_path: Path, seed: int, now: datetime) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    assert _write(first)[0].read_bytes() != _write(second, seed=seed, now=now)[0].read_bytes()


@pytest.mark.parametrize("size", [1, 5, 6, 400, 2_001])
def test_the_log_has_exactly_the_lines_that_were_asked_for(size: int) -> None:
    found = [call.call_id for hour in drawn(rows=size, seed=7, now=NOW) for call in hour]
    assert len(found) == size
    assert len(set(found)) == size


def test_calls_end_minutes_ago_and_reach_back_sixty_days(rows: list[dict[str, str]]) -> None:
    started = [datetime.fromisoformat(row["started_at"]) for row in rows]
    assert started == sorted(started)
    assert timedelta(seconds=NEWEST_S) <= NOW - started[-1] < timedelta(hours=1)
    assert timedelta(days=RANGE_DAYS - 1) < NOW - started[0] <= timedelta(days=RANGE_DAYS, hours=1)
    for row in rows:
        ended = datetime.fromisoformat(row["ended_at"])
        assert ended - datetime.fromisoformat(row["started_at"]) == timedelta(seconds=int(row["duration_s"]))
        assert ended <= NOW
        if row["billed_at"]:
            assert ended < datetime.fromisoformat(row["billed_at"]) <= NOW


def test_times_carry_the_offset_of_the_day(rows: list[dict[str, str]]) -> None:
    offsets = {
        row["started_at"][:10] < "2026-03-08": row["started_at"][-6:] for row in rows if "T14" in row["started_at"]
    }
    assert offsets == {True: "-05:00", False: "-04:00"}


def test_numbers_are_fictitious_and_mostly_used_once(rows: list[dict[str, str]], calls: list[Call]) -> None:
    for row in rows:
        for column in ("caller", "destination", "tracking_number"):
            assert not row[column] or FICTITIOUS.fullmatch(row[column])
            assert not row[column] or to_e164(row[column]) == row[column]
    callers = Counter(call.caller for call in calls if call.caller and call.kind is not Kind.BOT_BURST)
    assert 0.84 < len(callers) / callers.total() < 0.95


def test_money_follows_the_billing(rows: list[dict[str, str]]) -> None:
    billed = [row for row in rows if row["billed_at"]]
    assert 0.40 < len(billed) / len(rows) < 0.56
    for row in rows:
        revenue = parse_amount(row["revenue"], row["currency"])
        payout = parse_amount(row["payout"], row["currency"])
        assert (revenue > payout > 0) if row["billed_at"] else (revenue == payout == 0)
        assert row["status"].endswith("_with_conversion") == bool(row["billed_at"]) == (row["converted"] == "yes")
    assert {row["currency"] for row in billed} == {"USD", "CAD", "JPY"}
    assert {row["category"] for row in billed} == {vertical.name for vertical in VERTICALS}
    assert all(row["revenue"] == "6800" for row in billed if row["currency"] == "JPY")


def test_a_customer_keeps_one_currency() -> None:
    pairs = {(route.buyer.number, route.campaign.currency) for route in routes()}
    assert all(route.buyer.currency == route.campaign.currency == route.vendor.currency for route in routes())
    assert len(pairs) == len({number for number, _ in pairs})


def test_shape_of_the_calls(calls: list[Call]) -> None:
    answered = [call for call in calls if call.answered]
    assert 0.83 < len(answered) / len(calls) < 0.88
    assert 0.90 < sum(call.recorded for call in answered) / len(answered) < 0.94
    talks = [call.connected_s for call in answered if call.connected_s > 45]
    assert 150 < median(talks) < 200
    assert max(talks) > 1_800
    assert 0.04 < sum(call.connected_s < 10 for call in answered) / len(answered) < 0.10
    by_hour = Counter((call.at + 15 * 3_600) // 3_600 % 24 for call in calls)
    assert min(by_hour.values()) * 10 < max(by_hour.values())


def test_arrivals_follow_the_callers_clock() -> None:
    night = next(slot for slot in slots(100_000, NOW) if slot.start.hour == 12)
    weights = dict(night.states)
    assert weights["NY"] / 202 > 4 * weights["CA"] / 395


def test_vendors_differ_in_quality() -> None:
    calls = [call for hour in drawn(rows=100_000, seed=42, now=NOW) for call in hour if call.converted]
    end = max(call.at for call in calls)

    def rate(vendor: str, first_day: int = 0, last_day: int = RANGE_DAYS + 1) -> float:
        mine = [
            call.kind in REASONS
            for call in calls
            if call.route.vendor.number == vendor and first_day <= (end - call.at) / 86_400 < last_day
        ]
        return sum(mine) / len(mine)

    assert 0.05 < sum(call.kind in REASONS for call in calls) / len(calls) < 0.085
    assert rate(GOOD) < 0.035
    assert rate(DRIFTING, 0, 6) > 2 * rate(DRIFTING, 20)
    assert rate(LUCKY) < 0.05
    assert rate(BURSTING) > 1.3 * rate(BURSTING, 9)


def test_the_burst_falls_on_a_tuesday_night_within_the_window(calls: list[Call]) -> None:
    first = NOW.replace(minute=0, second=0) - timedelta(days=RANGE_DAYS)
    bots = [call for call in calls if call.kind is Kind.BOT_BURST]
    assert len(bots) == burst_size(ROWS)
    assert len({call.caller for call in bots}) < len(bots) / 4
    for call in bots:
        local = (first + timedelta(seconds=call.at)).astimezone(OPERATOR_ZONE)
        assert (local - timedelta(hours=3)).strftime("%a") == "Tue"


@pytest.mark.parametrize("hours", range(0, 24 * 8, 5))
def test_the_burst_is_always_one_to_nine_days_old(hours: int) -> None:
    now = NOW + timedelta(hours=hours)
    assert timedelta(days=1) <= now - burst_night(now) <= timedelta(days=9)


def test_named_calls_cost_what_their_stories_say(rows: list[dict[str, str]]) -> None:
    named = {row["call_id"]: row for row in rows}
    assert {story.call_id for story in STORIES} <= named.keys()
    partly = named[PARTLY.call_id]
    assert (partly["revenue"], partly["payout"], partly["currency"]) == ("45.00", "30.00", "USD")
    assert partly["buyer_name"] == "Evergreen Plumbing & Drain"


def test_the_truth_is_kept_apart_and_agrees_with_the_log(tmp_path: Path) -> None:
    log, facts, written = _write(tmp_path)
    billed = {row["call_id"]: row for row in _rows(log) if row["billed_at"]}
    known = list(truth.read(facts))
    assert (written.rows, written.billed, written.truths) == (2_000, len(billed), len(known))
    for fact in known:
        row = billed[fact.call_id]
        assert (fact.buyer, fact.vendor) == (row["buyer_id"], row["vendor_id"])
        assert fact.billed_at == datetime.fromisoformat(row["billed_at"])
    assert {fact.is_invalid for fact in known} == {True, False}


def test_duplicates_are_calls_of_somebody_who_was_billed_before(calls: list[Call]) -> None:
    seen: set[tuple[str, str]] = set()
    found = 0
    for call in calls:
        key = (call.caller, call.route.campaign.number)
        if call.kind is Kind.DUPLICATE:
            found += 1
            assert key in seen
        if call.converted:
            seen.add(key)
    assert found > 20
