"""What buyers said of their leads, and what was decided. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from makegood.project.demo.contests import Contest, Deed, Did
from makegood.project.demo.dice import dice
from makegood.project.demo.history import CALM
from makegood.project.demo.leads import generator as named
from makegood.project.demo.leads.cast import CREDITS, PROS, REVIEWS
from makegood.project.demo.leads.generator import BAD, Lead
from makegood.project.demo.people import CSR, MANAGER, OTHER_MANAGER, filer

_ASKED = 0.7
_ASKED_FOR_NOTHING = 0.03
_STILL_WAITS = timedelta(hours=5)
_APART = timedelta(minutes=3)
_WAITING, _IN_REVIEW, _LOOKED_AT = 8, 3, timedelta(minutes=50)
"""So many of the latest leads wait for a review, and so many of those are in review since then."""
_SAYS = {
    "WRONG_NUMBER": "They wanted somebody else and had misdialed.",
    "JOB_SEEKER": "Was looking for a job with us.",
    "OUT_OF_AREA": "Lives an hour outside of the area we serve.",
    "SPAM_SOLICITOR": "Was selling advertising.",
    "SOLICITOR": "Was selling advertising.",
    "NO_CALLER": "Nobody spoke; the line stayed silent.",
    "DUPLICATE": "The same person as two days before, about the same job.",
    "SERVICE_NOT_PROVIDED": "Asked for something we do not offer.",
    "SPAM": "Automated message.",
}
_OF_THE_CAP, _QUIET = PROS[1], timedelta(hours=30)
"""Who files nothing for so long but what the story of the daily limit says."""
_GRANTED = "Heard and confirmed. Credited."
_REFUSED = "The caller asked for the service and could be served, so the lead is valid."


def past(program: str, leads: Sequence[Lead], *, seed: int, now: datetime) -> list[Contest]:
    """The filings of one lead program up to ``now``, oldest first."""
    rng = dice(seed, f"lead past {program}")
    told = {named.INSIDE, named.OUTSIDE, named.SEVEN_DAYS, named.UNRECORDED, named.OVERTURNED, *named.CAPPED}
    found = [contest for lead in leads if lead.id not in told for contest in _contests(lead, rng, now)]
    if program == CREDITS:
        found = list(_in_turn([*found, *_stories({lead.id: lead for lead in leads}, now)], now))
    else:
        filed = {item for contest in found for item in contest.items}
        found += _waiting([lead for lead in leads if lead.id not in {*filed, *told}], now)
    return sorted(found, key=lambda contest: (contest.filed_at, contest.items))


def _in_turn(contests: Iterable[Contest], now: datetime) -> Iterator[Contest]:
    """Decided strictly in order of arrival, as that program promises; from the first that still waits on all do."""
    last: datetime | None = now - timedelta(days=365)
    for contest in sorted(contests, key=lambda contest: contest.filed_at):
        if last is None or not contest.deeds:
            last = None
            yield replace(contest, deeds=())
            continue
        late = max(last + _APART - contest.deeds[0].at, timedelta(0))
        last = contest.deeds[0].at + late
        if last > now - _STILL_WAITS:
            last = None
            yield replace(contest, deeds=())
            continue
        yield replace(contest, deeds=tuple(replace(deed, at=deed.at + late) for deed in contest.deeds))


def _contests(lead: Lead, rng: Random, now: datetime) -> Iterator[Contest]:
    asked = rng.random() < (_ASKED if lead.bad else _ASKED_FOR_NOTHING)
    filed_at = lead.at + timedelta(hours=rng.uniform(2, 60))
    decided_at = filed_at + timedelta(hours=rng.uniform(5, 40))
    reviewable = not lead.phone or (lead.answered and lead.recorded)
    if not asked or filed_at >= now or not (reviewable or lead.pro.program == CREDITS):
        return
    if lead.pro is _OF_THE_CAP and filed_at > now - _QUIET:
        return
    reason = lead.bad or "OUT_OF_AREA"
    deeds: tuple[Deed, ...] = ()
    if decided_at < now - _STILL_WAITS:
        did = Did.ACCEPT if lead.bad else Did.REJECT
        deeds = (Deed(decided_at, did, MANAGER, words=_GRANTED if lead.bad else _REFUSED),)
    is_calm = CALM[1] < now - filed_at < CALM[0]
    by = CSR if is_calm else filer(lead.pro.number)
    yield Contest(lead.pro.program, (lead.id,), by, filed_at, reason, _SAYS[reason], deeds=deeds)


def _waiting(leads: Sequence[Lead], now: datetime) -> Iterator[Contest]:
    """Leads of the last days that were submitted for review, half of them by somebody who signs in; some of those
    are looked at just now.
    """
    old = [lead for lead in leads if now - lead.at > timedelta(hours=5) and lead.recorded and lead.answered]
    reasons = [reason for reason, _ in BAD[REVIEWS]]
    ours = [lead for lead in old if filer(lead.pro.number) is not CSR]
    others = [lead for lead in old if lead not in ours]
    for place, lead in enumerate([*ours[: -_WAITING // 2 - 1 : -1], *others[: -_WAITING // 2 - 1 : -1]]):
        reason = lead.bad or reasons[place % len(reasons)]
        filed_at = now - timedelta(hours=1, minutes=20 * place + 5)
        deeds = (Deed(now - _LOOKED_AT, Did.CLAIM, MANAGER),) if place < _IN_REVIEW else ()
        yield Contest(REVIEWS, (lead.id,), filer(lead.pro.number), filed_at, reason, _SAYS[reason], deeds=deeds)


def _stories(leads: dict[str, Lead], now: datetime) -> Iterator[Contest]:
    """A decline that a second look overturned, and a buyer who reached the daily limit."""
    lead = leads[named.OVERTURNED]
    filed = lead.at + timedelta(hours=5)
    yield Contest(
        CREDITS,
        (lead.id,),
        filer(lead.pro.number),
        filed,
        "WRONG_NUMBER",
        _SAYS["WRONG_NUMBER"],
        deeds=(
            Deed(filed + timedelta(hours=20), Did.REJECT, MANAGER, words=_REFUSED),
            Deed(filed + timedelta(hours=46), Did.RE_REVIEW, CSR, words="The caller named another company twice."),
            Deed(
                filed + timedelta(hours=64),
                Did.ACCEPT,
                OTHER_MANAGER,
                words="He asks for another company at 0:12 and at 0:20. Credited after all.",
            ),
        ),
    )
    for place, lead_id in enumerate(named.CAPPED[:-1]):
        filed = now - timedelta(hours=2) + timedelta(minutes=place)
        yield Contest(CREDITS, (lead_id,), CSR, filed, "WRONG_NUMBER", _SAYS["WRONG_NUMBER"])
