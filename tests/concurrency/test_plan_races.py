"""One plan committed by many at once, rows that others decide meanwhile, and an undo beside the worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from makegood.disputes import operations, tasks
from makegood.disputes.entries import PlanParams
from makegood.disputes.models import Decision, Dispute
from makegood.disputes.selectors.plans import plan_rows, plan_view
from makegood.disputes.states import PlanVerb, RowState
from makegood.journal.models import JournalEvent
from makegood.kernel import clock
from makegood.ledger.models import Hold
from makegood.parties.entries import Principal
from tests.concurrency.test_decision_races import accepting, deadlocks, filed
from tests.concurrency.threads import all_of, books_hold, race
from tests.world import World


def planned(manager: Principal, ids: list[int]) -> str:
    names = [str(pk) for pk in ids]
    found = operations.plan_bulk(manager, verb=PlanVerb.ACCEPT, selection=names, params=PlanParams("As heard."))
    assert found.planned == len(ids)
    return found.id


def test_commits_of_one_plan_at_once_have_one_effect_and_one_answer(committed_world: World) -> None:
    manager, before = committed_world.person("manager"), deadlocks()
    ids = filed(committed_world, 12)
    plan = planned(manager, ids)
    views = all_of([lambda: operations.commit_plan(manager, plan)] * 4)
    assert {(view.state, view.done, view.refused) for view in views} == {("finished", 12, 0)}
    assert Decision.objects.filter(state="held").count() == 12
    told = Counter(JournalEvent.objects.filter(event__startswith="bulk_plan.").values_list("event", flat=True))
    assert told == {"bulk_plan.created": 1, "bulk_plan.committed": 1, "bulk_plan.finished": 1}
    assert deadlocks() == before
    books_hold()


def test_rows_that_others_decide_at_the_same_moment_are_left_out_and_named(committed_world: World) -> None:
    manager, other = committed_world.person("manager"), committed_world.person("manager", "other")
    ids = filed(committed_world, 12)
    plan = planned(manager, ids)
    racers: list[Callable[[], Any]] = [lambda: operations.commit_plan(manager, plan), accepting(other, ids[::-2])]
    view, answers = race(racers).given
    taken = {answer.id for answer in answers if answer.ok}
    left_out = {row.number for row in plan_rows(manager, plan, state=RowState.REFUSED)}
    assert left_out == {str(one) for one in Dispute.objects.filter(pk__in=taken)}
    assert view.done + len(left_out) == 12
    assert Decision.objects.filter(state="held").count() == 12
    books_hold()


def test_an_undo_beside_the_commit_of_what_is_due_leaves_each_decision_one_way(committed_world: World) -> None:
    manager, before = committed_world.person("manager"), deadlocks()
    ids = filed(committed_world, 12)
    plan = planned(manager, ids)
    operations.commit_plan(manager, plan)
    Dispute.objects.filter(pk__in=ids[::2]).update(commit_after=clock.now() - timedelta(seconds=1))
    outcomes = race([lambda: operations.undo_plan(manager, plan), tasks.commit, tasks.commit])
    assert outcomes.raised == ()
    tasks.commit()
    view = plan_view(manager, plan)
    assert (view.state, view.undone, view.done) == ("undone", 6, 6)
    stages = Counter(Dispute.objects.filter(pk__in=ids).values_list("stage", flat=True))
    assert stages["in_review"] == 6
    assert stages["decided"] == 0
    assert Hold.objects.filter(held_micros__gt=0).count() == 0
    assert deadlocks() == before
    books_hold()
