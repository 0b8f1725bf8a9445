"""What endpoints are told: which events, to whom, in which words, once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from makegood.disputes import operations as disputes
from makegood.disputes.entries import CloseItem, DraftItem, EditItem, FilesItem, Ref, ReverseItem, SubmitItem, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.operations import publish_policy
from makegood.disputes.selectors.story import PUBLIC
from makegood.disputes.states import DecisionKind
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.journal import operations as journal
from makegood.journal.models import JournalCursor, JournalEvent
from makegood.kernel import clock
from makegood.ledger.selectors import adjustments_of
from makegood.ledger.selectors.laws import broken
from makegood.parties import operations as parties
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import User
from makegood.parties.selectors import sign_in
from makegood.parties.states import Dimension, Verb
from makegood.webhooks import events
from makegood.webhooks.models import Delivery, Endpoint
from makegood.webhooks.operations import create_endpoint, pause, resume
from makegood.webhooks.operations.fan_out import READER
from makegood.webhooks.selectors.laws import LAWS
from makegood.webhooks.states import EventType
from makegood.webhooks.tests.receiver import Receiver
from makegood.webhooks.tests.telling import commit, decide, fan_out_all, told, types
from tests.world import ChargeMaker, DisputeMaker, World


def test_a_life_is_told_step_by_step(
    endpoint: Endpoint, make_dispute: DisputeMaker, buyer: Principal, manager: Principal
) -> None:
    dispute = make_dispute()
    assert disputes.edit(buyer, items=[EditItem(dispute.pk, {"reason": "BOT"})])[0].ok
    assert disputes.claim(manager, items=[Ref(dispute.pk)])[0].ok
    assert disputes.request_info(manager, items=[WordsItem(dispute.pk, "Who called?")])[0].ok
    assert disputes.provide_info(buyer, items=[WordsItem(dispute.pk, "A robot")])[0].ok
    decide(manager, dispute)
    commit()
    assert disputes.reverse(manager, items=[ReverseItem(dispute.pk)])[0].ok
    assert disputes.close(manager, items=[CloseItem(dispute.pk)])[0].ok
    fan_out_all()
    assert types(endpoint) == [
        "dispute.submitted",
        "dispute.updated",
        "dispute.claimed",
        "dispute.info_requested",
        "dispute.info_provided",
        "dispute.decided",
        "adjustment.posted",
        "vendor.revenue_adjusted",
        "adjustment.reversed",
        "vendor.revenue_adjusted",
        "dispute.closed",
    ]
    sequences = [json.loads(text)["data"]["sequence"] for text in payloads(endpoint)]
    assert sequences == sorted(sequences)
    assert list(broken(LAWS)) == []


def payloads(endpoint: Endpoint) -> list[str]:
    return list(Delivery.objects.filter(endpoint=endpoint).order_by("pk").values_list("payload", flat=True))


def test_a_decision_says_what_it_credits(
    endpoint: Endpoint, make_dispute: DisputeMaker, manager: Principal, world: World
) -> None:
    dispute = make_dispute()
    decide(manager, dispute)
    commit()
    fan_out_all()
    event = JournalEvent.objects.get(event="dispute.committed")
    about = {
        "sequence": event.pk,
        "dispute": dispute.public_id,
        "number": dispute.number,
        "label": dispute.label,
        "customer_id": world.customer.pk,
        "charge_id": dispute.charge_id,
        "program": world.program.key,
    }
    credit = {
        "credit": {"amount": "45.00", "currency": "USD"},
        "tax": {"amount": "0.00", "currency": "USD"},
    }
    assert told(endpoint, "dispute.decided") == {
        **about,
        "stage": "resolved",
        "round": 1,
        "outcome": "accepted",
        **credit,
    }
    (posted,) = adjustments_of(dispute.pk)
    assert told(endpoint, "adjustment.posted") == {**about, "round": 1, "adjustment_id": posted.pk, **credit}
    del about["customer_id"]
    change = {"amount": "-30.00", "currency": "USD"}
    assert told(endpoint, "vendor.revenue_adjusted") == {
        **about,
        "vendor_id": world.vendor.pk,
        "signed_change": change,
    }


def test_a_rejection_posts_nothing(endpoint: Endpoint, make_dispute: DisputeMaker, manager: Principal) -> None:
    decide(manager, make_dispute(), DecisionKind.REJECT)
    commit()
    fan_out_all()
    assert types(endpoint) == ["dispute.submitted", "dispute.decided"]
    assert told(endpoint, "dispute.decided")["outcome"] == "rejected"


def test_an_undone_decision_sends_nothing(endpoint: Endpoint, make_dispute: DisputeMaker, manager: Principal) -> None:
    dispute = make_dispute()
    decide(manager, dispute)
    fan_out_all()
    assert disputes.undo(manager, items=[Ref(dispute.pk)])[0].ok
    fan_out_all()
    commit()
    fan_out_all()
    assert types(endpoint) == ["dispute.submitted"]


def test_a_delivery_of_an_undone_decision_breaks_a_law(
    endpoint: Endpoint, make_dispute: DisputeMaker, manager: Principal
) -> None:
    dispute = make_dispute()
    decide(manager, dispute)
    fan_out_all()
    undecided = JournalEvent.objects.get(event="dispute.decided").pk
    Delivery.objects.update(type="dispute.decided", event_id=undecided)
    assert [found.law for found in broken(LAWS)] == ["no delivery speaks of an undone decision"]
    Delivery.objects.update(type="dispute.submitted", event_id=-1, attempts=3)
    assert {found.law for found in broken(LAWS)} == {
        "every delivery tells of what happened",
        "each delivery's attempts are recorded",
    }


def test_messages_hold_no_words_of_people(
    endpoint: Endpoint, world: World, buyer: Principal, manager: Principal, make_dispute: DisputeMaker
) -> None:
    dispute = make_dispute()
    edited = {"description": "Secret words of a buyer"}
    assert disputes.edit(buyer, items=[EditItem(dispute.pk, edited)])[0].ok
    assert disputes.claim(manager, items=[Ref(dispute.pk)])[0].ok
    assert disputes.request_info(manager, items=[WordsItem(dispute.pk, "A secret question")])[0].ok
    assert disputes.provide_info(buyer, items=[WordsItem(dispute.pk, "A secret answer")])[0].ok
    decide(manager, dispute)
    commit()
    assert disputes.reverse(manager, items=[ReverseItem(dispute.pk, note="A secret note")])[0].ok
    fan_out_all()
    texts = payloads(endpoint)
    assert len(texts) > 5
    assert told(endpoint, "dispute.updated")["changed"] == ["description"]
    names = [world.customer.name, world.vendor.name]
    for secret in ["ecret", "Automated voice", "Heard it", "2125550142", *names]:
        assert not [text for text in texts if secret in text], secret
    assert max(map(len, texts)) < events.MOST_BYTES


def test_a_payload_is_never_large() -> None:
    with pytest.raises(ValueError, match=r"endpoint\.test of 20"):
        events.payload(EventType.ENDPOINT_TEST, clock.now(), {"x": "y" * 20_000})


def test_a_buyer_hears_of_nobody_else(
    listening_buyer: Principal, receiver: Receiver, world: World, make_dispute: DisputeMaker, manager: Principal
) -> None:
    mine = create_endpoint(listening_buyer, url=receiver.url).endpoint
    dispute = make_dispute()
    other = world.person("csr", "other_csr")
    charge = world.charge(customer=world.other_customer)
    (answer,) = disputes.submit(other, items=[SubmitItem(charge.pk, "SPAM", "Automated voice, hung up")])
    assert answer.ok, answer
    decide(manager, dispute)
    decide(manager, Dispute.objects.get(pk=answer.id))
    commit()
    fan_out_all()
    assert types(mine) == ["dispute.submitted", "dispute.decided", "adjustment.posted"]
    assert {row.dispute_id for row in Delivery.objects.all()} == {dispute.pk}
    assert not [text for text in payloads(mine) if "vendor" in text or "payout" in text or "30.00" in text]


def test_a_token_hears_no_more_than_its_limits(
    admin: Principal, receiver: Receiver, world: World, make_dispute: DisputeMaker
) -> None:
    subtree = [(Dimension.CUSTOMER_SUBTREE, str(world.other_customer.pk))]
    narrow = create_endpoint(token_of(admin, subtree), url=receiver.url).endpoint
    wide = create_endpoint(token_of(admin, []), url=receiver.url).endpoint
    make_dispute()
    fan_out_all()
    assert (types(narrow), types(wide)) == ([], ["dispute.submitted"])


def token_of(
    admin: Principal, grants: list[tuple[Dimension, str]], *, lone: bool = False, person: Principal | None = None
) -> Principal:
    """A token of the administrator, or of nobody, as the principal that acts."""
    made = parties.create_token(
        admin,
        name="crm",
        scopes=[Verb.WEBHOOK_MANAGE, Verb.DISPUTE_VIEW],
        acts_for=None if lone else User.objects.get(pk=(person or admin).id),
        grants=grants,
    )
    signed = sign_in(made.secret)
    assert signed is not None
    return signed.principal


def test_a_token_for_nobody_hears_what_its_own_limits_allow(
    admin: Principal, receiver: Receiver, world: World, make_dispute: DisputeMaker
) -> None:
    subtree = [(Dimension.CUSTOMER_SUBTREE, str(world.customer.pk))]
    mine = create_endpoint(token_of(admin, subtree, lone=True), url=receiver.url).endpoint
    other = [(Dimension.CUSTOMER_SUBTREE, str(world.other_customer.pk))]
    blind = create_endpoint(token_of(admin, other, lone=True), url=receiver.url).endpoint
    make_dispute()
    fan_out_all()
    assert (types(mine), types(blind)) == (["dispute.submitted"], [])
    assert (mine.owner_id, mine.owner_label) == (None, "crm")


def test_an_endpoint_ends_with_the_right_of_its_owner(
    admin: Principal, receiver: Receiver, make_dispute: DisputeMaker
) -> None:
    token = token_of(admin, [])
    mine = create_endpoint(token, url=receiver.url).endpoint
    parties.revoke_token(admin, token_id=token.token_id or 0)
    make_dispute()
    fan_out_all()
    mine.refresh_from_db()
    assert (types(mine), mine.state, mine.cause) == ([], "disabled", "owner")
    resume(admin, endpoint_id=mine.public_id)
    make_dispute()
    fan_out_all()
    mine.refresh_from_db()
    assert (types(mine), mine.owner_id, mine.token_id) == (["dispute.submitted"], admin.id, None)


def test_only_chosen_events_since_it_was_made_are_told(
    admin: Principal, receiver: Receiver, make_dispute: DisputeMaker, manager: Principal
) -> None:
    earlier = make_dispute()
    with clock.shifted(timedelta(seconds=1)):
        chosen = create_endpoint(admin, url=receiver.url, events=["dispute.decided"]).endpoint
        rest = create_endpoint(admin, url=receiver.url).endpoint
        decide(manager, earlier)
    commit()
    fan_out_all()
    assert types(chosen) == ["dispute.decided"]
    assert types(rest) == ["dispute.decided", "adjustment.posted", "vendor.revenue_adjusted"]


def test_a_journal_read_twice_tells_once(endpoint: Endpoint, make_dispute: DisputeMaker, manager: Principal) -> None:
    decide(manager, make_dispute())
    commit()
    fan_out_all()
    before = sorted(Delivery.objects.values_list("message_id", "type"))
    assert len(before) == 4
    journal.rewind(READER)
    fan_out_all()
    assert sorted(Delivery.objects.values_list("message_id", "type")) == before
    assert JournalCursor.objects.get(reader=READER).event_id == JournalEvent.objects.latest("pk").pk


def test_a_paused_endpoint_keeps_what_happens_without_sending(
    endpoint: Endpoint, admin: Principal, make_dispute: DisputeMaker
) -> None:
    pause(admin, endpoint_id=endpoint.public_id)
    make_dispute()
    fan_out_all()
    assert list(Delivery.objects.values_list("state", "next_attempt_at")) == [("dropped", None)]


def test_what_is_about_no_dispute_is_told(
    endpoint: Endpoint, admin: Principal, world: World, listening_buyer: Principal, receiver: Receiver
) -> None:
    buyers = create_endpoint(listening_buyer, url=receiver.url).endpoint
    version = publish_policy(admin, program=world.program, rules=[], note="secret")
    outside: dict[str, Any] = {"program_id": world.program.pk, "object_id": 7, "verb": "x"}
    counts = {"imported": 3, "updated": 0, "sums": {"USD": {"billed": 1}}}
    journal.record(SYSTEM, event="charges.imported", object_kind="import_batch", changes=counts, **outside)
    journal.record(SYSTEM, event="bulk_plan.finished", object_kind="plan", changes={"done": 2}, **outside)
    fan_out_all()
    assert types(buyers) == []
    assert types(endpoint) == ["policy.published", "import.finished", "bulk_plan.finished"]
    data = told(endpoint, "policy.published")
    assert (data["policy_version_id"], data["version"], data["program"]) == (version.pk, 2, world.program.key)
    imported = told(endpoint, "import.finished")
    del imported["sequence"]
    assert imported == {
        "import_id": 7,
        "program": world.program.key,
        "kind": "charges",
        "imported": 3,
        "updated": 0,
    }
    assert told(endpoint, "bulk_plan.finished")["done"] == 2


def test_evidence_is_told_by_its_hash_and_without_its_name(
    endpoint: Endpoint, make_charge: ChargeMaker, buyer: Principal
) -> None:
    files = [keep_file(buyer, content=words, name="private.txt", limits=Limits()) for words in (b"one", b"two")]
    charge = make_charge().pk
    (draft,) = disputes.save_draft(buyer, items=[DraftItem(charge, "SPAM", "A recorded voice")])
    disputes.attach_files(buyer, items=[FilesItem(draft.id or 0, (files[0].public_id,))])
    fan_out_all()
    assert types(endpoint) == []
    claim = SubmitItem(charge, "SPAM", "A recorded voice", draft_id=draft.id, file_ids=(files[1].public_id,))
    disputes.submit(buyer, items=[claim])
    fan_out_all()
    assert types(endpoint) == ["dispute.submitted", "evidence.added"]
    assert told(endpoint, "evidence.added")["files"] == [
        {"id": files[1].public_id, "mime": "text/plain", "bytes": 3, "sha256": files[1].sha256}
    ]
    assert "private" not in "".join(payloads(endpoint))


def test_events_have_the_reader_whom_the_story_has() -> None:
    told_to_all = {name for name in events.ABOUT_DISPUTES if name in PUBLIC}
    facts = events.Facts(disputes={1: events.About("dsp_1", 1, "D-1", 2, 3, "USD")})
    for name in events.ABOUT_DISPUTES:
        event = JournalEvent(id=1, at=clock.now(), event=name, object_id=1, changes={})
        (first, *_) = events.messages_of([event], facts)
        expected = Verb.DISPUTE_VIEW if name in told_to_all else Verb.DISPUTE_DECIDE
        assert first.needs is expected, name


def test_what_was_opened_unasked_is_told_when_it_is_committed() -> None:
    facts = events.Facts(disputes={1: events.About("dsp_1", 1, "D-1", 2, 3, "USD", "qa_proactive")})
    needed = {}
    for name in ("dispute.submitted", "dispute.withdrawn", "dispute.committed"):
        event = JournalEvent(id=1, at=clock.now(), event=name, object_id=1, changes={})
        needed[name] = {message.needs for message in events.messages_of([event], facts)}
    assert needed.pop("dispute.committed") == {Verb.DISPUTE_VIEW}
    assert list(needed.values()) == [{Verb.DISPUTE_DECIDE}] * 2


def test_a_dispute_that_closes_at_once_is_told_as_closed(
    endpoint: Endpoint, world: World, make_dispute: DisputeMaker, manager: Principal
) -> None:
    world.program.settings["auto_close"] = True
    world.program.save()
    decide(manager, make_dispute())
    commit()
    fan_out_all()
    assert told(endpoint, "dispute.closed")["outcome"] == "accepted"
    assert told(endpoint, "dispute.decided")["stage"] == "closed"
