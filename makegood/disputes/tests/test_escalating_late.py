"""What is late is put before whom the program names: once, in the journal, and told to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F

from makegood.disputes import operations, tasks
from makegood.disputes.entries import DecisionItem, Ref, WordsItem
from makegood.disputes.models import Dispute, Handling
from makegood.disputes.selectors.handling import handling_of
from makegood.disputes.states import DecisionKind
from makegood.journal.models import JournalEpoch, JournalEvent
from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import User
from tests.refusals import refused
from tests.world import DisputeMaker, World

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def run_at(hours: float) -> None:
    """Let the worker look at clocks then."""
    JournalEpoch.objects.update(epoch=F("epoch") + 1)
    with clock.frozen(NOON + timedelta(hours=hours)):
        tasks.clocks()


def filed(world: World, make_dispute: DisputeMaker, decision: dict[str, int], **escalate: Any) -> Dispute:
    """A dispute of noon under such a setting, with its clocks."""
    world.program.settings["sla"] = {"decision": decision, "escalate": escalate}
    world.program.save(update_fields=["settings"])
    with clock.frozen(NOON):
        dispute = make_dispute()
    run_at(0)
    return dispute


def escalated() -> list[dict[str, Any]]:
    return list(JournalEvent.objects.filter(event="dispute.escalated").values_list("changes", flat=True))


@pytest.mark.parametrize(
    ("decision", "at", "hours", "cause"),
    [
        ({"target_hours": 24, "breach_hours": 48}, "target", 24, "Not decided within the target of 24 hours."),
        ({"target_hours": 24, "breach_hours": 48}, "breach", 48, "Not decided within the limit of 48 hours."),
        ({"target_hours": 24, "breach_hours": 48}, "target", 60, "Not decided within the target of 24 hours."),
        ({"breach_hours": 48}, "target", 48, "Not decided within the limit of 48 hours."),
        ({"target_hours": 24}, "breach", 24, "Not decided within the target of 24 hours."),
    ],
)
def test_it_is_escalated_once_at_the_limit_that_the_program_names(
    world: World, make_dispute: DisputeMaker, manager: Principal, decision: dict[str, int], at: str, hours: int,
    cause: str,
) -> None:  # fmt: skip
    dispute = filed(world, make_dispute, decision, at=at)
    run_at(23.9)
    assert escalated() == []
    run_at(hours)
    run_at(hours + 100)
    (changes,) = escalated()
    assert {"cause": cause, "by": None, "to": "", "people": []}.items() <= changes.items()
    seen = handling_of(manager, dispute.pk).escalated
    assert seen is not None
    assert (seen.by, seen.cause, seen.at) == ("the clock", cause, NOON + timedelta(hours=hours))
    assert operations.settle_escalation(manager, items=[Ref(dispute.pk)])[0].ok
    run_at(hours + 200)
    assert len(escalated()) == 1


def test_a_person_gets_it_and_a_role_is_told(
    world: World, make_dispute: DisputeMaker, manager: Principal, biller: Principal
) -> None:
    limits = {"target_hours": 24, "breach_hours": 48}
    email = User.objects.get(pk=manager.id).email
    dispute = filed(world, make_dispute, limits, at="target", to=email.upper())
    run_at(24)
    assert Handling.objects.get(dispute=dispute).assigned_to_id == manager.id
    assert escalated()[-1]["people"] == [manager.id]
    world.program.settings["sla"] = {"decision": limits, "escalate": {"at": "target", "to": "billing"}}
    world.program.save(update_fields=["settings"])
    with clock.frozen(NOON):
        other = make_dispute()
    run_at(30)
    assert Handling.objects.get(dispute=other).assigned_to_id is None
    assert escalated()[-1]["people"] == [biller.id]


def test_what_is_escalated_already_or_decided_or_set_badly_stays(
    world: World, make_dispute: DisputeMaker, manager: Principal, caplog: pytest.LogCaptureFixture
) -> None:
    dispute = filed(world, make_dispute, {"target_hours": 24}, at="target", to="somebody who left")
    with clock.frozen(NOON + timedelta(hours=23)):
        assert operations.decide(manager, items=[DecisionItem(dispute.pk, DecisionKind.ACCEPT)])[0].ok
    run_at(24)
    assert escalated() == []
    with clock.frozen(NOON):
        late = make_dispute()
    run_at(24)
    assert [changes["people"] for changes in escalated()] == [[]]  # nobody is meant any more: those who lead are told
    (again,) = operations.escalate_late(items=[WordsItem(late.pk, "Late.")])
    refused(again, "ALREADY_ESCALATED", f"{late.label} is with the leads already.")
    with clock.frozen(NOON):
        last = make_dispute()
    world.program.settings["sla"]["escalate"] = "always"
    world.program.save(update_fields=["settings"])
    run_at(24)
    assert not Handling.objects.filter(dispute=last).exists()
    assert "escalates nothing" in caplog.text
