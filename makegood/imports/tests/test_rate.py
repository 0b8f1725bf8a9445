"""Calls without a price are billed by a rate: exactly, once, and never a call that says itself what it costs."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from makegood.billing.models import Charge
from makegood.imports.entries import Options
from makegood.imports.errors import BadRate, NegativeRate, RateNotTaken, RateTooFine
from makegood.imports.operations import check_calls
from makegood.imports.policy.rate import Rate, amount_micros, billable, parse_rate, rate_fragments
from makegood.imports.tests.logs import Importer, call, only_charge, retreaver_v1, write_csv, write_json
from makegood.imports.tests.pbx_logs import HOUSE, asterisk, freepbx, write_bare
from makegood.imports.tests.test_import_calls import stored
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.kernel.rounding import priced
from makegood.parties.entries import SYSTEM
from tests.world import World


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("0.022/min", Rate(Decimal("0.022"), "min")),
        ("0.0004/s", Rate(Decimal("0.0004"), "s")),
        (" 0.022 / min : 60 / 60 ", Rate(Decimal("0.022"), "min", 60, 60)),
        (".5/min:30/6", Rate(Decimal("0.5"), "min", 30, 6)),
        ("1000/min", Rate(Decimal(1000), "min")),
        ("35.50/call", Rate(Decimal("35.5"), "call")),
        ("100000/lead", Rate(Decimal(100_000), "lead")),
        ("0.0123456789/s", Rate(Decimal("0.0123456789"), "s")),
        ("0.02200000000000/min", Rate(Decimal("0.022"), "min")),
    ],
)
def test_a_rate_is_read(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text",
    ["", "free", "0.022", "0/min", "0.022/h", "1,5/min", "1e3/min", "0.022/min:60", "0.022/min:0/60", "0.022/min:60/0",
     "0.022/min:86401/1", "1000.01/min", "17/s", "NaN/min", "٣/min", "100001/call",
     "35/call:1/1"],
)  # fmt: skip
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(BadRate) as refused:
        parse_rate(text)
    assert (refused.value.code, refused.value.message) == (
        "BAD_RATE",
        f'"{text}" is no rate between zero and 1,000 a minute or 100,000 a call. Write a price per minute or second'
        " and, if calls are rounded up, the seconds of the first and of each further step, or a price each: 0.022/min,"
        " 0.0004/s, 0.022/min:60/60, 35/call, 35/lead.",
    )


REFUSED: list[tuple[str, type[Refusal], str, str]] = [
    ("-0.022/min", NegativeRate, "NEGATIVE_RATE", '"-0.022/min" is below zero; a rate is not.'),
    (
        "0.00000000001/min",
        RateTooFine,
        "RATE_TOO_FINE",
        '"0.00000000001/min" has more than ten decimals; write the rate with ten at most.',
    ),
]


@pytest.mark.parametrize(("text", "kind", "code", "message"), REFUSED)
def test_a_refused_rate_imports_nothing(
    load: Importer, log: Path, text: str, kind: type[Refusal], code: str, message: str
) -> None:
    path = write_bare(log, [asterisk()])
    before = stored()
    with pytest.raises(kind) as refused:
        load(path, rate=text, **HOUSE)
    assert (refused.value.code, refused.value.message) == (code, message)
    assert stored() == before


def test_a_source_with_prices_takes_no_rate(load: Importer, log: Path) -> None:
    path = write_csv(log, [call()])
    before = stored()
    with pytest.raises(RateNotTaken) as refused:
        load(path, rate="0.022/min")
    assert refused.value.code == "RATE_NOT_TAKEN"
    assert refused.value.message.startswith(
        "Generic call log says itself what a call costs; --rate is for sources that do not: asterisk, cdr_stats,"
    )
    assert stored() == before


@pytest.mark.parametrize(
    ("rate", "seconds", "wanted"),
    [("1/1", 0, 0), ("1/1", 61, 61), ("60/60", 1, 60), ("60/60", 60, 60), ("60/60", 61, 120), ("30/6", 29, 30),
     ("30/6", 31, 36), ("30/6", 36, 36), ("30/6", 37, 42), ("1/60", 1, 1), ("1/60", 2, 61)],
)  # fmt: skip
def test_calls_are_rounded_up_to_increments(rate: str, seconds: int, wanted: int) -> None:
    assert billable(parse_rate(f"1/min:{rate}"), seconds) == wanted


@pytest.mark.parametrize(
    ("rate", "quantity", "micros"),
    [("0.0000005", 1, 0), ("0.0000015", 1, 2), ("0.0000025", 1, 2), ("0.00000251", 1, 3), ("0.022", 3, 66_000)],
)
def test_the_price_of_a_quantity_is_rounded_half_even(rate: str, quantity: int, micros: int) -> None:
    assert priced(Fraction(rate), Fraction(quantity)) == micros


def exactly(rate: Rate, seconds: int) -> int:
    """What a call costs, thought through in fractions alone."""
    if not rate.is_timed:
        return int(rate.price * 1_000_000) if seconds else 0
    steps = 0 if seconds <= rate.first_s else -(-(seconds - rate.first_s) // rate.next_s)
    billable = Fraction(rate.first_s + steps * rate.next_s) if seconds else Fraction(0)
    micros = Fraction(rate.price) * billable / (60 if rate.unit == "min" else 1) * 1_000_000
    below = micros.numerator // micros.denominator
    rest = micros - below
    return below + (1 if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2) else 0)


def random_rate(dice: Random) -> Rate:
    """Any rate that may be asked for, ones with halves of a micro among them."""
    unit = dice.choice(["min", "s"])
    if not dice.randrange(8):
        return Rate(Decimal(dice.randrange(1, 10**11)).scaleb(-6), dice.choice(["call", "lead"]))
    most = 1_000 if unit == "min" else 16
    price = dice.choice(
        [
            Decimal(dice.randrange(1, most * 10**10)).scaleb(-10),
            Decimal(dice.randrange(1, 10**4)).scaleb(-10),
            Decimal(dice.randrange(1, 2_000)).scaleb(-4),
            Decimal(5).scaleb(-7) * dice.randrange(1, 99),
        ]
    )
    return Rate(price, unit, dice.choice([1, 30, 60, 86_400]), dice.choice([1, 6, 7, 60, 86_400]))


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.django_db
def test_the_statement_prices_like_fractions_do(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - picks rates and lengths of calls
    rate = random_rate(dice)
    calls = [0, 1, 2, 29, 30, 31, 59, 60, 61, 86_400, 86_401, 2**31 - 1, *(dice.randrange(5_000) for _ in range(300))]
    sql = rate_fragments(rate)
    statement = (
        f"SELECT p.connect_s, p.rated_s, {sql['rated']} FROM (SELECT v.connect_s, {sql['rated_s']} FROM"  # noqa: S608
        " (SELECT unnest(%s::int[]) AS connect_s, NULL::bigint AS amount, ''::text AS direction,"
        " NULL::boolean AS answered) v) p"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [calls])
        rows = cursor.fetchall()
    assert len(rows) == len(calls)
    for seconds, rated_s, micros, quantity, unit, price in rows:
        assert (rated_s or 0, micros or 0) == (billable(rate, seconds), exactly(rate, seconds))
        assert (micros or 0) == amount_micros(rate, seconds)
        if seconds:
            assert (unit, price) == (rate.unit, rate.price)
            assert abs(Fraction(quantity) * rate.unit_s - rated_s) <= Fraction(1, 10_000)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rate", "is_flagged", "wanted"),
    [
        ("1/min", False, [None, None, None, None, 9, 9]),
        ("1/min", True, [None, None, None, None, None, 9]),
        ("1/call", False, [None, None, None, 1, 1, 1]),
        ("1/lead", True, [None, None, 1, None, None, 1]),
    ],
)
def test_only_what_has_no_price_and_was_taken_or_charged_is_rated(
    rate: str, wanted: list[int | None], *, is_flagged: bool
) -> None:
    sql = rate_fragments(parse_rate(rate), is_flagged=is_flagged)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {sql['rated_s']} FROM (VALUES (9, true, 5::bigint, '', true),"  # noqa: S608
            " (9, true, NULL, 'internal', true), (0, false, NULL, '', true), (NULL, true, NULL, '', false),"
            " (9, true, NULL, NULL, false), (9, true, NULL, 'inbound', true))"
            " v (connect_s, answered, amount, direction, billed_flag)"
        )
        assert [row[0] for row in cursor.fetchall()] == wanted


def test_leads_that_were_charged_are_billed_at_their_price(load: Importer, log: Path) -> None:
    rows = [
        {f"local_services_lead.{name}": value for name, value in lead.items()}
        for lead in (
            {"id": "1", "creation_date_time": "2026-03-02 08:09:14", "lead_charged": "true", "lead_type": "MESSAGE"},
            {"id": "2", "creation_date_time": "2026-03-02 09:09:14", "lead_charged": "false", "lead_type": "MESSAGE"},
        )
    ]
    load(write_csv(log, rows), rate="35/lead", **HOUSE)
    told = {lead.external_id: (lead.billed_micros, lead.unit, lead.quantity) for lead in Charge.objects.all()}
    assert told == {"1": (35_000_000, "lead", Decimal(1)), "2": (0, "", None)}


def test_a_rated_call_is_billed_when_it_ends(load: Importer, log: Path) -> None:
    answer = load(write_bare(log, [asterisk()]), rate="0.022/min:60/60", **HOUSE)
    assert (answer.tally.billed_calls, answer.sums()) == (1, {"USD": {"billed": "0.022", "payout": "0.00"}})
    charge = only_charge()
    assert (charge.billed_micros, charge.billed_at) == (22_000, datetime(2026, 3, 2, 13, 10, 13, tzinfo=UTC))
    assert (charge.quantity, charge.unit, charge.unit_price) == (Decimal(1), "min", Decimal("0.022"))


def test_a_rate_per_second_counts_seconds(load: Importer, log: Path) -> None:
    load(write_csv(log, [freepbx()]), rate="0.0004/s:30/6", **HOUSE)
    charge = only_charge()
    assert (charge.billed_micros, charge.quantity, charge.unit) == (19_200, Decimal(48), "s")


def test_the_same_file_with_the_same_rate_changes_nothing(load: Importer, log: Path) -> None:
    path = write_bare(log, [asterisk(), asterisk(uniqueid="1772456955.1", billsec=0, disposition="BUSY", answer="")])
    load(path, rate="0.022/min", **HOUSE)
    before = list(Charge.objects.order_by("id").values())
    for rate in ("0.022/min", "0.0220 / min:1/1", ""):
        tally = load(path, rate=rate, **HOUSE).tally
        assert (tally.imported, tally.updated, tally.unchanged, tally.rejected, tally.frozen) == (0, 0, 2, 0, 0)
    assert list(Charge.objects.order_by("id").values()) == before


def test_unbilled_calls_are_billed_once_a_rate_is_given(load: Importer, log: Path) -> None:
    path = write_bare(log, [asterisk(), asterisk(uniqueid="1772456955.1", billsec=0, disposition="BUSY", answer="")])
    load(path, **HOUSE)
    first = load(path, rate="0.022/min:60/60", **HOUSE)
    assert (first.tally.imported, first.tally.updated, first.tally.unchanged) == (0, 1, 1)
    charge = Charge.objects.get(external_id="1772456954.0")
    assert (charge.billed_micros, charge.quantity, charge.unit) == (22_000, Decimal(1), "min")
    assert (charge.unit_price, charge.import_batch) == (Decimal("0.022"), first.batch)


def test_another_rate_never_overwrites_a_bill(load: Importer, log: Path) -> None:
    path = write_bare(log, [asterisk()])
    load(path, rate="0.022/min", **HOUSE)
    before = list(Charge.objects.values())
    tally = load(path, rate="0.033/min", **HOUSE).tally
    assert (tally.imported, tally.updated) == (0, 0)
    assert list(Charge.objects.values()) == before


def test_a_dry_run_with_a_rate_answers_the_same(load: Importer, log: Path) -> None:
    path = write_bare(log, [asterisk(uniqueid=f"1772456954.{n}", billsec=n) for n in range(9)])
    tried = load(path, rate="0.022/min", dry_run=True, chunk_rows=4, **HOUSE)
    done = load(path, rate="0.022/min", chunk_rows=4, **HOUSE)
    assert replace(tried, dry_run=False, batch=done.batch) == done


def test_a_json_source_without_prices_takes_a_rate(load: Importer, tmp_path: Path) -> None:
    path = write_json(tmp_path / "calls.json", [{"call": retreaver_v1()}])
    load(path, customer="B1", create_parties=True, rate="0.06/min")
    charge = only_charge()
    assert (charge.billed_micros, charge.billed_at) == (193_000, datetime(2012, 4, 29, 12, 32, 46, tzinfo=UTC))


def test_a_check_of_calls_without_prices_asks_what_they_would_cost(log: Path, world: World) -> None:
    path = write_bare(log, [asterisk(), asterisk(uniqueid="1772456955.1", billsec=7)])
    options = Options(
        program=world.program.key, rate="0.022/min:60/60", timezone=HOUSE["timezone"], customer=HOUSE["customer"]
    )
    with clock.frozen(datetime(2026, 3, 3, tzinfo=UTC)):
        answer = check_calls(SYSTEM, path=path, options=options)
    assert (answer.contestable.calls, answer.contestable.sums) == (2, {"USD": 44_000})
    assert [(sign.code, sign.calls) for sign in answer.signs] == [("HUNG_UP_IMMEDIATELY", 1)]
    assert not Charge.objects.exists()


def test_the_batch_remembers_the_rate(load: Importer, log: Path) -> None:
    answer = load(write_bare(log, [asterisk()]), rate="0.022/min", **HOUSE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT options ->> 'rate' FROM imports_batch WHERE id = %s", [answer.batch])
        assert cursor.fetchone() == ("0.022/min:1/1",)
