"""The order in which a dispute is worked: what is refused leaves everything as it was, and says why."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from makegood.api.tests.costguard.bill import Bill, Filed, nothing_changed, replace
from makegood.disputes import operations
from makegood.disputes.entries import DecisionItem, Ref, WordsItem
from makegood.disputes.models import Dispute
from makegood.disputes.states import DecisionKind, Door
from makegood.ledger.models import Adjustment
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.models import Role
from makegood.parties.operations import change_settings
from makegood.parties.states import Dimension
from tests.api_client import Answer, ApiClient, ClientMaker

pytestmark = pytest.mark.django_db
PENDING = "A decision of {} waits until its time to undo is over; then go on."
CLOSED, ADJUSTED = "{} is closed and cannot be changed.", "{} was already credited in this round."
WITHDRAWN, INFO = (
    "{} is withdrawn and cannot be changed.",
    "{} is waiting for information, so this step is not possible.",
)
NO_CREDIT, REVERSED = "{} has no credit that could be reversed.", "The credit of {} was already reversed."
NO_REVERSAL = "{} has no reversal that a fee could be charged for."
CHARGED, OPEN = "The fee for the reversal of {} was already charged.", "{} is still open."
REFUSED: dict[str, list[tuple[str, str, str]]] = {
    "adjustment": [
        ("adjusted", "ALREADY_ADJUSTED", ADJUSTED),
        ("reversed", "ALREADY_ADJUSTED", ADJUSTED),
        ("rejected", "ALREADY_DECIDED", "{} was already decided."),
        ("decided", "DECISION_PENDING", PENDING),
        ("info_needed", "WRONG_STAGE", INFO),
        ("closed", "DISPUTE_CLOSED", CLOSED),
        ("withdrawn", "DISPUTE_CLOSED", WITHDRAWN),
    ],
    "reversal": [
        ("pending", "NOT_ADJUSTED", NO_CREDIT),
        ("rejected", "NOT_ADJUSTED", NO_CREDIT),
        ("reversed", "ALREADY_REVERSED", REVERSED),
        ("decided", "DECISION_PENDING", PENDING),
        ("info_needed", "WRONG_STAGE", INFO),
        ("closed", "DISPUTE_CLOSED", CLOSED),
        ("withdrawn", "DISPUTE_CLOSED", WITHDRAWN),
    ],
    "reversalFee": [
        ("pending", "NOT_REVERSED", NO_REVERSAL),
        ("adjusted", "NOT_REVERSED", NO_REVERSAL),
        ("charged", "FEE_ALREADY_APPLIED", CHARGED),
        ("decided", "DECISION_PENDING", PENDING),
        ("info_needed", "WRONG_STAGE", INFO),
        ("closed", "DISPUTE_CLOSED", CLOSED),
        ("withdrawn", "DISPUTE_CLOSED", WITHDRAWN),
    ],
    "close": [
        ("decided", "DECISION_PENDING", PENDING),
        ("closed", "ALREADY_CLOSED", "{} is already closed."),
        ("withdrawn", "ALREADY_CLOSED", "{} is already withdrawn."),
    ],
    "reopen": [
        (stage, "NOT_CLOSED", OPEN)
        for stage in ("pending", "adjusted", "reversed", "charged", "rejected", "decided", "info_needed")
    ],
}
CELLS = [(verb, *row) for verb, rows in REFUSED.items() for row in rows]


def brought(filed: Filed, stand: str, manager: Principal) -> Filed:
    """A dispute brought to where it stands."""
    pk = filed.row.pk
    walks = {"adjusted": ["adjustment"], "reversed": ["adjustment", "reversal"], "closed": ["close"]}
    walks["charged"] = [*walks["reversed"], "reversalFee"]
    if stand in walks:
        filed.go(*walks[stand])
    elif stand in ("decided", "rejected"):
        kind, door = (DecisionKind.ACCEPT, Door.DESK) if stand == "decided" else (DecisionKind.REJECT, Door.API)
        (said,) = operations.decide(manager, items=[DecisionItem(pk, kind, note="No")], door=door)
        assert said.ok, said
    elif stand == "info_needed":
        operations.claim(manager, items=[Ref(pk)])
        (asked,) = operations.request_info(manager, items=[WordsItem(pk, "Which line?")])
        assert asked.ok, asked
    elif stand == "withdrawn":
        (back,) = operations.withdraw(manager_of(filed), items=[Ref(pk)])
        assert back.ok, back
    return filed


def manager_of(filed: Filed) -> Principal:
    """The representative who filed it."""
    return filed.bill.world.person("billing", "other_billing")


def check_refused(answer: Answer, status: int, code: str, detail: str) -> None:
    """Raise AssertionError unless the answer says no in that way, for all of its readers."""
    assert (answer.status, answer.code, answer.detail) == (status, code, detail)
    (line,) = answer.json["errors"]
    assert (line["code"], line["message"], line["loggingNumber"]) == (code, detail, answer.headers["X-Request-Id"])


@pytest.mark.parametrize(("verb", "stand", "code", "sentence"), CELLS)
def test_order(filed: Filed, manager: Principal, verb: str, stand: str, code: str, sentence: str) -> None:
    brought(filed, stand, manager)
    with nothing_changed():
        answer = filed.post(verb, {})
    check_refused(answer, 409, code, sentence.format(f"D-{filed.number}"))


def test_an_open_charge_is_not_reopened(filed: Filed) -> None:
    filed.go("close")
    filed.bill.filed(filed.client)
    with nothing_changed():
        answer = filed.post("reopen")
    check_refused(answer, 409, "ALREADY_DISPUTED", "A dispute on this item is already open.")


@pytest.mark.parametrize(
    ("settings", "code", "start"),
    [
        ({"reopen": False}, "DECISION_FINAL", "In this program a decision is final;"),
        ({"reopen_days": 0}, "REOPEN_WINDOW_EXPIRED", "D-"),
    ],
)
def test_programs_that_do_not_reopen(filed: Filed, settings: dict[str, Any], code: str, start: str) -> None:
    filed.go("close")
    change_settings(SYSTEM, program=filed.bill.program, settings=settings)
    with nothing_changed():
        answer = filed.post("reopen")
    assert (answer.status, answer.code) == (422, code)
    assert answer.detail.startswith(start)


def test_a_withdrawn_dispute_reads_as_closed_and_reopens(filed: Filed, manager: Principal) -> None:
    brought(filed, "withdrawn", manager)
    seen = filed.client.get(filed.path).json
    assert (seen["resolution"], seen["resolutionID"]) == ("Withdrawn", None)
    assert seen["closeDate"] is not None
    assert filed.post("reopen").json["closeDate"] is None


def test_a_part_and_its_words(filed: Filed) -> None:
    label = filed.bill.resolution("APPROVED_IN_PART")
    answer = filed.post("adjustment", {"amount": "1.25", "resolutionID": label, "description": "As agreed"})
    record = answer.json
    assert (answer.status, record["adjustmentAmount"], record["resolutionID"]) == (201, Decimal("-1.25"), label)
    assert filed.row.decision_note == "As agreed"


@pytest.mark.parametrize(
    ("verb", "body", "status", "code", "field"),
    [
        ("adjustment", {"amount": 0}, 422, "AMOUNT_NOT_POSITIVE", "amount"),
        ("adjustment", {"amount": -1}, 422, "AMOUNT_NOT_POSITIVE", "amount"),
        ("adjustment", {"amount": "4.96"}, 422, "AMOUNT_EXCEEDS_ASKED", "amount"),
        ("adjustment", {"amount": "1.005"}, 422, "FIELD_INVALID", "amount"),
        ("adjustment", {"amount": True}, 422, "FIELD_INVALID", "amount"),
        ("adjustment", {"resolutionID": 2**53 - 1}, 422, "UNKNOWN_RESOLUTION", "resolutionID"),
        ("adjustment", {"amout": 1}, 422, "UNKNOWN_FIELD", "amout"),
        ("reversal", {"amount": 1}, 422, "UNKNOWN_FIELD", "amount"),
        ("reversal", {"adjustmentID": 2**53 - 1}, 409, "NOT_ADJUSTED", ""),
        ("reversalFee", {"amount": "25.01"}, 422, "FEE_OUT_OF_RANGE", "amount"),
        ("reversalFee", {"amount": 0}, 422, "FEE_OUT_OF_RANGE", "amount"),
        ("reversalFee", {"amount": "1.001"}, 422, "FIELD_INVALID", "amount"),
        ("close", {"resolutionID": 2**53 - 1}, 422, "UNKNOWN_RESOLUTION", "resolutionID"),
        ("close", {"resolutionID": "1"}, 422, "FIELD_INVALID", "resolutionID"),
        ("reopen", [], 422, "FIELD_INVALID", ""),
    ],
)
def test_bodies(filed: Filed, verb: str, body: Any, status: int, code: str, field: str) -> None:
    if verb == "reversalFee":
        filed.go("adjustment", "reversal")
    with nothing_changed():
        answer = filed.post(verb, body)
    assert (answer.status, answer.code, answer.json["errors"][0]["field"]) == (status, code, field)


def test_more_than_remains(bill: Bill, rep: ApiClient) -> None:
    first = bill.filed(rep, amount="9.00").go("adjustment", "close")
    second = bill.filed(rep, amount="0.99")
    assert second.post("adjustment", {"amount": "0.99"}).status == 201
    with nothing_changed():
        again = first.post("reopen").status, first.post("adjustment").status
    assert again == (409, 409)
    second.go("close")
    assert first.post("reopen").status == 200
    with nothing_changed():
        answer = first.post("adjustment", {"amount": "0.01"})
    assert (answer.status, answer.code) == (422, "AMOUNT_EXCEEDS_REMAINING")


def test_an_older_credit_is_reversed_by_its_number(filed: Filed) -> None:
    first = filed.post("adjustment", {"amount": "1.00"}).json["adjustmentID"]
    filed.go("close", "reopen")
    second = filed.post("adjustment", {"amount": "2.00"}).json["adjustmentID"]
    answer = filed.post("reversal", {"adjustmentID": first})
    reversal = Adjustment.objects.get(parent=first)
    assert answer.headers["Location"].endswith(f"/adjustment/{reversal.pk}")
    assert (answer.json["adjustmentID"], answer.json["reversalAdjustmentID"]) == (second, None)
    with nothing_changed():
        again = filed.post("reversal", {"adjustmentID": first})
    check_refused(again, 409, "ALREADY_REVERSED", REVERSED.format(f"D-{filed.number}"))


def test_above_the_limit_of_a_person(filed: Filed, api_client: ClientMaker, biller: Principal) -> None:
    Role.objects.filter(key="billing").update(max_decision_micros={"USD": 1_000_000})
    with nothing_changed():
        answer = filed.post("adjustment", {})
    sentence = "This is above the amount you may decide alone ($1.00 of one charge in all)."
    check_refused(answer, 403, "OVER_LIMIT", sentence)
    assert filed.post("adjustment", {"amount": 1}).status == 201


def test_only_people_refuse(filed: Filed, api_client: ClientMaker) -> None:
    machine = api_client(None, grants=[(Dimension.ALL, "")])
    denied = {"resolutionID": filed.bill.resolution("DENIED")}
    assert machine.get(filed.path).status == 200
    with nothing_changed():
        answer = machine.post(f"{filed.path}/close", denied)
    check_refused(answer, 403, "PERSON_REQUIRED", "Only a person can refuse a dispute.")
    told = filed.post("close", denied)
    assert (told.status, told.json["resolution"]) == (200, "Denied")
    assert Dispute.objects.get(pk=filed.row.pk).outcome is None


def test_machines_grant_and_close(filed: Filed, api_client: ClientMaker) -> None:
    machine = api_client(None, grants=[(Dimension.ALL, "")])
    assert machine.post(f"{filed.path}/adjustment", {}).status == 201
    answer = machine.post(f"{filed.path}/close", {"resolutionID": filed.bill.resolution("DENIED")})
    assert (answer.status, answer.json["lastModifiedUser"]) == (200, "test")


def test_a_label_filed_at_creation_decides_nothing(bill: Bill, rep: ApiClient, api_client: ClientMaker) -> None:
    filed = bill.filed(rep, resolutionID=bill.resolution("DENIED"))
    assert api_client(None, grants=[(Dimension.ALL, "")]).post(f"{filed.path}/close").status == 200
    assert filed.row.outcome is None


@pytest.mark.parametrize("verb", ["adjustment", "close"])
def test_a_stale_version_is_refused(filed: Filed, verb: str) -> None:
    filed.patch(replace("amount", "1.25"))
    with nothing_changed():
        answer = filed.post(verb, {}, headers={"If-Match": '"1"'})
    assert (answer.status, answer.code, answer.headers["ETag"]) == (412, "PRECONDITION_FAILED", '"2"')
    assert filed.post(verb, {}, headers={"If-Match": '"1", "2"'}).status < 300


def test_reversing_and_charging_and_reopening_at_a_stale_version(filed: Filed) -> None:
    stale = {"If-Match": '"1"'}
    filed.go("adjustment")
    answers = [filed.post("reversal", headers=stale)]
    filed.go("reversal")
    answers.append(filed.post("reversalFee", headers=stale))
    filed.go("close")
    answers.append(filed.post("reopen", headers=stale))
    assert [(answer.status, answer.code) for answer in answers] == [(412, "PRECONDITION_FAILED")] * 3
    assert filed.post("reopen", headers={"If-Match": "3"}).code == "BAD_HEADER"


def test_reopening_begins_a_round_and_keeps_the_credit(filed: Filed) -> None:
    filed.post("close", {"resolutionID": filed.bill.resolution("APPROVED")})
    filed.go("reopen")
    assert filed.post("adjustment", {"amount": "1.00"}).status == 201
    filed.go("close")
    answer = filed.post("reopen", {"description": "Another look"})
    row = filed.row
    assert (row.round, row.stage, row.outcome) == (3, "pending", None)
    assert (answer.json["adjustmentAmount"], answer.json["resolution"]) == (-1, None)
