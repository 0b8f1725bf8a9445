"""The order of arrival, kept by whatever decides: nothing goes before an older one without a cause that is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from makegood.disputes import errors
from makegood.disputes.entries import AdjustItem, DecisionItem, Prepared, Skip
from makegood.disputes.models import Dispute, OutOfTurn
from makegood.disputes.operations.steps import told
from makegood.disputes.selectors.turns import Behind, behind_older
from makegood.journal.operations import record_all
from makegood.kernel import clock
from makegood.kernel.answers import Answer, accepted
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal


def in_turn(principal: Principal, prepared: Prepared, items: Sequence[DecisionItem] | Sequence[AdjustItem]) -> Prepared:
    """The same, without what an older one has its turn before and no cause is given for: OUT_OF_TURN.

    Those of one batch count as taken together, so that a batch of the oldest is in order. Looked at only where a
    program of theirs works in order of arrival.
    """
    if not prepared.in_order:
        return prepared
    behind = behind_older(principal, [one.dispute_id for one in prepared.batch])
    if not behind:
        return prepared
    refused: dict[int, Answer] = dict(prepared.refused)
    skips: dict[int, Skip] = {}
    going, now = [], clock.now()
    for place, one in zip(prepared.going, prepared.batch, strict=True):
        older, cause = behind.get(one.dispute_id), items[place].cause.strip()
        if older is not None and not cause:
            refused[place] = Answer.refused(place, _refusal(older), id=one.dispute_id)
            continue
        if older is not None:
            skips[one.dispute_id] = Skip(one.dispute_id, older.oldest_id, older.oldest, cause, now)
        going.append((place, one))
    return replace(
        prepared,
        refused=refused,
        going=tuple(place for place, _ in going),
        batch=tuple(one for _, one in going),
        skips=skips,
    )


def _refusal(one: Behind) -> Refusal:
    return errors.OutOfTurn(number=one.number, oldest=one.oldest)


def behind_others(principal: Principal, prepared: Prepared, stopped: Collection[int]) -> dict[int, Refusal]:
    """Of what would go on, the places behind an older one of the same batch that would not: why each is stopped then.

    ``stopped`` are the places of those that would not go on.
    """
    if not prepared.in_order or not stopped:
        return {}
    going = {
        one.dispute_id: place
        for place, one in zip(prepared.going, prepared.batch, strict=True)
        if place not in stopped and one.dispute_id not in prepared.skips
    }
    return {going[pk]: _refusal(one) for pk, one in behind_older(principal, going).items()}


def keep_skips(principal: Principal, skips: Mapping[int, Skip], answers: Sequence[Answer], verb: str) -> None:
    """Keep what was taken before an older one, and tell the journal; what was refused was not taken."""
    taken = list(dict.fromkeys(answer.id for answer in accepted(answers) if answer.id in skips))
    if not taken:
        return
    disputes = Dispute.objects.select_related("charge").defer("charge__raw").in_bulk(taken)
    OutOfTurn.objects.bulk_create(
        OutOfTurn(dispute_id=pk, before_id=one.before_id, taken_by_id=principal.id, cause=one.cause, at=one.at)
        for pk, one in skips.items()
        if pk in disputes
    )
    facts = [(disputes[pk], {"before": skips[pk].before, "cause": skips[pk].cause}) for pk in taken if pk is not None]
    record_all(principal, [told(dispute, verb, "taken_out_of_turn", said) for dispute, said in facts])
