"""What the database forbids of findings heard at a second."""

from __future__ import annotations

from makegood.disputes import operations
from makegood.disputes.entries import HeardItem
from makegood.disputes.models import Decision, Finding, Heard
from makegood.disputes.tests.test_heard import item, record
from makegood.parties.entries import Principal
from tests.refusals import refused_by
from tests.world import DisputeMaker


def test_one_finding_twice_at_one_second_and_a_stretch_without_length(
    make_dispute: DisputeMaker, manager: Principal
) -> None:
    dispute = make_dispute()
    recording = record(dispute)
    operations.decide(manager, items=[item(dispute, HeardItem("ROBOCALL", 1_000))])
    decision, finding = Decision.objects.get(), Finding.objects.get(code="ROBOCALL")
    facts = {"decision": decision, "recording": recording, "finding": finding}
    with refused_by("heard_once"):
        Heard.objects.create(**facts, start_ms=1_000, end_ms=1_500)
    with refused_by("heard_is_a_stretch"):
        Heard.objects.create(**facts, start_ms=2_000, end_ms=2_000)
