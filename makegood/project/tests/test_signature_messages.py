"""Who hears of second signatures and of disputes they follow, all the way from the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from makegood.disputes import operations
from makegood.disputes.entries import CommentItem, DecisionItem, Ref, SignItem
from makegood.disputes.states import DecisionKind, Visibility
from makegood.kernel import clock
from makegood.notifications import selectors
from makegood.notifications.operations import flush_due, fold
from makegood.notifications.tests.world import release_journal
from makegood.parties.entries import Principal
from makegood.parties.models import User
from tests.world import DisputeMaker, World


def heard_by(who: Principal) -> set[str]:
    """What somebody was told, when every window has ended."""
    release_journal()
    while fold():
        pass
    flush_due(now=clock.now() + timedelta(days=2))
    return {card.text for card in selectors.cards(who)}


def test_two_decisions_wait_for_whoever_may_sign_them(
    make_dispute: DisputeMaker, world: World, manager: Principal, other_manager: Principal, buyer: Principal
) -> None:
    low = world.person("manager", "low")
    User.objects.filter(pk=low.id or 0).update(max_decision_micros={"USD": 1_000_000})
    limited = replace(manager, max_decision_micros={"USD": 1})
    items = [DecisionItem(make_dispute().pk, DecisionKind.ACCEPT) for _ in range(3)]
    answers = operations.recommend(limited, items=items)
    operations.withdraw_recommendation(limited, items=[Ref(items[2].dispute_id)])
    line = "2 decisions wait for your signature."
    assert line in heard_by(other_manager)
    for who in (manager, low, buyer):
        assert not [text for text in heard_by(who) if "signature" in text]
    operations.decline(other_manager, items=[SignItem(answers[0].data["recommendation"], "Listen again.")])
    assert [text for text in heard_by(manager) if "not signed" in text] != []
    assert not [text for text in heard_by(buyer) if "signed" in text]


def test_followers_hear_what_they_may_know_and_not_what_they_did_themselves(
    make_dispute: DisputeMaker, manager: Principal, other_manager: Principal, buyer: Principal
) -> None:
    dispute = make_dispute()
    for who in (manager, other_manager, buyer):
        operations.follow(who, items=[Ref(dispute.pk)])
    operations.comment(other_manager, items=[CommentItem(dispute.pk, "Odd.", Visibility.INTERNAL)])
    news = "has a new internal note"
    assert [any(news in text for text in heard_by(who)) for who in (manager, other_manager, buyer)] == [
        True,
        False,
        False,
    ]
    operations.comment(other_manager, items=[CommentItem(dispute.pk, "We look at it.", Visibility.PARTIES)])
    assert any("has a new comment" in text for text in heard_by(buyer))
