"""One of everything to look at, and somebody of every role."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from PIL import Image

from makegood.disputes import operations
from makegood.disputes.entries import (
    CloseItem,
    DecisionItem,
    DraftItem,
    HeardItem,
    Ref,
    ReviewItem,
    SubmitItem,
    WordsItem,
)
from makegood.disputes.models import Dispute, Review
from makegood.disputes.policy.guided import GuidedBegun, GuidedItem, GuidedStep, GuidedStepItem, Said, SaidCharge
from makegood.disputes.states import DecisionKind, Door, PlanVerb, ReviewVerdict
from makegood.disputes.tests.reviewing import trusted
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.imports import operations as imports
from makegood.imports.models import Upload
from makegood.kernel import clock
from makegood.notifications import operations as notices
from makegood.notifications.entries import Wish
from makegood.notifications.models import Digest
from makegood.parties.entries import SYSTEM, ContactWords, Principal
from makegood.parties.operations import change_settings, create_token, set_program_contact
from makegood.parties.states import Dimension
from makegood.webhooks.models import Attempt
from makegood.webhooks.operations import create_endpoint, send_test
from tests.billed import billed
from tests.journeys.pages import PAGES
from tests.recordings import ready_recording
from tests.world import World

PARTIES = {"buyer": {"customer_number": "B1"}, "vendor": {"vendor_number": "V1"}}


def connections(admin: Principal) -> dict[str, Any]:
    """A token, and a webhook with a delivery whose answer is long."""
    token = create_token(
        admin, name="Nightly feed of the billing system", scopes=["dispute.view"], grants=[(Dimension.ALL, "")],
        networks=["192.0.2.0/24", "2001:db8:1234:5678::/64"],
    ).token  # fmt: skip
    url = "https://hooks.example.com/a/rather/long/address/of/a/receiver/somewhere"
    endpoint = create_endpoint(admin, url=url, resolve=lambda host, port: ["93.184.215.14"]).endpoint
    delivery = send_test(admin, endpoint_id=endpoint.public_id)
    facts = {"at": clock.now(), "status": 500, "duration_ms": 31, "answer": "x" * 300, "error": ""}
    Attempt.objects.create(delivery=delivery, number=1, **facts)
    return {"token": token.pk, "webhook": endpoint.public_id}


def sent_file(admin: Principal) -> Upload:
    """A call log that was sent and tried, with a row that is left out."""
    log = (
        "call_id,started_at,buyer_id,vendor_id,converted,revenue,payout,currency\n"
        "u1,2026-03-02T13:09:14Z,B1,V1,yes,10.00,6.00,USD\nu2,2026-03-02T13:10:14Z,NOBODY,V1,yes,10.00,6.00,USD\n"
    )
    upload = imports.take_upload(admin, name="calls-of-march.csv", content=[log.encode()], options={})
    imports.try_upload(admin, public_id=upload.public_id)
    assert imports.work_on_uploads() == 1
    return upload


def picture(buyer: Principal) -> File:
    """A small photo."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "PNG")
    return keep_file(buyer, content=out.getvalue(), name="Screenshot of the call.png", limits=Limits())


def ask(manager: Principal, dispute_id: int) -> None:
    """A question that waits for its answer."""
    for step in (
        operations.claim(manager, items=[Ref(dispute_id)]),
        operations.request_info(manager, items=[WordsItem(dispute_id, "Which number did they call from?")]),
    ):
        assert step[0].ok, step


def policies(admin: Principal, world: World) -> dict[str, Any]:
    """A draft whose rules contradict each other, a version that waits, and a calendar."""
    window = {"type": "window", "amount": 48, "severity": "block", "basis": "default"}
    rules: list[dict[str, Any]] = [{"type": "billed", "severity": "block"}, window]
    later = clock.now() + timedelta(days=30)
    waits = operations.publish_policy(admin, program=world.program, rules=rules, effective_from=later)
    shut = {"type": "window_opens", "hours": 72, "severity": "block"}
    draft = operations.save_policy_draft(admin, program=world.program, rules=[*rules, shut])
    operations.set_federal_calendar(admin, key="office", zone="America/New_York", first=2026, last=2027)
    return {"policy": world.program.key, "draft": draft.number, "scheduled": waits.number, "calendar": "office"}


def reviewed_lead(world: World, buyer: Principal, manager: Principal) -> dict[str, Any]:
    """A program that reviews leads: one lead that can be submitted, and one found non-billable before its invoice."""
    program = operations.install_preset(SYSTEM, preset_key="lead_review", key="reviewed", name="Leads", currency="USD")
    facts = {"program": program, "recording_enabled": True, "contact_name": "Avery Alder"}
    lead, dropped = world.charge(**facts), world.charge(**facts, billed_at=None)
    (filed,) = operations.submit(buyer, items=[SubmitItem(dropped.pk, "SOLICITOR", "Wanted to sell us tools.")])
    item = DecisionItem(filed.id or 0, DecisionKind.ACCEPT, note="A solicitor.")
    (decided,) = operations.decide(manager, items=[item], door=Door.API)
    assert decided.ok, decided
    batch = operations.tell_not_to_bill(manager, program=program.key)
    return {"lead": lead.pk, "dropped": dropped.pk, "told": batch}


def reviewed(qa: Principal, world: World) -> dict[str, Any]:
    """Two calls of yesterday that were drawn: one that waits, with a recording, and one that was found non-billable."""
    change_settings(SYSTEM, program=world.program, settings={"proactive_review": {"sample_per_day": 2, "rules": {}}})
    at = clock.now() - timedelta(days=1)
    for _ in range(2):
        ready_recording(world.charge(occurred_at=at, received_at=at, billed_at=at))
    operations.queue_reviews(qa, programs=[world.program.key])
    first, second = Review.objects.order_by("pk").values_list("pk", flat=True)
    found = ReviewItem(first, ReviewVerdict.NON_BILLABLE, ("ROBOCALL",), tags=("robocall",), note="A recorded voice.")
    (kept,) = operations.keep_review(trusted(qa), items=[found])
    assert kept.ok, kept
    return {"reviewed": first, "review": second}


def billed_and_guided(world: World, csr: Principal) -> dict[str, Any]:
    """A bill; two disputes made for its customer, one of them submitted, the other on its last step."""
    made = billed(world)
    number = made.latest.number
    lines = [line.pk for line in made.lines[number][:4]]
    drafts = []
    for ids in (tuple(lines[2:]), tuple(lines[:2])):
        (begun,) = operations.begin_guided(csr, items=[GuidedBegun(world.customer.pk, number, ids)])
        drafts.append(str(begun.data["draft"]))
        said = Said(tuple(SaidCharge(pk) for pk in ids), reason="TECHNICAL", description="Billed at the wrong rate.")
        for step in list(GuidedStep)[2:6]:
            (kept,) = operations.keep_step(csr, items=[GuidedStepItem(drafts[-1], step, said)])
            assert kept.ok, kept
    (sent,) = operations.submit_guided(csr, items=[GuidedItem(drafts[1])])
    assert sent.ok, sent
    return {"bill": number, "guided": drafts[0], "filed": drafts[1], "case": sent.data["number"].removeprefix("D-")}


def waiting_letter(world: World, buyer: Principal, manager: Principal) -> int:
    """A letter to the buyer that gathers still: one more dispute was closed."""
    (filed,) = operations.submit(buyer, items=[SubmitItem(world.charge().pk, "NOT_QUALIFIED", "Out of the area.")])
    (closed,) = operations.close(manager, items=[CloseItem(filed.id or 0)])
    assert closed.ok, closed
    notices.set_wish(buyer, wish=Wish("closed", "4h", by_email=True, mail_window="4h"))
    notices.fold()
    return Digest.objects.filter(recipient=buyer.id, by_email=True, flushed_at__isnull=True).values_list("pk")[0][0]


def people_and_places(world: World) -> tuple[dict[str, Principal], dict[str, Any]]:
    """Everybody, and one of everything to look at."""
    people = {role: world.person(role, f"crawl-{role}", **PARTIES.get(role, {})) for role in PAGES}
    buyer, manager = people["buyer"], people["manager"]
    nina = ContactWords("Nina Ortiz", "nina@operator.example", "+1 212 555 0199", "Monday to Friday, 9 to 5")
    set_program_contact(SYSTEM, program_key=world.program.key, words=nina)
    charges = [world.charge() for _ in range(7)]
    world.charge(billed_at=None, billed_micros=0, disposition="not_connected")
    for charge in (charges[0], charges[3], charges[5]):
        ready_recording(charge)
    shown = (picture(buyer).public_id,)
    filed = [
        operations.submit(buyer, items=[SubmitItem(c.pk, "NOT_QUALIFIED", "Out of the area. " * 20, file_ids=shown)])[0]
        for c in (*charges[:4], charges[6])
    ]
    ask(manager, filed[4].id or 0)
    operations.save_draft(buyer, items=[DraftItem(charges[4].pk, "SPAM", "Begun")])
    kinds = (DecisionKind.PARTIAL, DecisionKind.ACCEPT, DecisionKind.REJECT)
    for answer, kind in zip(filed, kinds, strict=False):
        micros = 15_123_456 if kind is DecisionKind.PARTIAL else None
        heard = (HeardItem("WRONG_SERVICE", 4_000, 6_000),) if kind is DecisionKind.PARTIAL else ()
        findings = tuple(one.finding for one in heard)
        item = DecisionItem(answer.id or 0, kind, micros, note="As heard on the call.", findings=findings, heard=heard)
        (decided,) = operations.decide(manager, items=[item])
        assert decided.ok, decided
    with clock.shifted(timedelta(seconds=11)):
        operations.commit_due()
    notices.fold()
    notices.flush_due(now=clock.now() + timedelta(days=2))
    numbers = list(Dispute.objects.exclude(stage="draft").order_by("id").values_list("number", flat=True))
    return people, {
        "charge": charges[0].pk,
        "free": charges[5].pk,
        "number": numbers[0],
        "waiting": numbers[3],
        "plan": operations.plan_bulk(manager, verb=PlanVerb.ACCEPT, selection=[f"D-{n}" for n in numbers[2:5]]).id,
        "asked": numbers[4],
        "adjusted": charges[0].pk,
        "customer": world.customer.pk,
        "vendor": world.vendor.pk,
        "digest": waiting_letter(world, buyer, manager),
        "upload": sent_file(people["admin"]).public_id,
        "billed": world.customer.pk,
        "filed_for": world.customer.pk,
        **billed_and_guided(world, people["csr"]),
        **reviewed_lead(world, buyer, manager),
        "person": manager.id,
        "account": PARTIES["buyer"]["customer_number"],
        **reviewed(people["qa"], world),
        **connections(people["admin"]),
        **policies(people["admin"], world),
    }
