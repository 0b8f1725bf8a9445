"""The whole life of the source document, its bodies as they are."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from makegood.api.tests.costguard.bill import KEYS, WORDS, Bill
from makegood.disputes.models import Resolution
from makegood.ledger.models import Adjustment
from tests.api_client import ApiClient

pytestmark = pytest.mark.django_db
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{7}[+-]\d{2}:\d{2}")
ON_A_FEATURE = """{
  "invoiceNumber": 1984950,
  "amount": 4.95,
  "description": "The customer says they shouldn't have been charged",
  "resolutionID": %d,
  "featureID": 10986,
  "usageRecordID": null
}"""
ON_USAGE = """{
  "invoiceNumber": 1984950,
  "amount": 1.50,
  "description": "The customer says they shouldn't have been charged",
  "resolutionID": %d,
  "featureID": null,
  "usageRecordID": 465320
}"""
CHANGE = b"""[
  {
    "op": "replace",
    "path": "/amount",
    "value": "1.25"
  }
]"""


def check_record(record: dict[str, Any]) -> None:
    """Raise AssertionError unless the members are those of the source document, in their order, with their types."""
    assert list(record) == KEYS
    integers = {name for name in KEYS if name.endswith(("ID", "id")) or name in {"invoiceNumber", "usageRecordNumber"}}
    for name in integers:
        assert record[name] is None or (isinstance(record[name], int) and not isinstance(record[name], bool)), name
    for name in ("amount", "adjustmentAmount"):
        assert record[name] is None or isinstance(record[name], int | Decimal), name
    for name in ("disputeDate", "lastModifiedDate", "closeDate"):
        assert record[name] is None or MOMENT.fullmatch(record[name]), name
    for name in ("amount", "description", "disputeDate", "disputeID", "lastModifiedDate", "lastModifiedUser"):
        assert record[name] is not None, name


def test_the_life_of_a_dispute(bill: Bill, rep: ApiClient) -> None:
    place, number, approved = check_filing(bill, rep)
    check_money(bill, rep, place, number)
    check_end(rep, place, number, approved)


def check_filing(bill: Bill, rep: ApiClient) -> tuple[str, int, int]:
    """Search the customer, file on a feature and on a usage record, list, change: address, number, a resolution."""
    (found,) = rep.get("/api/customer?accountNumber=B1").json["value"]
    assert found == {"customerID": bill.customer.pk, "accountNumber": "B1", "customerName": "Acme Plumbing"}
    labels = rep.get("/api/disputeResolution").json["value"]
    approved = next(row["resolutionID"] for row in labels if row["resolution"] == "Approved")

    made = rep.post(bill.path, raw=(ON_A_FEATURE % approved).encode())
    assert made.status == 201, made.json
    check_record(made.json)
    number = made.json["disputeID"]
    place = f"{bill.path}/{number}"
    assert made.headers["Location"] == place
    assert {name: made.json[name] for name in KEYS if not name.endswith("Date")} == {
        "adjustmentAmount": None,
        "adjustmentID": None,
        "amount": Decimal("4.95"),
        "billPeriodID": 21180214,
        "description": WORDS,
        "disputeID": number,
        "feature": "MONTHLY FEE",
        "featureID": 10986,
        "invoiceCategoryid": bill.invoice.category_id,
        "invoiceNumber": 1984950,
        "lastModifiedUser": "billing@test.example",
        "resolution": "Approved",
        "resolutionID": approved,
        "reversalAdjustmentID": None,
        "reversalFeeAdjustmentID": None,
        "serviceID": bill.service.pk,
        "serviceNumber": 1234567890,
        "usageBatchID": None,
        "usageRecordNumber": None,
    }
    usage = rep.post(bill.path, raw=(ON_USAGE % approved).encode())
    assert usage.status == 201, usage.json
    check_record(usage.json)
    assert [usage.json[name] for name in ("feature", "featureID", "usageBatchID", "usageRecordNumber", "amount")] == [
        None, None, 77, 465320, Decimal("1.5"),
    ]  # fmt: skip

    listed = rep.get(bill.path).json["value"]
    assert [row["disputeID"] for row in listed] == [usage.json["disputeID"], number]
    assert listed[1] == made.json == rep.get(place).json

    changed = rep.patch(place, raw=CHANGE)
    assert (changed.status, changed.json["amount"]) == (200, Decimal("1.25"))
    check_record(changed.json)
    return place, number, approved


def check_money(bill: Bill, rep: ApiClient, place: str, number: int) -> None:
    """Adjust, reverse, charge a fee."""
    adjusted = rep.post(f"{place}/adjustment")
    assert (adjusted.status, adjusted.json["adjustmentAmount"]) == (201, Decimal("-1.25"))
    assert adjusted.headers["Location"] == f"{place}/adjustment/{adjusted.json['adjustmentID']}"
    assert adjusted.json["resolution"] == "Approved"
    reversed_ = rep.post(f"{place}/reversal", {})
    assert (reversed_.status, reversed_.json["adjustmentAmount"]) == (201, Decimal("-1.25"))
    charged = rep.post(f"{place}/reversalFee", {})
    assert charged.status == 201
    check_record(charged.json)
    money = {row.pk: (row.kind, row.amount_micros) for row in Adjustment.objects.order_by("pk")}
    assert money == {
        charged.json["adjustmentID"]: ("credit", -1_250_000),
        charged.json["reversalAdjustmentID"]: ("reversal", 1_250_000),
        charged.json["reversalFeeAdjustmentID"]: ("reversal_fee", 5_000_000),
    }
    for answer, name in ((reversed_, "reversalAdjustmentID"), (charged, "reversalFeeAdjustmentID")):
        seen = rep.get(answer.headers["Location"]).json
        assert (seen["adjustmentID"], seen["disputeID"], seen["customerID"]) == (
            answer.json[name], number, bill.customer.pk,
        )  # fmt: skip
        assert MOMENT.fullmatch(seen["createdDate"])


def check_end(rep: ApiClient, place: str, number: int, approved: int) -> None:
    """Close, be refused a change, reopen."""
    closed = rep.post(f"{place}/close", {"resolutionID": approved})
    assert (closed.status, closed.json["resolution"]) == (200, "Approved")
    check_record(closed.json)
    assert closed.json["closeDate"] is not None
    refused = rep.patch(place, raw=CHANGE)
    assert (refused.status, refused.code) == (409, "DISPUTE_CLOSED")
    assert refused.detail == f"D-{number} is closed and cannot be changed."
    reopened = rep.post(f"{place}/reopen")
    assert reopened.status == 200
    check_record(reopened.json)
    cleared = ("closeDate", "resolution", "resolutionID")
    assert [reopened.json[name] for name in cleared] == [None, None, None]
    assert reopened.json["amount"] == Decimal("1.25")


def test_numbers_go_out_as_they_are(bill: Bill, rep: ApiClient) -> None:
    """No exponent, no fraction where there is none, the offset of the customer's zone."""
    bill.charge(feature_id=5, billed_micros=10_000_000)
    made = rep.post(bill.path, bill.body(featureID=5, amount="10.00"))
    text = made.content.decode()
    assert '"amount":10,' in text
    record = json.loads(text)
    assert record["disputeDate"].endswith(("-05:00", "-04:00"))


def test_resolutions_that_were_taken_off_are_told_so(bill: Bill, rep: ApiClient) -> None:
    Resolution.objects.filter(pk=bill.resolution("DENIED")).update(is_active=False)
    rows = {row["resolution"]: row["active"] for row in rep.get("/api/disputeresolution").json["value"]}
    assert (rows["Approved"], rows["Denied"]) == (True, False)
    refused = rep.post(bill.path, bill.body(resolutionID=bill.resolution("DENIED")))
    assert (refused.status, refused.code) == (422, "UNKNOWN_RESOLUTION")
    assert refused.json["errors"][0]["field"] == "resolutionID"
