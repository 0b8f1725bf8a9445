"""Background work of disputes: the worker calls these at every poll, again at once while there is something to do."""

from __future__ import annotations

from django.db import transaction

from makegood.disputes.entries import WordsItem
from makegood.disputes.lifecycle import Verb
from makegood.disputes.operations import (
    auto_accept,
    breach,
    cancel_overtaken,
    commit_due,
    draw_due,
    escalate_late,
    forget_plans,
    forget_unattached,
    free_lapsed,
    keep_clocks,
    lapse,
    release_lapsed,
    run_plans,
)
from makegood.disputes.operations.commit import SetAside
from makegood.disputes.operations.keep_clocks import BATCH as EVENTS
from makegood.disputes.operations.keep_evidence import delete_unneeded_recordings
from makegood.disputes.selectors.clocks import due_breaches, due_infos, still_open
from makegood.kernel import clock
from makegood.kernel.answers import accepted

LATE = "not decided in time"
OLD_PLANS = 20
LOOSE_FILES = 100
_set_aside: SetAside = {}


def recordings() -> int:
    """Delete the sound of recordings past their day that no dispute needs, one batch. Gives how many."""
    return delete_unneeded_recordings()


def commit() -> int:
    """Commit a batch of due decisions. Gives how many."""
    return len(commit_due(set_aside=_set_aside))


def release() -> int:
    """Put a batch of lapsed reviews back into the queue. Gives how many."""
    return len(release_lapsed())


def clocks() -> int:
    """Read what the journal tells of clocks, then flag a batch of those that are due. Gives how much there was to do.

    Flagging waits until the journal is read, so that nothing is called late that was decided a moment ago. What a
    program grants when it is late is accepted within its budget; what is above that waits for a person. What is still
    open then is escalated, where the program says so.
    """
    read = keep_clocks()
    if read == EVENTS:
        return read
    with transaction.atomic():
        late = accepted(breach(due_breaches(clock.now())))
        to_grant = [answer.id for answer in late if answer.data["grant"] and answer.id is not None]
        if to_grant:
            auto_accept(to_grant, LATE, step=Verb.BREACH)
        causes = {answer.id: answer.data["escalate"] for answer in late if answer.id and answer.data["escalate"]}
        if causes:
            escalate_late(items=[WordsItem(pk, causes[pk]) for pk in still_open(causes)])
    return read + len(late)


def lapses() -> int:
    """Put a batch of disputes whose question stayed without answer back into the queue. Gives how many."""
    return len(accepted(lapse(due_infos(clock.now()))))


def plans() -> int:
    """Go on with a bulk plan that runs, one chunk. Gives how many disputes that were."""
    return run_plans()


def old_plans() -> int:
    """Forget a few plans that were looked at and never committed. Gives how many."""
    return forget_plans(OLD_PLANS)


def loose_files() -> int:
    """Forget a few files that were handed in more than a day ago and belong to no dispute. Gives how many."""
    return forget_unattached(LOOSE_FILES)


def reviews() -> int:
    """Draw the days that are over for reviews nobody asked for, and free what was overtaken or left lying.

    Gives how much there was to do.
    """
    return draw_due() + cancel_overtaken() + free_lapsed()
