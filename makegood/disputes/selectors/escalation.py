"""Whom a late dispute is put before."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from makegood.disputes.models import SlaClock
from makegood.disputes.policy import escalation as policy
from makegood.disputes.policy.clocks import amount_words
from makegood.disputes.policy.escalation import BREACH, Escalation, LateClock
from makegood.disputes.states import DECIDING_CLOCKS, ClockUnit
from makegood.parties.models import Program, User
from makegood.parties.selectors import people_who
from makegood.parties.states import Verb

logger = logging.getLogger(__name__)


def escalation_of(program: Program) -> Escalation | None:
    """What a program does where a decision is late; what cannot be read counts as nothing, and is logged."""
    try:
        return policy.escalation_of(program.settings)
    except ValueError as error:
        logger.warning("program %s escalates nothing: %s", program.key, error)
        return None


def told_of(to: str) -> list[User]:
    """Those who decide and are meant by an e-mail or the key of a role, by name."""
    wanted = to.casefold()
    return [one for one in people_who(Verb.DISPUTE_DECIDE) if wanted in {one.email.casefold(), one.role.key}]


def roles_and_people() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Whom late disputes can be put before, as key and name: roles that decide, and people who do."""
    people = people_who(Verb.DISPUTE_DECIDE)
    roles = {one.role.key: one.role.name for one in people}
    return sorted(roles.items(), key=lambda one: one[1]), [(one.email, str(one)) for one in people]


def to_escalate(said: Escalation, dispute_ids: Iterable[int], now: datetime) -> dict[int, str]:
    """Of disputes whose clocks were flagged just now those to escalate, each with the cause in words."""
    clocks = SlaClock.objects.filter(dispute__in=set(dispute_ids), kind__in=sorted(DECIDING_CLOCKS))
    late = clocks.filter(Q(warned_at=now) | Q(breached_at=now))
    found = {}
    for row in late.order_by("id"):
        clock = LateClock(row.target_at, row.breach_at, row.warned_at, row.breached_at)
        if said.is_called_for(clock, now):
            found[row.dispute_id] = _cause(row, said.at)
    return found


def _cause(row: SlaClock, at: str) -> str:
    is_limit = row.breach_at is not None and (at == BREACH or row.target_at is None)
    amount = row.breach_amount if is_limit else row.target_amount
    words = f" of {amount_words(amount, ClockUnit(row.unit))}" if amount else ""
    return f"Not decided within the {'limit' if is_limit else 'target'}{words}."
