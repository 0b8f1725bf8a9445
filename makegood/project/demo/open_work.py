"""What people of the demo have begun and not finished: a rule being changed, a bulk that was looked at, a file that was
tried, a receiver of webhooks that is paused, a guided dispute halfway. Nothing of it moves anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from makegood.billing.selectors import charges_visible_to
from makegood.disputes.entries import FilesItem, PlanParams, Ref, WordsItem
from makegood.disputes.operations import (
    attach_files,
    begin_guided,
    claim,
    plan_bulk,
    publish_policy,
    request_info,
    save_policy_draft,
)
from makegood.disputes.policy.guided import GuidedBegun
from makegood.disputes.policy.presets import preset
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import PlanVerb, Stage
from makegood.evidence.operations.keep_file import keep_file
from makegood.evidence.policy.files import Limits
from makegood.imports.operations import take_upload, try_upload, work_on_uploads
from makegood.parties.entries import ContactWords, Principal
from makegood.parties.models import Program
from makegood.parties.operations import set_program_contact
from makegood.project.demo.leads.cast import CREDITS
from makegood.project.demo.people import ADMIN, BUYER, CSR, MANAGER
from makegood.project.demo.stories import TAKEN
from makegood.project.demo.telecom.accounts import PROGRAM as TELECOM
from makegood.project.demo.telecom.riverside import NEW_SERVICE, VISIT
from makegood.webhooks.operations import create_endpoint, pause

_PRESET = "call_marketplace"
_IN_THE_PLAN = 4
_RECEIVER = "https://hooks.demo.example/makegood"
_OFFER = b"Offer of 3 May, signed: Fiber 300, a visit of a technician is free of charge in the first year."
_LOG = """\
call_id,started_at,buyer_id,vendor_id,converted,revenue,payout,currency
NL-20451,{day}T13:09:14Z,C115,V310,yes,68.00,43.52,USD
NL-20452,{day}T13:22:47Z,C115,V352,yes,68.00,42.16,USD
NL-20453,{day}T13:40:02Z,C911,V310,yes,68.00,43.52,USD
"""


def leave_open(program: Program, principals: Mapping[str, Principal], now: datetime) -> None:
    """Begin all of it; ``program`` is that of the calls."""
    admin, manager = principals[ADMIN.email], principals[MANAGER.email]
    _change_rules(program, admin, now)
    waiting = disputes_visible_to(manager).filter(program=program, stage=Stage.PENDING).order_by("-id")
    labels = list(waiting.values_list("label", flat=True)[:_IN_THE_PLAN])
    if labels:
        plan_bulk(manager, verb=PlanVerb.ACCEPT, selection=labels, params=PlanParams(note="The same voice again."))
    day = f"{now - timedelta(days=1):%Y-%m-%d}"
    options = {"program": program.key}
    upload = take_upload(admin, name=f"nightly-{day}.csv", content=[_LOG.format(day=day).encode()], options=options)
    try_upload(admin, public_id=upload.public_id)
    work_on_uploads()
    _ask_the_buyer(principals[BUYER.email], manager)
    _serve_customers(principals[CSR.email], admin)
    made = create_endpoint(
        admin, url=_RECEIVER, description="Billing system, waits for its new address", resolve=_nowhere
    )
    pause(admin, endpoint_id=made.endpoint.public_id)


def _change_rules(program: Program, admin: Principal, now: datetime) -> None:
    """From next month on seven days instead of ten; and a draft that asks for words."""

    def rules(days: int) -> list[dict[str, object]]:
        return [
            {**rule, "amount": days * 24} if rule["type"] == "window" else dict(rule) for rule in preset(_PRESET).rules
        ]

    publish_policy(
        admin, program=program, rules=rules(7), note="A week is enough.", effective_from=now + timedelta(days=30)
    )
    asks = {"type": "explanation", "min_chars": 20, "severity": "block", "basis": "default"}
    save_policy_draft(admin, program=program, rules=[*rules(7), asks], note="Ask for a sentence.")


def _ask_the_buyer(buyer: Principal, manager: Principal) -> None:
    """A question waits for the buyer, about a dispute that no story tells."""
    waiting = disputes_visible_to(buyer).filter(stage=Stage.PENDING).exclude(charge__external_id__in=TAKEN)
    first = waiting.order_by("id").first()
    if first is not None:
        claim(manager, items=[Ref(first.pk)])
        request_info(manager, items=[WordsItem(first.pk, "Which number did the same person call from before?")])


def _serve_customers(csr: Principal, admin: Principal) -> None:
    """Whom to ask, a file that somebody sent, and a dispute of two charges of which one is disputed already."""
    words = ContactWords(CSR.name, CSR.email, "+1 212 555 0100", "Monday to Friday, 9:00 to 17:00", CSR.email)
    set_program_contact(admin, program_key=CREDITS, words=words)
    newest = charges_visible_to(csr).filter(program__key=TELECOM, invoice__isnull=False).order_by("-invoice_number")
    lines = {
        line.feature_label: line
        for line in newest.filter(feature_label__in=[VISIT, NEW_SERVICE])[:2]  # of one bill: both are new on it
    }
    visit = lines[VISIT]
    begin_guided(
        csr,
        items=[GuidedBegun(visit.customer_id, visit.invoice_number, (visit.pk, lines[NEW_SERVICE].pk))],
    )
    file = keep_file(csr, content=_OFFER, name="signed-offer.txt", limits=Limits())
    disputed = disputes_visible_to(csr).get(charge=visit.pk)
    attach_files(csr, items=[FilesItem(disputed.pk, (file.public_id,))])


def _nowhere(host: str, port: int) -> list[str]:
    """A paused receiver is not looked up, so that a demo needs no network."""
    return ["93.184.215.14"]
