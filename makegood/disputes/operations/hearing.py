"""Keeps what was heard at which second, beside the decision that rests on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from makegood.disputes import errors
from makegood.disputes.entries import DecisionItem, HeardItem
from makegood.disputes.models import Decision, Finding, Heard
from makegood.disputes.selectors.heard import clock_of
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import DecisionState
from makegood.evidence.models import Recording
from makegood.evidence.states import RecordingState
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal

SHOWN_MS = 3_000
"""How long a finding lasts of which only the beginning was said, at most."""


def misheard(principal: Principal, items: Sequence[DecisionItem]) -> dict[int, Answer]:
    """The decisions that rest on what cannot have been heard, by place; a dispute out of sight is not among them."""
    hearing = {place: item for place, item in enumerate(items) if item.heard}
    wanted = {item.dispute_id for item in hearing.values()}
    visible = disputes_visible_to(principal).filter(pk__in=wanted).values_list("pk", "program", "charge")
    cases = {pk: (program, charge) for pk, program, charge in visible}
    known = set(Finding.objects.filter(program__in={case[0] for case in cases.values()}).values_list("program", "code"))
    lengths = _lengths({case[1] for case in cases.values()})
    answers = {}
    for place, item in hearing.items():
        if item.dispute_id not in cases:
            continue
        program, charge = cases[item.dispute_id]
        codes = {code for code in item.findings if (program, code) in known}
        refusal = _refusal(item.heard, codes, lengths.get(charge))
        if refusal is not None:
            answers[place] = Answer.refused(place, refusal, id=item.dispute_id)
    return answers


def not_heard(charge_id: int, heard: Sequence[HeardItem], codes: set[str]) -> Refusal | None:
    """Why findings cannot have been heard in the recording of a charge; None where they can. ``codes`` are known."""
    return _refusal(heard, codes, _lengths({charge_id}).get(charge_id)) if heard else None


def _lengths(charge_ids: set[int]) -> Mapping[int, int]:
    """How long the recordings are that can be played, in milliseconds, by charge."""
    ready = Recording.objects.filter(charge__in=charge_ids, state=RecordingState.READY)
    return {charge: length for charge, length in ready.values_list("charge", "duration_ms") if length is not None}


def _refusal(heard: Sequence[HeardItem], codes: set[str], length: int | None) -> Refusal | None:
    if length is None:
        return errors.NothingToHear()
    for one in heard:
        if one.finding not in codes:
            return errors.FindingUnknown(finding=one.finding)
        if not 0 <= one.start_ms < length:
            return errors.HeardBeyondRecording(end=clock_of(length))
    return None


def keep_heard(items: Sequence[DecisionItem], answers: Sequence[Answer]) -> None:
    """Write what the accepted decisions rest on; inside the transaction that decided them."""
    kept = {items[answer.ordinal].dispute_id: items[answer.ordinal] for answer in answers if answer.ok}
    standing = Decision.objects.filter(dispute__in=kept).exclude(state=DecisionState.UNDONE).select_related("dispute")
    rows = [
        row
        for decision in standing
        if decision.round == decision.dispute.round
        for row in _rows(decision, kept[decision.dispute_id])
    ]
    Heard.objects.bulk_create(rows)


def _rows(decision: Decision, item: DecisionItem) -> list[Heard]:
    dispute = decision.dispute
    recording = Recording.objects.get(charge=dispute.charge_id)
    findings = dict(Finding.objects.filter(program=dispute.program_id).values_list("code", "pk"))
    length = recording.duration_ms or 0
    places = {(findings[one.finding], one.start_ms): one.end_ms for one in item.heard}
    return [
        Heard(
            decision=decision,
            recording=recording,
            finding_id=finding,
            start_ms=start,
            end_ms=min(end if end is not None and end > start else start + SHOWN_MS, length),
        )
        for (finding, start), end in places.items()
    ]
