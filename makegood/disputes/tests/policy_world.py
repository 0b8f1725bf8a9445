"""Thousands of random charges with everything a rule may look at, and the same facts as references read them.

Anchors stand exactly on, one microsecond before and one after each boundary, in zones with half hours and on days
when clocks change; every nullable fact is sometimes unknown.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from makegood.billing.models import BillPeriod, Category, Invoice
from makegood.billing.operations import create_category
from makegood.disputes.models import Reason, UsageCounter
from makegood.disputes.policy.base import Moment, OpenDays
from makegood.disputes.policy.windows import EVERY_DAY, WEEKDAYS, cutoff, period_start
from makegood.parties.entries import SYSTEM
from makegood.parties.models import Customer
from makegood.parties.operations import create_customer, zone_named
from tests.world import World

CHARGES, SEED = 2_400, 20_261_130
ZONES = ("America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Europe/Berlin")
TICK = timedelta(microseconds=1)
NOWS = [
    datetime(2026, 11, 20, 15, 2, 11, 123_456, tzinfo=UTC),
    datetime(2026, 11, 2, 4, 59, 59, 999_999, tzinfo=UTC),  # the Sunday after New York put its clocks back
    datetime(2026, 3, 29, 22, tzinfo=UTC),  # midnight in Berlin on the day clocks went forward
    datetime(2026, 4, 5, 13, 30, tzinfo=UTC),  # midnight on Lord Howe on the day clocks went back half an hour
]
HOLIDAYS = frozenset({date(2026, 11, 18), date(2026, 10, 30), date(2026, 3, 25), date(2026, 4, 3)})
CALENDARS = {"desk": OpenDays(frozenset({0, 1, 2, 3, 5}), HOLIDAYS)}
USER_ID = 7
HOURS, DAYS = (96, 168, 0), ((3, EVERY_DAY), (2, WEEKDAYS), (5, WEEKDAYS))
DISPOSITIONS = ("", "completed_with_conversion", "no_answer", "busy", "x'y%s", "Voicemail")
CATEGORIES = ("roofing", "legal", "towing")
CHANNELS = ("", "phone", "form", "chat")
SUBKINDS = ("call", "lead", "recurring")
REASONS = ("SPAM", "BOT", "ONLY_ROOFS", "ONLY_CALLS", "OFF", "NOWHERE", "")
ORIGINS = ("buyer", "csr", "api")
TAGS: tuple[list[str], ...] = ([], ["PRICE_CHECK"], ["price_shopper", "VIP"], ["VOICEMAIL"])
MIMES = ("image/png", "audio/wav", "text/csv")
SECONDS = (None, 0, 19, 20, 21, 60, 300)
RATE_DAYS = (3, 7)
CAPS = [
    (per, period, tz) for per in ("buyer", "user", "vendor") for period in ("day", "week", "month")
    for tz in ("customer", "program", "utc")
]  # fmt: skip
PROGRAM_ZONE = "Europe/Berlin"


@dataclass
class PolicyWorld:
    """The charges by number, and what is true of their customers at each moment."""

    program_id: int
    moments: list[Moment]
    charges: dict[int, dict[str, Any]]
    periods: Mapping[int, list[BillPeriod]] = field(default_factory=dict)
    used: Mapping[tuple[int | None, str, datetime], int] = field(default_factory=dict)

    def at(self, moment: Moment) -> Iterator[dict[str, Any]]:
        """The facts of every charge at a moment."""
        rates = {pk: self._rates(pk, moment.now) for pk in {f["customer_id"] for f in self.charges.values()}}
        for facts in self.charges.values():
            yield {
                **facts,
                "used": self._used(facts, moment),
                "rates": rates[facts["customer_id"]],
                "invoice_age": self._age(facts, moment.now),
            }

    def _rates(self, customer: int, now: datetime) -> dict[tuple[str, int], tuple[int, int]]:
        own = [facts for facts in self.charges.values() if facts["customer_id"] == customer]
        rates = {}
        for days in RATE_DAYS:
            since = now - timedelta(days=days)
            billed = [f["billed_micros"] for f in own if f["billed_at"] and f["occurred_at"] > since]
            # An open and every closed dispute asks for one micro; withdrawn ones do not count.
            filed = sum(f["is_open"] + f["closed_count"] for f in own if f["submitted_at"] > since)
            rates["count", days] = (len(billed), filed)
            rates["amount", days] = (sum(billed), filed)
        return rates

    def _used(self, facts: Mapping[str, Any], moment: Moment) -> dict[tuple[str, str, str], int]:
        zones = {"customer": moment.zones[facts["customer_zone"]], "program": PROGRAM_ZONE, "utc": "UTC"}
        return {
            (per, period, tz): self.used.get(
                counter_of(per, period, zones[tz], moment.now, facts["customer_id"], facts["vendor_id"]), 0
            )
            for per, period, tz in CAPS
        }

    def _age(self, facts: Mapping[str, Any], now: datetime) -> int:
        period = facts["period"]
        if period is None:
            return 0
        return sum(period.starts_on < p.starts_on <= now.date() for p in self.periods[facts["customer_id"]])


def counter_of(
    per: str, period: str, zone: str, now: datetime, customer: int, vendor: int | None
) -> tuple[int | None, str, datetime]:
    """Customer, key and start of the usage counter of a cap without a gate."""
    key = ":".join(["cap", "BUYER_DAILY_CAP", period, *([per] if per != "buyer" else [])])
    key += {"buyer": "", "user": f":{USER_ID}", "vendor": f":{vendor or 0}"}[per]
    return (customer if per == "buyer" else None), key, _start(now, period, zone)


@cache
def _start(now: datetime, period: str, zone: str) -> datetime:
    return period_start(now, period, ZoneInfo(zone))


def boundaries(zone: str) -> Iterator[datetime]:
    """Every instant at which a window of the tests opens or ends."""
    for now in NOWS:
        yield from (now - timedelta(hours=hours) for hours in HOURS)
        yield from (now - timedelta(days=days) for days in RATE_DAYS)
        for days, weekdays in DAYS:
            yield cutoff(now, days, ZoneInfo(zone), weekdays=weekdays)
        yield cutoff(now, 2, ZoneInfo(zone), HOLIDAYS, CALENDARS["desk"].weekdays)


def _instant(random: Random, edges: list[datetime]) -> datetime:
    if random.random() < 0.6:
        return random.choice(edges) + random.choice((-1, 0, 1)) * TICK
    return random.choice(NOWS) - timedelta(seconds=random.randrange(15 * 86_400), microseconds=random.randrange(10**6))


def _charge(random: Random, edges: list[datetime], customer: Customer, invoices: list[Invoice]) -> dict[str, Any]:
    billed = random.choice((0, 4_400, 45_000_000, 10**17)) + random.randrange(3)
    credited = random.choice((0, 0, billed // 3, billed))
    held = random.choice((0, billed - credited))
    remaining = billed - credited
    invoice = random.choice([None, *invoices])
    asked = random.choice((None, remaining, remaining + 1, remaining - 1, billed // 2, billed // 2 + 1, 1, 0))
    return {
        "customer_id": customer.pk,
        "customer_zone": customer.zone_id,
        "dispute_permission": customer.dispute_permission,
        "received_at": _instant(random, edges),
        "occurred_at": _instant(random, edges),
        "submitted_at": _instant(random, edges),
        "billed_at": _instant(random, edges) if random.random() < 0.85 else None,
        "invoice_id": invoice.pk if invoice else None,
        "invoice_status": invoice.status if invoice else None,
        "issued_at": invoice.issued_at if invoice else None,
        "due_on": invoice.due_on if invoice else None,
        "period": invoice.bill_period if invoice else None,
        "period_ends_on": invoice.bill_period.ends_on - timedelta(1) if invoice else None,
        "subkind": random.choice(SUBKINDS),
        "lead_channel": random.choice(CHANNELS),
        "category": random.choice((None, *CATEGORIES)),
        "disposition": random.choice(DISPOSITIONS),
        "platform_tags": random.choice(TAGS),
        "answered": random.choice((None, False, True, True)),
        "connect_s": random.choice(SECONDS),
        "duration_s": random.choice(SECONDS),
        "speech_s": random.choice((None, "0", "0.001", "5", "5.001")),
        "recording_enabled": random.choice((None, False, True, True)),
        "recording_url": random.choice(("", "https://r.example/1")),
        "recording_ms": random.choice((None, 0, 29_999, 30_000)),
        "caller_e164": random.choice((None, *(f"+1212555{n:04}" for n in range(50)))),
        "contact_e164": random.choice((None, None, None, "+12125550001", "+12125559000")),
        "contact_email": random.choice(("", "", "Ann@Example.com", "ann@example.com")),
        "vendor_id": None,
        "billed_micros": billed,
        "credited_micros": credited,
        "held_micros": held,
        "has_balance": credited > 0 or held > 0 or random.random() < 0.5,
        "is_open": random.random() < 0.05,
        "closed_count": random.choice((0, 0, 0, 1, 2, 3)),
        "is_withdrawn": random.random() < 0.2,
        **_claim(random, asked),
    }


def _claim(random: Random, asked: int | None) -> dict[str, Any]:
    attached = [
        {"mime": random.choice(MIMES), "bytes": random.choice((10, 1_000, 1_001))} for _ in range(random.randrange(4))
    ]
    return {
        "asked_micros": asked,
        "running_micros": random.choice((None, 45_000_000, 45_000_001)),
        "reason_code": random.choice((None, *REASONS)),
        "description": random.choice((None, "", "  ", "no", " yes ", "not a word was said")),
        "files": len(attached),
        "attached": attached,
        "origin": random.choice(ORIGINS),
        "rank": random.randrange(1, 6),
        "rank_of_user": random.randrange(1, 6),
        "rank_of_vendor": random.randrange(1, 6),
    }


def _customers() -> list[Customer]:
    create_customer(SYSTEM, number="B7", name="Barred", currency="USD", dispute_permission=False, zone="Europe/Berlin")
    create_customer(SYSTEM, number="B8", name="Clear", currency="USD", zone="Australia/Lord_Howe")
    return list(Customer.objects.order_by("pk"))


def _invoices(random: Random, customer: Customer) -> list[Invoice]:
    """Six periods of a customer, the later ones with an invoice that falls due around the moments."""
    found = []
    for n in range(6):
        day = random.choice(NOWS).date() - timedelta(days=random.randrange(2, 9))
        starts = date(2026, 1 + 2 * n, 1)
        period = BillPeriod.objects.create(
            customer=customer, number=n, starts_on=starts, ends_on=date(2026, 1 + 2 * n, random.choice((26, 28)))
        )
        invoice = Invoice.objects.create(
            number=customer.pk * 100 + n,
            customer=customer,
            bill_period=period,
            currency="USD",
            issued_at=_instant(random, list(boundaries("UTC"))),
            due_on=day,
            total_micros=0,
            status=random.choice(("draft", "issued", "paid", "written_off")) if customer.number != "B8" else "paid",
        )
        found.append(invoice)
    return found


def _catalog(program_id: int) -> dict[str, list[str]]:
    """Reasons tied to categories; returns the codes that each active one is tied to (none: offered for all)."""
    for code in (*CATEGORIES, "call"):
        create_category(SYSTEM, code=code, name=code.capitalize())
    tied = {"ONLY_ROOFS": ["roofing", "legal"], "ONLY_CALLS": ["call", "towing"], "OFF": []}
    for code, categories in tied.items():
        reason = Reason.objects.create(program_id=program_id, code=code, label=code, is_active=code != "OFF")
        reason.categories.set(Category.objects.filter(code__in=categories))
    del tied["OFF"]
    return {**tied, "SPAM": [], "BOT": []}


def _counters(random: Random, world: World, moments: list[Moment]) -> dict[tuple[int | None, str, datetime], int]:
    used: dict[tuple[int | None, str, datetime], int] = {}
    zones = [*ZONES, "UTC"]
    for customer in Customer.objects.all():
        for per, period, _ in CAPS:
            for moment in moments:
                for zone in zones:
                    where = counter_of(per, period, zone, moment.now, customer.pk, None)
                    used.setdefault(where, random.randrange(6))
    UsageCounter.objects.bulk_create(
        UsageCounter(program=world.program, customer_id=customer_id, key=key, period_start=start, used=count)
        for (customer_id, key, start), count in used.items()
    )
    return used


def build(world: World) -> PolicyWorld:
    """Write everything, set-based where it is much."""
    random = Random(SEED)  # noqa: S311 - a seeded draw, not a secret
    zones = {zone_named(name).pk: name for name in ZONES}
    moments = [Moment(now, zones, PROGRAM_ZONE, CALENDARS, USER_ID) for now in NOWS]
    edges: dict[int | None, list[datetime]] = {None: list(boundaries("UTC"))}
    edges.update((pk, list(boundaries(name))) for pk, name in zones.items())
    invoices = {customer: _invoices(random, customer) for customer in _customers()}
    catalog = _catalog(world.program.pk)
    charges = []
    for _ in range(CHARGES):
        customer, zone = random.choice(list(invoices)), random.choice(list(edges))
        facts = _charge(random, edges[zone], customer, invoices[customer])
        charges.append({**facts, "tz_id": zone, "catalog": catalog, "program_id": world.program.pk})
    owed = {pk: [i.due_on for i in found if i.status == "issued" and i.due_on] for pk, found in _by_pk(invoices)}
    for facts in charges:
        facts["oldest_due_on"] = min(owed[facts["customer_id"]], default=None)
    written = _insert(world.program.pk, charges)
    periods = {pk: [invoice.bill_period for invoice in found] for pk, found in _by_pk(invoices)}
    return PolicyWorld(world.program.pk, moments, written, periods, _counters(random, world, moments))


def _by_pk(invoices: Mapping[Customer, list[Invoice]]) -> Iterable[tuple[int, list[Invoice]]]:
    return ((customer.pk, found) for customer, found in invoices.items())


INSERT_CHARGES = """
INSERT INTO billing_charge (program_id, customer_id, tz_id, kind, subkind, usage_id, occurred_at, received_at,
  billed_at, currency, billed_micros, tax_micros, tax_jurisdiction, payout_currency, payout_micros, disposition,
  feature_label, unit, direction, hangup_by, recording_url, lead_channel, contact_name, contact_email,
  external_source, external_id, buyer_ref, vendor_ref, vendor_sub_id, platform_tags, invoice_id, category_id, answered,
  connect_s, duration_s, speech_s, recording_enabled, recording_ms, caller_e164, contact_e164)
SELECT %(program)s, customer_id, tz_id, 'usage', subkind, 20000000 + n, occurred_at, received_at, billed_at,
  'USD', billed_micros, 0, '', 'USD', 0, disposition, '', '', '', 'unknown', recording_url, lead_channel, '',
  contact_email, 'differential', n::text, '', '', '', platform_tags, invoice_id,
  (SELECT g.id FROM billing_category g WHERE g.code = category), answered, connect_s, duration_s, speech_s,
  recording_enabled, recording_ms, caller_e164, contact_e164
FROM jsonb_to_recordset(%(facts)s::jsonb) AS f (n int, customer_id bigint, tz_id bigint, received_at timestamptz,
  occurred_at timestamptz, billed_at timestamptz, billed_micros bigint, disposition text, subkind text,
  lead_channel text, recording_url text, contact_email text, platform_tags text[], invoice_id bigint, category text,
  answered bool, connect_s int, duration_s int, speech_s numeric, recording_enabled bool, recording_ms int,
  caller_e164 text, contact_e164 text)
ORDER BY n
RETURNING id, external_id::int
"""
INSERT_DISPUTES = """
WITH f AS (
  SELECT * FROM jsonb_to_recordset(%(facts)s::jsonb) AS f (charge_id bigint, customer_id bigint, billed_micros bigint,
    credited_micros bigint, held_micros bigint, has_balance bool, is_open bool, closed_count int, is_withdrawn bool,
    submitted_at timestamptz)
),
balanced AS (
  INSERT INTO ledger_charge_balance (charge_id, currency, billed_micros, held_micros, credited_micros, tax_micros,
    tax_credited_micros, payout_currency, payout_micros, clawed_micros, non_billable_mark)
  SELECT charge_id, 'USD', billed_micros, held_micros, credited_micros, 0, 0, 'USD', 0, 0, false
  FROM f WHERE has_balance OR is_open OR is_withdrawn OR closed_count > 0
),
wanted AS (
  SELECT charge_id, customer_id, submitted_at, 'in_review' AS stage FROM f WHERE is_open
  UNION ALL SELECT charge_id, customer_id, submitted_at, 'withdrawn' FROM f WHERE is_withdrawn
  UNION ALL SELECT charge_id, customer_id, submitted_at, 'closed' FROM f
    CROSS JOIN LATERAL generate_series(1, f.closed_count)
),
numbered AS MATERIALIZED (
  SELECT *, 500000 + row_number() OVER (ORDER BY charge_id, stage) AS id FROM wanted
),
guarded AS (
  INSERT INTO ledger_hold (dispute_id, charge_id, currency, held_micros) SELECT id, charge_id, 'USD', 0 FROM numbered
)
INSERT INTO disputes_dispute (id, number, public_id, program_id, charge_id, customer_id, currency, amount_micros,
  description, origin, stage, round, decision_note, buyer_explanation, finding_ids, override_cause, type, closed_at,
  withdrawn_at, submitted_at)
OVERRIDING SYSTEM VALUE
SELECT id, id, 'dsp_' || id, %(program)s, charge_id, customer_id, 'USD', 1, '', 'buyer', stage, 1, '', '', '{}', '', '',
  CASE stage WHEN 'closed' THEN %(at)s::timestamptz END, CASE stage WHEN 'withdrawn' THEN %(at)s::timestamptz END,
  submitted_at
FROM numbered
"""


def _insert(program: int, charges: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Write the charges; the facts by the numbers the charges got, with what follows from the other charges."""
    with connection.cursor() as cursor:
        numbered = [{**facts, "n": n} for n, facts in enumerate(charges)]
        cursor.execute(INSERT_CHARGES, {"program": program, "facts": json.dumps(numbered, default=str)})
        found = {charge_id: {**charges[n], "charge_id": charge_id} for charge_id, n in cursor.fetchall()}
        facts = json.dumps(list(found.values()), default=str)
        cursor.execute(INSERT_DISPUTES, {"program": program, "facts": facts, "at": NOWS[0]})
        cursor.execute("ANALYZE billing_charge, ledger_charge_balance, disputes_dispute, disputes_usage_counter")
    _relate(found)
    return found


def _relate(found: dict[int, dict[str, Any]]) -> None:
    """What of a charge follows from the others: repeat calls, and disputes of the same contact."""
    calls: dict[tuple[int, str], list[tuple[datetime, int, str | None]]] = {}
    contacts = set()
    for charge_id, facts in found.items():
        if facts["caller_e164"] and facts["billed_at"]:
            key = (facts["customer_id"], facts["caller_e164"])
            calls.setdefault(key, []).append((facts["occurred_at"], charge_id, facts["category"]))
        if facts["is_open"]:
            contacts.add((facts["customer_id"], _contact(facts)))
    for charge_id, facts in found.items():
        same = calls.get((facts["customer_id"], facts["caller_e164"] or ""), [])
        own = (facts["occurred_at"], charge_id)
        facts["calls_before"] = [(at, category) for at, pk, category in same if (at, pk) < own]
        facts["contact_is_open"] = _contact(facts) is not None and (facts["customer_id"], _contact(facts)) in contacts
        facts["speech_s"] = None if facts["speech_s"] is None else float(facts["speech_s"])


def _contact(facts: Mapping[str, Any]) -> str | None:
    return facts["contact_e164"] or facts["caller_e164"] or facts["contact_email"].lower() or None
