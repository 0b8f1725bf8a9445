"""The fast lane: one case after the other, each decided with a few keys."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from makegood.disputes import errors, operations
from makegood.disputes.entries import ClaimItem, DecisionItem, DeskTimeItem, Ref
from makegood.disputes.models import Dispute
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.leases import lease_of
from makegood.disputes.selectors.partial_amounts import part_for
from makegood.disputes.states import DecisionKind, Stage
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb
from makegood.web import deciding, lane_answers, lane_case
from makegood.web.lane_query import address
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id, version_of
from makegood.web.pages import go, is_part, page, respond
from makegood.web.reauth import asks_again

FRESH = "private, max-age=30"
"""A case that was fetched ahead is good for so long; its lease is taken when it is shown."""
FIELDS = {
    "EXPLANATION_REQUIRED": "note",
    "PARTIAL_OUT_OF_RANGE": "amount",
    "BAD_AMOUNT": "amount",
    "AMOUNT_TOO_FINE": "amount",
    "AMOUNT_EXCEEDS_REMAINING": "amount",
    "CLAWBACK_OUT_OF_RANGE": "taken",
    "TIME_UNREADABLE": "heard",
    "HEARD_BEYOND_RECORDING": "heard",
}
MEANWHILE = frozenset({errors.WrongStage.code, errors.Leased.code, errors.Conflict.code})
ENTER = "enter"
"""What Enter in a field sends: the part; with a claw-back typed by hand it only shows what the decisions would do."""
NOT_AS_ASKED = frozenset({*FIELDS, errors.DecisionNotOffered.code, errors.FindingUnknown.code})


@require_safe
@page(Verb.DISPUTE_DECIDE)
def lane(request: PageRequest) -> HttpResponse:
    """Hand out the next case of the line; the page that says so when there is none."""
    rows = lane_case.line_now(request).next(limit=1)
    if rows:
        return go(address(request, rows[0].number_only))
    return lane_answers.nothing_left(request)


@require_safe
@page(Verb.DISPUTE_DECIDE)
def case(request: PageRequest, number: str) -> HttpResponse:
    """One case; as a part it may be fetched ahead."""
    dispute = lane_case.dispute_of(request, number)
    response = lane_answers.shown(request, lane_case.case_of(request, dispute))
    if is_part(request):
        response.headers["Cache-Control"] = FRESH
    return response


@require_POST
@page(Verb.DISPUTE_DECIDE)
def effects(request: PageRequest, number: str) -> HttpResponse:
    """What the decisions would do with what is typed and heard so far; nothing is written."""
    dispute = lane_case.case_named(request, number)
    return respond(
        request, "web/desk/money.html", {"bar": lane_case.money_of(request, dispute, deciding.read(request))}
    )


@require_POST
@page(Verb.DISPUTE_DECIDE)
def lease(request: PageRequest, number: str) -> HttpResponse:
    """Take a case into one's hands when it comes on screen, and keep it there while it stays."""
    dispute = lane_case.case_named(request, number)
    answer = _taken(request, dispute, "")
    if answer.ok:
        return HttpResponse(status=204)
    fresh = lane_case.bar_of(request, lane_case.dispute_of(request, number), deciding.read(request))
    stuck = fresh.lease is None and not fresh.before
    return lane_answers.bar(request, lane_case.told(fresh, refused=answer if stuck else None, stuck=stuck), status=409)


def _taken(request: PageRequest, dispute: Dispute, cause: str) -> Answer:
    """In one's hands: claimed where nobody has it, kept where one has it already, taken where a lease ran out."""
    me, ref = request.principal, [Ref(dispute.pk)]
    if dispute.stage == Stage.PENDING:
        (answer,) = operations.claim(me, items=[ClaimItem(dispute.pk, cause=cause)])
        if answer.ok or answer.code not in MEANWHILE:
            return answer
        # The page itself may have taken it in the same moment.
        (kept,) = operations.extend_lease(me, items=ref)
        return kept if kept.ok else answer
    (answer,) = operations.extend_lease(me, items=ref)
    if answer.ok or dispute.stage != Stage.IN_REVIEW or lease_of(me, dispute.pk) is not None:
        return answer
    (released,) = operations.release(me, items=ref)
    return operations.claim(me, items=[ClaimItem(dispute.pk, cause=cause)])[0] if released.ok else released


@require_POST
@page(Verb.DISPUTE_DECIDE)
def take(request: PageRequest, number: str) -> HttpResponse:
    """Take a case over from somebody else, or out of its turn with a cause."""
    dispute, cause = lane_case.dispute_of(request, number), request.POST.get("cause", "").strip()[:500]
    if dispute.stage == Stage.PENDING:
        answer = _taken(request, dispute, cause)
    else:
        (answer,) = operations.take_over(request.principal, items=[Ref(dispute.pk)])
    fresh = lane_case.dispute_of(request, number)
    bar = lane_case.bar_of(request, fresh, deciding.read(request) if is_part(request) else None)
    if answer.ok:
        return lane_answers.bar(request, bar) if is_part(request) else go(address(request, number))
    told = lane_case.told(bar, refused=answer, cause=cause)
    return lane_answers.bar(request, told, status=422 if answer.code == "OUT_OF_TURN" else 409)


@require_POST
@page(Verb.DISPUTE_DECIDE)
def decide(request: PageRequest, number: str) -> HttpResponse:
    """Decide, offer to undo, and go on with the next case; refused, what was typed stays and nothing is written."""
    dispute = lane_case.case_named(request, number)
    typed, chosen = deciding.read(request), request.POST.get("kind", "")
    if chosen == ENTER and typed.clawback == deciding.Clawback.TYPED:
        return lane_answers.bar(request, lane_case.bar_of(request, lane_case.dispute_of(request, number), typed))
    chosen = DecisionKind.PARTIAL if chosen == ENTER else chosen
    if chosen not in set(DecisionKind):
        return _again(request, dispute, typed, Answer.refused(0, errors.DecisionNotOffered()))
    kind = DecisionKind(chosen)
    waits = _second_press(request, dispute, typed, kind)
    if waits is not None:
        return waits
    try:
        item = _item(request, dispute, typed, kind)
    except Refusal as error:
        return _again(request, dispute, typed, Answer.refused(0, error))
    asked = asks_again(request, _moved(dispute, item), program_ids=[dispute.program_id])
    if asked is not None:
        return asked
    answer = _decided(request, dispute, item)
    if not answer.ok:
        return _again(request, dispute, typed, answer)
    return _done(request, dispute, kind, answer)


def _second_press(
    request: PageRequest, dispute: Dispute, typed: deciding.Typed, kind: DecisionKind
) -> HttpResponse | None:
    """The bar again, where the press says first what it waits for: an explanation, or that somebody listens."""
    if kind == typed.pressed:
        return None
    deaf = lane_case.waits_for_ears(request, dispute, row_id(request.POST.get("listened_ms", "")) or 0)
    explains = kind in DisputeSettings.of(dispute.program.settings).note_required and not typed.note.strip()
    if not (deaf or explains):
        return None
    bar = lane_case.bar_of(request, lane_case.dispute_of(request, dispute.number_only), typed)
    if bar.panel is None or bar.lease is not None:
        return None
    words = lane_case.letter_for(bar, dispute, kind) if explains else typed.note
    filled = deciding.filled(bar.panel, note=words, pressed=kind, field="note" if explains else "")
    told = lane_case.told(bar, panel=filled, asks=kind if deaf else "", explains=kind if explains else "")
    return lane_answers.bar(request, told, status=422)


def _item(request: PageRequest, dispute: Dispute, typed: deciding.Typed, kind: DecisionKind) -> DecisionItem:
    part = part_for(request.principal, dispute.pk, typed.amount) if kind is DecisionKind.PARTIAL else None
    taken = deciding.clawback_for(request.principal, dispute.pk, typed) if kind is not DecisionKind.REJECT else None
    version = version_of(request.POST.get("version", ""))
    return DecisionItem(
        dispute.pk, kind, part, typed.note, typed.findings, version, taken, heard=deciding.heard_in(typed)
    )


def _moved(dispute: Dispute, item: DecisionItem) -> list[tuple[str, int]]:
    """Currency and micros of what a decision moves: its credit, and a claw-back that somebody chose."""
    credit = {DecisionKind.ACCEPT: dispute.amount_micros, DecisionKind.REJECT: 0}.get(item.kind, item.micros or 0)
    taken = [(dispute.charge.payout_currency, item.clawback_micros)] if item.clawback_micros else []
    return [(dispute.currency, credit), *taken]


def _decided(request: PageRequest, dispute: Dispute, item: DecisionItem) -> Answer:
    """Decided, unless somebody else has the case in their hands; nothing is taken here."""
    me, held = request.principal, lease_of(request.principal, dispute.pk)
    if held is not None:
        return Answer.refused(0, errors.Leased(number=str(dispute), assignee=held.who), id=dispute.pk)
    return operations.decide_or_recommend(me, items=[item])[0]


def _done(request: PageRequest, dispute: Dispute, kind: DecisionKind, answer: Answer) -> HttpResponse:
    """The times are kept, the way back is offered, and the next case comes."""
    if answer.data.get("state") == "recommended":
        said = f"{dispute} recommended, waits for a second signature"
        return lane_answers.advance(request, dispute, said)
    post = request.POST
    took = row_id(post.get("decision_ms", "")) or lane_case.took_ms(post.get("seen", ""))
    times = DeskTimeItem(dispute.pk, took, row_id(post.get("listened_ms", "")) or 0, post.get("sought") == "1")
    operations.keep_desk_times(request.principal, items=[times])
    back = address(request, dispute.number_only)
    deciding.offer_undo(request, [answer], kind, back)
    return lane_answers.advance(request, dispute, f"{dispute} {deciding.DONE[kind]}")


def _again(request: PageRequest, dispute: Dispute, typed: deciding.Typed, answer: Answer) -> HttpResponse:
    """The bar with the decision still in hand: why not, and what others changed meanwhile."""
    fresh = lane_case.dispute_of(request, dispute.number_only)
    bar = lane_case.bar_of(request, fresh, typed)
    if bar.panel is not None:
        field = FIELDS.get(answer.code, "")
        bar = lane_case.told(bar, panel=deciding.filled(bar.panel, error=answer.message, field=field))
    changes = lane_case.since(bar, request.POST.get("seen", ""), request.principal.label)
    told = lane_case.told(bar, refused=answer, changes=changes)
    return lane_answers.bar(request, told, status=422 if answer.code in NOT_AS_ASKED else 409)
