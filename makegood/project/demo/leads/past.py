"""What buyers said of their leads, and what was decided. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from makegood.project.demo.contests import Contest, Deed, Did
from makegood.project.demo.dice import dice
from makegood.project.demo.leads import generator as named
from makegood.project.demo.leads.cast import CREDITS, PROS
from makegood.project.demo.leads.generator import Lead
from makegood.project.demo.people import CSR, MANAGER, OTHER_MANAGER

_ASKED = 0.7
_ASKED_FOR_NOTHING = 0.03
_STILL_WAITS = timedelta(hours=5)
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
        found += _stories({lead.id: lead for lead in leads}, now)
    return sorted(found, key=lambda contest: (contest.filed_at, contest.items))


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
    yield Contest(lead.pro.program, (lead.id,), CSR, filed_at, reason, _SAYS[reason], deeds=deeds)


def _stories(leads: dict[str, Lead], now: datetime) -> Iterator[Contest]:
    """A decline that a second look overturned, and a buyer who reached the daily limit."""
    lead = leads[named.OVERTURNED]
    filed = lead.at + timedelta(hours=5)
    yield Contest(
        CREDITS,
        (lead.id,),
        CSR,
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
