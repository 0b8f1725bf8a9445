"""The desk of re-reviews: finds the decided dispute by the number of the call, of the caller, or its own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from makegood.billing.models import Charge
from makegood.billing.selectors import ChargeFacts, charges_visible_to, facts_of
from makegood.billing.selectors.facts import with_parties as charges_with_parties
from makegood.disputes.models import Decision, Dispute, Finding
from makegood.disputes.selectors.heard import HeardRow, heard_by_round
from makegood.disputes.selectors.rows import WITH_PARTIES, DisputeRow, rows_of
from makegood.disputes.selectors.second_look import SecondLook, second_look
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, DecisionState, RoundOrigin, Stage
from makegood.journal.selectors import latest
from makegood.kernel import clock
from makegood.kernel.phones import to_e164
from makegood.parties.entries import Principal
from makegood.parties.states import Verb

LIMIT = 20
LOOKS_BACK = timedelta(days=90)
"""So long ago a caller's calls are looked for; a call or a dispute that is named by itself is found whenever it was."""
REMEMBERED = timedelta(days=30)
"""So long a re-review that was decided stays in the list."""
DECIDED = (Stage.RESOLVED, Stage.CLOSED)
ASKED = "dispute.re_review_requested"
_NOT_DIALED = re.compile(r"[^\d+]")
_LETTER = re.compile(r"[^\W\d_]")
_FEWEST_DIGITS = 7


@dataclass(frozen=True)
class Decided:
    """A decided dispute of a call: what was heard and said in its last round, and how it stands to another look.

    ``by`` is the first reviewer, told to the deciding side alone; ``findings`` are those that no second was noted for.
    """

    row: DisputeRow
    note: str
    by: str
    heard: tuple[HeardRow, ...]
    findings: tuple[str, ...]
    look: SecondLook


@dataclass(frozen=True)
class SoughtCall:
    """A call with its disputes, the newest first; ``waiting`` are those that are not decided yet."""

    call: ChargeFacts
    decided: tuple[Decided, ...]
    waiting: tuple[DisputeRow, ...]


@dataclass(frozen=True)
class Sought:
    """What a text found: calls with disputes, and how many without; ``by_caller`` that it is a caller's number."""

    text: str
    calls: tuple[SoughtCall, ...] = ()
    without: tuple[ChargeFacts, ...] = ()
    by_caller: bool = False

    @property
    def has_decided(self) -> bool:
        """Whether there is anything to look at again."""
        return any(call.decided for call in self.calls)


@dataclass(frozen=True)
class UnderWay:
    """A re-review: for whom it was asked, when, why, and by which representative; ``cause`` holds what is new, too."""

    row: DisputeRow
    asked_at: datetime
    asked_by: str
    asked_for: str
    cause: str


def find_for_re_review(principal: Principal, text: str) -> list[DisputeRow]:
    """Resolved and closed disputes in sight, newest first, at most 20.

    ``text`` is the dispute's number (``D-10003``), the call's id at its source or at the buyer, or the caller's
    telephone number with any punctuation. An empty text finds nothing.
    """
    return [one.row for call in sought(principal, text).calls for one in call.decided]


def sought(principal: Principal, text: str) -> Sought:
    """The calls in sight that a text names, the newest first, at most 20, with their disputes in sight."""
    said = text.strip()
    if not said:
        return Sought("")
    caller = caller_of(said)
    named = Q(external_id=said) | Q(buyer_ref=said) | Q(pk__in=_charges_of(principal, said))
    if caller is not None:
        named |= Q(caller_e164=caller, received_at__gte=clock.now() - LOOKS_BACK)
    found = charges_with_parties(charges_visible_to(principal).filter(named)).defer("raw")
    rows = list(found.order_by("-received_at", "-pk")[:LIMIT])
    ids = [row.pk for row in rows]
    of_call: dict[int, list[Dispute]] = {pk: [] for pk in ids}
    told = disputes_visible_to(principal).exclude(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])
    disputes = list(told.filter(charge_id__in=ids).order_by("-id"))
    WITH_PARTIES.fill(disputes)
    for dispute in disputes:
        of_call[dispute.charge_id].append(dispute)
    calls = tuple(_call(principal, row, of_call[row.pk]) for row in rows if of_call[row.pk])
    without = tuple(facts_of(principal, row) for row in rows if not of_call[row.pk])
    return Sought(said, calls, without, caller is not None)


def caller_of(text: str) -> str | None:
    """The number that a text means, whatever stands between its digits; None for one with letters."""
    digits = _NOT_DIALED.sub("", text)
    if _LETTER.search(text) or len(digits) < _FEWEST_DIGITS:
        return None
    return to_e164(text) or to_e164(digits)


def _charges_of(principal: Principal, text: str) -> list[int]:
    """The charge of the dispute of that number: ``D-10003``, ``d10003`` or ``10003``."""
    number = text.upper().removeprefix("D").lstrip("-# ")
    found = disputes_visible_to(principal).filter(label=f"D-{number}").exclude(stage=Stage.DRAFT)
    return list(found.values_list("charge_id", flat=True))


def _call(principal: Principal, charge: Charge, disputes: Sequence[Dispute]) -> SoughtCall:
    facts = facts_of(principal, charge)
    decided = [one for one in disputes if one.stage in DECIDED]
    rows = {row.id: row for row in rows_of(principal, disputes, {charge.pk: facts})}
    return SoughtCall(
        facts,
        tuple(_decided(principal, one, rows[one.pk]) for one in decided),
        tuple(rows[one.pk] for one in disputes if one.stage not in DECIDED),
    )


def _decided(principal: Principal, dispute: Dispute, row: DisputeRow) -> Decided:
    made = Decision.objects.filter(dispute=dispute, round=dispute.round, state=DecisionState.COMMITTED)
    decision = made.select_related("by").first()
    heard = heard_by_round(dispute.pk).get(dispute.round, ())
    timed = {one.code for one in heard}
    named = Finding.objects.filter(pk__in=decision.finding_ids if decision else []).order_by("hotkey", "pk")
    by = str(decision.by or "") if decision and principal.can(Verb.DISPUTE_DECIDE) else ""
    return Decided(
        row=row,
        note=dispute.buyer_explanation or dispute.decision_note,
        by=by,
        heard=heard,
        findings=tuple(one.label for one in named if one.code not in timed),
        look=second_look(principal, dispute),
    )


def under_way(principal: Principal) -> tuple[UnderWay, ...]:
    """The re-reviews in sight that are not decided, the oldest first, then those decided in the last 30 days."""
    own = disputes_visible_to(principal).filter(round_origin=RoundOrigin.RE_REVIEW)
    waiting = own.filter(stage__in=[*UNDECIDED, Stage.DECIDED]).order_by("submitted_at", "id")[:LIMIT]
    done = own.filter(stage__in=DECIDED, decided_at__gte=clock.now() - REMEMBERED)
    found = [*waiting, *done.order_by("-decided_at", "-id")[:LIMIT]]
    return tuple(_asked(row) for row in rows_of(principal, found))


def _asked(row: DisputeRow) -> UnderWay:
    last = latest("dispute", row.id, ASKED)
    if last is None:
        return UnderWay(row, row.modified_at, "", "", "")
    said: Mapping[str, object] = last.changes
    return UnderWay(row, last.at, last.principal_label, str(said.get("asked_for") or ""), str(said.get("cause") or ""))
