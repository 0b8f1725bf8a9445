"""Update Dispute: documents of every kind, what they may change and when, and two writers at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jsonpatch
import pytest
from django.db import transaction

from makegood.api.tests.costguard.bill import FEATURE, Bill, Filed, nothing_changed, replace
from makegood.api.tests.costguard.patch_cases import GROUPS, STATUS, Case, cases
from makegood.disputes.models import Dispute
from makegood.journal.models import JournalEvent
from tests.api_client import ApiClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def labeled(bill: Bill, rep: ApiClient) -> Filed:
    return bill.filed(rep, resolutionID=bill.resolution("APPROVED"))


def _left(filed: Filed) -> Any:
    return Dispute.objects.values().get(pk=filed.row.pk), JournalEvent.objects.count()


def _check(filed: Filed, case: Case, before: dict[str, Any]) -> str:
    """What is wrong with what came of a case; empty when nothing is."""
    left = _left(filed)
    content = {"raw": case.document} if isinstance(case.document, bytes) else {"body": case.document}
    answer = filed.client.send("PATCH", filed.path, media="application/json-patch+json", **content)
    if case.code:
        got = (answer.status, answer.code)
        same = _left(filed) == left
        return "" if got == (STATUS[case.code], case.code) and same else f"{case.about}: {got}, unchanged {same}"
    if answer.status != 200:
        return f"{case.about}: {answer.status} {answer.detail}"
    told = {"lastModifiedDate", "lastModifiedUser"}
    wanted = before | {name: Decimal(v) if name == "amount" else v for name, v in case.after.items()}
    differing = {name for name in before if answer.json[name] != wanted[name]} - told
    return f"{case.about}: {differing}" if differing else ""


@pytest.mark.parametrize("group", GROUPS)
def test_documents(labeled: Filed, group: str) -> None:
    bill, before = labeled.bill, labeled.client.get(labeled.path).json
    found = cases(labeled.number, bill.resolution("APPROVED"), bill.resolution("DENIED"), FEATURE)[group]
    wrong = []
    for case in found:
        with transaction.atomic():
            wrong.append(_check(labeled, case, before))
            transaction.set_rollback(True)
    assert [line for line in wrong if line] == []


def test_there_are_more_documents_than_in_the_public_suite() -> None:
    assert sum(len(group) for group in cases(1, 2, 3, 4).values()) >= 216


@pytest.mark.parametrize(
    "media", ["application/json", "application/json-patch+json", "Application/JSON; charset=utf-8"]
)
def test_media_types(filed: Filed, media: str) -> None:
    assert filed.patch(replace("amount", "1.25"), media=media).json["amount"] == Decimal("1.25")


@pytest.mark.parametrize("media", ["application/merge-patch+json", "text/plain", "application/x-www-form-urlencoded"])
def test_other_media_types(filed: Filed, media: str) -> None:
    with nothing_changed():
        answer = filed.patch(replace("amount", "1.25"), media=media)
    assert (answer.status, answer.code) == (415, "UNSUPPORTED_MEDIA_TYPE")
    assert answer.headers["Accept-Patch"] == "application/json-patch+json"


def test_a_document_above_64_kilobytes(filed: Filed) -> None:
    with nothing_changed():
        answer = filed.patch(*[replace("description", "x" * 4000)] * 17)
    assert (answer.status, answer.code) == (413, "BODY_TOO_LARGE")


def test_a_document_made_by_the_library(filed: Filed) -> None:
    before = filed.client.get(filed.path).json
    wanted = {**before, "amount": "1.25", "description": "Less"}
    made = jsonpatch.make_patch({**before, "amount": "4.95"}, wanted)
    answer = filed.client.patch(filed.path, list(made))
    assert (answer.json["amount"], answer.json["description"]) == (Decimal("1.25"), "Less")


def test_sub_cent_is_for_exactly_what_remains(bill: Bill, rep: ApiClient) -> None:
    bill.charge(usage_id=9, billed_micros=1_234_567)
    filed = bill.filed(rep, featureID=None, usageRecordID=9, amount=1.2)
    assert filed.patch(replace("amount", "1.234567")).json["amount"] == Decimal("1.234567")
    with nothing_changed():
        answer = filed.patch(replace("amount", "1.234566"))
    assert (answer.status, answer.code) == (422, "FIELD_INVALID")


CLOSED = "D-{} is closed and cannot be changed."


@pytest.mark.parametrize(
    "document", [[], [{"op": "test", "path": "/type", "value": None}], [replace("description", "Late")]]
)
def test_a_closed_dispute_takes_no_document(filed: Filed, document: list[Any]) -> None:
    filed.go("close")
    with nothing_changed():
        answer = filed.client.patch(filed.path, document)
    assert (answer.status, answer.code, answer.detail) == (409, "DISPUTE_CLOSED", CLOSED.format(filed.number))


@pytest.mark.parametrize("member", ["amount", "type", "reason"])
def test_what_was_claimed_stays_after_a_decision(filed: Filed, member: str) -> None:
    filed.go("adjustment")
    with nothing_changed():
        answer = filed.patch(replace(member, {"amount": "1.25", "type": "fraud", "reason": "WRONG_PRICE"}[member]))
    assert (answer.status, answer.code) == (409, "ALREADY_DECIDED")
    assert answer.detail == f"D-{filed.number} was already decided."


def test_words_and_labels_may_change_while_it_is_open(filed: Filed) -> None:
    filed.go("adjustment")
    label = filed.bill.resolution("APPROVED")
    answer = filed.patch(replace("description", "For the record"), replace("resolutionID", label))
    assert (answer.json["description"], answer.json["resolution"]) == ("For the record", "Approved")


def test_nothing_to_change_changes_nothing(filed: Filed) -> None:
    with nothing_changed():
        answers = [filed.client.patch(filed.path, []), filed.patch({"op": "test", "path": "/amount", "value": "4.950"})]
    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.headers["ETag"] for answer in answers] == ['"1"', '"1"']


def test_if_match(filed: Filed) -> None:
    first = filed.patch(replace("amount", "1.25"), headers={"If-Match": '"1"'})
    assert (first.status, first.headers["ETag"]) == (200, '"2"')
    with nothing_changed():
        stale = filed.patch(replace("amount", "2"), headers={"If-Match": '"1"'})
    assert (stale.status, stale.code) == (412, "PRECONDITION_FAILED")
    assert stale.json["current"]["amount"] == Decimal("1.25")
    assert filed.patch(replace("amount", "2"), headers={"If-Match": "*"}).status == 200
