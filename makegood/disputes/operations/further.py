"""Sends what somebody still asks after a decision to the named contact, with the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import WordsItem
from makegood.disputes.locks import locked_disputes
from makegood.disputes.models import Comment, Dispute, Follow
from makegood.disputes.operations.steps import told
from makegood.disputes.selectors.further_left import FURTHER_QUESTION, questions_left
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import CommentKind, Stage, Visibility
from makegood.journal.operations import record_all
from makegood.journal.selectors import latest
from makegood.kernel import clock
from makegood.kernel.answers import Answer
from makegood.kernel.errors import Refusal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import ContactCard, contact_for, demand
from makegood.parties.states import Verb

AT_ONCE = timedelta(minutes=1)


@transaction.atomic
def ask_further(principal: Principal, *, items: Sequence[WordsItem]) -> list[Answer]:
    """Ask the contact of the customer, else of the program, about decided disputes; the case goes with the question.

    The question stands in the dispute as a comment that both sides read, and goes to the contact by e-mail. One who
    signs in here follows the dispute from then on. Nothing about the decision changes. Answers carry ``number``,
    ``contact`` (their name), ``comment_id``; the same words sent again at once are answered as the first time.
    A dispute takes so many a day and in all, whoever asks. Refusals per item: NOT_FOUND, NOT_DECIDED_YET,
    QUESTION_REQUIRED, NOBODY_TO_ASK, QUESTIONS_OF_THE_DAY, QUESTIONS_USED_UP. Raises NotPermitted.
    """
    demand(principal, Verb.DISPUTE_CREATE)
    filed = disputes_visible_to(principal).exclude(stage=Stage.DRAFT)
    rows = locked_disputes({item.dispute_id for item in items}, filed)
    answers: list[Answer] = []
    for ordinal, item in enumerate(items):
        dispute = rows.get(item.dispute_id)
        card = contact_for(dispute.customer_id, dispute.program_id) if dispute else None
        refusal = _refusal(dispute, item, card)
        if refusal is not None or dispute is None or card is None:
            answers.append(Answer.refused(ordinal, refusal or NotFound(), id=item.dispute_id))
            continue
        data = {"number": str(dispute), "contact": card.name}
        before = _asked(principal, dispute, item)
        if before is not None:
            answers.append(Answer(ordinal, ok=True, id=dispute.pk, data={**data, "comment_id": before}))
            continue
        used_up = questions_left(dispute).refusal
        if used_up is not None:
            answers.append(Answer.refused(ordinal, used_up, id=dispute.pk))
            continue
        written = _written(principal, dispute, item)
        if card.user_id is not None:
            Follow.objects.get_or_create(dispute=dispute, user_id=card.user_id)
        facts = {"comment_id": written.pk, "contact": card.name, "contact_email": card.email}
        # At once, so that a second question of the same call is counted.
        record_all(principal, [told(dispute, "ask", FURTHER_QUESTION, facts)])
        answers.append(Answer(ordinal, ok=True, id=dispute.pk, data={**data, "comment_id": written.pk}))
    return answers


def _refusal(dispute: Dispute | None, item: WordsItem, card: ContactCard | None) -> Refusal | None:
    if dispute is None:
        return NotFound()
    if dispute.stage not in {Stage.RESOLVED, Stage.CLOSED}:
        return errors.NotDecidedYet(number=str(dispute))
    if card is None:
        return errors.NobodyToAsk(number=str(dispute))
    return None if item.text.strip() else errors.QuestionRequired()


def _asked(principal: Principal, dispute: Dispute, item: WordsItem) -> int | None:
    """The question that asked the same a moment ago, as when a button is pressed twice; inside the dispute's lock."""
    last = latest("dispute", dispute.pk, f"dispute.{FURTHER_QUESTION}")
    if last is None or last.principal != principal.id or last.at < clock.now() - AT_ONCE:
        return None
    same = Comment.objects.filter(pk=last.changes["comment_id"], body=item.text.strip())
    return same.values_list("pk", flat=True).first()


def _written(principal: Principal, dispute: Dispute, item: WordsItem) -> Comment:
    return Comment.objects.create(
        dispute=dispute,
        kind=CommentKind.NOTE,
        visibility=Visibility.PARTIES,
        body=item.text.strip(),
        author_id=principal.id,
        at=clock.now(),
    )
