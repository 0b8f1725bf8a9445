"""Fills an empty database with the demo: program, parties, people, calls by the import that everybody uses, a past."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from makegood.billing.operations import create_campaign, create_category
from makegood.disputes.operations import install_preset, publish_policy
from makegood.disputes.policy.presets import preset
from makegood.imports.entries import Options
from makegood.imports.operations.import_calls import import_calls
from makegood.kernel import clock
from makegood.notifications import tasks as notifications
from makegood.notifications.operations import mark_read, pass_over_forwards, pass_over_mail
from makegood.notifications.selectors.digests import digests_visible_to
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Customer, Program
from makegood.parties.operations import add_user, change_settings, create_customer, create_vendor, grant_verbs
from makegood.parties.operations.directory import role_called
from makegood.parties.selectors import people_of, principal_of, programs_visible_to
from makegood.parties.states import RoleKey, Verb
from makegood.project.demo import history, hours, recordings, stories, truth, unasked
from makegood.project.demo.cast import (
    BUYERS,
    CAMPAIGNS,
    PROGRAM,
    RANGE_DAYS,
    VENDORS,
    VERTICAL_BY_CODE,
    VERTICALS,
    WINDOW_DAYS,
)
from makegood.project.demo.chronicle import Chronicle, message_time, steps_of
from makegood.project.demo.contests import Contest
from makegood.project.demo.generator import write
from makegood.project.demo.holdings import MARK
from makegood.project.demo.leads import seeding as leads
from makegood.project.demo.leads.cast import CREDITS, REVIEWS
from makegood.project.demo.leads.generator import Lead
from makegood.project.demo.leads.generator import leads as leads_of
from makegood.project.demo.leads.past import past as leads_past
from makegood.project.demo.life import (
    Life,
    Moment,
    Order,
    charges_of_features,
    charges_of_ids,
    commit_all,
    live,
)
from makegood.project.demo.open_work import leave_open
from makegood.project.demo.people import LEAD_PEOPLE, PEOPLE, QA, Person
from makegood.project.demo.problems import LogRefused
from makegood.project.demo.progress import step
from makegood.project.demo.rhythm import OPERATOR_ZONE
from makegood.project.demo.telecom import seeding as telecom
from makegood.project.demo.telecom.accounts import PROGRAM as TELECOM
from makegood.project.demo.telecom.bills import bills as bills_of

SIZES = {"small": 20_000, "medium": 100_000, "large": 1_150_000}
"""Calls of each size; the large one is for measuring, with over 100,000 disputes."""

_PRESET = "call_marketplace"
_READ_UNTIL = timedelta(hours=30)
_FOUNDED = timedelta(days=RANGE_DAYS + 2)
_FOUNDED_LONG_AGO = timedelta(days=460)


def seed_all(*, rows: int, seed: int, now: datetime, folder: Path) -> None:
    """Make up everything; what breaks off is known by its missing mark and begun anew by the next start.

    Raises OperatorProblem.
    """
    with _hasty():
        _seed(rows, seed, now.astimezone(UTC).replace(microsecond=0), folder)


@contextmanager
def _hasty() -> Iterator[None]:
    """Do not wait for the disk after each step: what a crash loses is made up again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        yield
    finally:
        connection.close()


def _seed(rows: int, seed: int, now: datetime, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with recordings.clips(seed) as clips:
        _live(rows, seed, now, folder, clips)


def _live(rows: int, seed: int, now: datetime, folder: Path, clips: recordings.Clips) -> None:
    log, facts = folder / "calls.csv", folder / "truth.csv"
    with step("Setting up customers, vendors and people ..."), clock.frozen(now - _FOUNDED):
        _found(rows, seed)
    with step(f"Making up {rows:,} calls of {RANGE_DAYS} days ...", rows) as told:
        write(log, facts, rows=rows, seed=seed, now=now, told=told)
    with step("Importing them ...", log.stat().st_size) as told:
        _import(log, told)
    contests, leads_found = _bills_and_leads(seed, now, folder)
    kinds = {fact.call_id: fact.kind for fact in truth.read(facts)}
    cases = stories.told(now) + history.past(truth.read(facts), rows=rows, seed=seed, now=now, taken=stories.TAKEN)
    principals = _principals()
    moments = [*Chronicle(principals, cases).moments(steps_of(cases, now)), *_lived(contests, principals, now)]
    with step(f"Living through {len(cases) + len(contests)} disputes ...", len(moments)) as told:
        live(moments, told)
        _tidy(principals, now)
        leave_open(_program(PROGRAM), principals, now)
    with step("Recording the calls that were disputed, and some others ..."):
        recordings.attach(clips.all(), {**kinds, **leads.kinds(leads_found)}, now - unasked.SINCE)
    with step("Listening to what nobody disputed ..."):
        bad = unasked.bad_calls(kinds, {lead.id: lead.bad for lead in leads_found})
        unasked.listen(principals[QA.email], bad, now)
    marked = _program(PROGRAM)
    change_settings(SYSTEM, program=marked, settings={MARK: {**marked.settings[MARK], "finished": True}})


def _program(key: str) -> Program:
    return programs_visible_to(SYSTEM).get(key=key)


def _bills_and_leads(seed: int, now: datetime, folder: Path) -> tuple[list[Contest], list[Lead]]:
    """The other three programs: thirteen months of bills, a month of leads, and what was disputed of them."""
    every: list[Lead] = []
    with step("Writing thirteen months of bills and a month of leads ..."):
        with clock.frozen(now - _FOUNDED_LONG_AGO):
            telecom.found()
            leads.found()
            hours.open_the_office(now.date())
            hours.promise(_program(TELECOM), _program(REVIEWS))
            _add_people(LEAD_PEOPLE)
            for key, plan in unasked.PLANS.items():
                change_settings(SYSTEM, program=_program(key), settings={"proactive_review": plan})
        bills = list(bills_of(now.date(), seed))
        telecom.bring_in(bills, folder, seed, now.date())
        contests = telecom.contests(bills, seed, now)
        for program in (CREDITS, REVIEWS):
            found = leads_of(program, now, seed)
            leads.bring_in(program, found, folder)
            contests += leads_past(program, found, seed=seed, now=now)
            every += found
    return contests, every


def _lived(contests: list[Contest], principals: dict[str, Principal], now: datetime) -> Iterator[Moment]:
    """The contests of bills and leads, moment by moment, with the messages that follow."""
    items = {contest.source: set[str]() for contest in contests}
    for contest in contests:
        items[contest.source].update(contest.items)
    charges = charges_of_features(items.pop(TELECOM, set()))
    charges |= charges_of_ids(item for found in items.values() for item in found)
    told: set[datetime] = set()
    for moment in Life(principals, charges).moments(contests):
        if moment.at <= now:
            yield moment
            told.add(message_time(moment.at).replace(hour=0, minute=0) + timedelta(days=1))
    # Once a day is enough for people who are told of a month ago: windows count from the events.
    yield from (Moment(at, Order.TELL, 0, notifications.run) for at in told if at <= now)


@transaction.atomic
def _found(rows: int, seed: int) -> None:
    """The operator as it was before its first call, with a window of ten days."""
    program = install_preset(
        SYSTEM,
        preset_key=_PRESET,
        key=PROGRAM,
        name="Calls",
        zone=str(OPERATOR_ZONE),
        overrides={MARK: {"rows": rows, "seed": seed, "finished": False}},
    )
    rules = [
        {**rule, "amount": WINDOW_DAYS * 24} if rule["type"] == "window" else rule for rule in preset(_PRESET).rules
    ]
    publish_policy(SYSTEM, program=program, rules=rules, note="Ten days to dispute a call.")
    _add_parties()
    _add_campaigns(program)
    _add_people(person for person in PEOPLE if person not in LEAD_PEOPLE)
    listeners = role_called(RoleKey.QA)
    verbs = frozenset(Verb(verb) for verb in listeners.verbs)
    grant_verbs(SYSTEM, role=listeners, verbs=verbs, max_decision_micros=unasked.ALONE_MICROS)


def _add_people(people: Iterable[Person]) -> None:
    for person in people:
        add_user(
            SYSTEM,
            email=person.email,
            password=person.password,
            role_key=person.role,
            customer_number=person.customer,
            vendor_number=person.vendor,
            name=person.name,
            zone=person.zone,
        )


def _add_parties() -> None:
    made: dict[str, Customer] = {}
    for buyer in BUYERS:
        made[buyer.number] = create_customer(
            SYSTEM,
            number=buyer.number,
            name=buyer.name,
            currency=buyer.currency,
            zone=buyer.zone,
            parent=made.get(buyer.parent),
        )
    for vendor in VENDORS:
        create_vendor(SYSTEM, number=vendor.number, name=vendor.name, currency=vendor.currency, zone=vendor.zone)


def _add_campaigns(program: Program) -> None:
    categories = {
        vertical.code: create_category(SYSTEM, code=vertical.name, name=vertical.name) for vertical in VERTICALS
    }
    for campaign in CAMPAIGNS:
        create_campaign(
            SYSTEM,
            program=program,
            number=campaign.number,
            name=campaign.name,
            category=categories[campaign.vertical],
            criteria={
                "billable_after_s": VERTICAL_BY_CODE[campaign.vertical].billable_after_s,
                "duplicate_window_days": campaign.duplicate_window_days,
                "text": campaign.text,
            },
        )


def _import(log: Path, told: Callable[[int], None]) -> None:
    """By the same operation as `makegood import calls`. Raises LogRefused."""
    answer = import_calls(SYSTEM, path=log, options=Options(program=PROGRAM), told=lambda done, _: told(done))
    if answer.tally.rejected:
        raise LogRefused(answer.messages)


def _principals() -> dict[str, Principal]:
    return {user.email: principal_of(user) for user in people_of(list(RoleKey))}


def _tidy(principals: dict[str, Principal], now: datetime) -> None:
    """Commit what is due, and let everybody have read their older messages."""
    commit_all()
    notifications.run()
    pass_over_mail(before=now - _READ_UNTIL)
    pass_over_forwards(before=now - _READ_UNTIL)
    for principal in principals.values():
        with clock.frozen(now - _READ_UNTIL):
            seen = digests_visible_to(principal).filter(flushed_at__lte=clock.now()).values_list("pk", flat=True)
            mark_read(principal, digest_ids=seen)
