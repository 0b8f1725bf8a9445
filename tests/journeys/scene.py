"""One of everything to look at, and somebody of every role."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from PIL import Image

from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, DraftItem, HeardItem, Ref, SubmitItem, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind
from makegood.evidence.models import File
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.kernel import clock
from makegood.notifications import operations as notices
from makegood.notifications.models import Digest
from makegood.parties.entries import Principal
from makegood.parties.operations import create_token
from makegood.parties.states import Dimension
from makegood.webhooks.models import Attempt
from makegood.webhooks.operations import create_endpoint, send_test
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


def people_and_places(world: World) -> tuple[dict[str, Principal], dict[str, Any]]:
    """Everybody, and one of everything to look at."""
    people = {role: world.person(role, f"crawl-{role}", **PARTIES.get(role, {})) for role in PAGES}
    buyer, manager = people["buyer"], people["manager"]
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
        "asked": numbers[4],
        "adjusted": charges[0].pk,
        "digest": Digest.objects.filter(recipient=buyer.id).values_list("pk", flat=True)[0],
        **connections(people["admin"]),
    }
