"""Create Dispute: every member, every rule, and what a refusal tells."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from makegood.api.tests.costguard.bill import FEATURE, INVOICE, USAGE, WORDS, Bill, nothing_changed, replace
from makegood.billing.models import Charge
from makegood.billing.operations import Figures, correct_charge
from makegood.disputes import operations
from makegood.disputes.models import Dispute
from makegood.kernel import clock
from makegood.parties.entries import SYSTEM
from makegood.parties.operations import change_settings
from tests.api_client import Answer, ApiClient

pytestmark = pytest.mark.django_db
NOT_BILLED = "Only billed items can be disputed: there is no {} on an invoice {} of this customer."


def refused(bill: Bill, client: ApiClient, **facts: Any) -> Answer:
    """The answer to a claim that changes nothing."""
    with nothing_changed():
        answer = client.post(bill.path, bill.body(**facts))
    return answer


@pytest.fixture
def used(rep: ApiClient, bill: Bill) -> ApiClient:
    """The same token, its use already noted."""
    assert rep.get(bill.path).status == 200
    return rep


ODD: dict[str, tuple[Any, ...]] = {
    "invoiceNumber": ("1984950", None, 1.5, True, 0, -1, 2**53, [], {}),
    "amount": (None, True, "", " ", "1,25", "0x10", "٣", "1e2", "NaN", "4.955", 4.955, 1e300, 10**18, [], {}),
    "description": (None, "", 5, "x" * 4001, [], "a\0b", "\ud800"),
    "resolutionID": ("1", 1.0, True, 0, -1, 2**53),
    "featureID": ("10986", 1.5, False, []),
    "type": (5,),
    "reason": (["WRONG_PRICE"],),
}
"""Values that a member does not take."""
MEMBERS: list[tuple[dict[str, Any], str, str]] = [
    ({"invoiceNumber": ...}, "FIELD_REQUIRED", "invoiceNumber"),
    ({"amount": ...}, "FIELD_REQUIRED", "amount"),
    ({"description": ...}, "FIELD_REQUIRED", "description"),
    ({"amout": 4.95}, "UNKNOWN_FIELD", "amout"),
    ({"Amount": 4.95}, "UNKNOWN_FIELD", "Amount"),
    *(({name: value}, "FIELD_INVALID", name) for name, values in ODD.items() for value in values),
    *(({"usageRecordID": value, "featureID": None}, "FIELD_INVALID", "usageRecordID") for value in ("465320", 0)),
    *(({"amount": value}, "AMOUNT_NOT_POSITIVE", "amount") for value in ("0.00", -4.95)),
    ({"amount": 0}, "AMOUNT_NOT_POSITIVE", "amount"),
    ({"amount": "10.00"}, "AMOUNT_TOO_HIGH", "amount"),
    ({"description": "   "}, "EXPLANATION_REQUIRED", "description"),
    ({"resolutionID": 2**53 - 1}, "UNKNOWN_RESOLUTION", "resolutionID"),
    ({"type": "nonsense"}, "UNKNOWN_TYPE", "type"),
    ({"reason": "NONSENSE"}, "REASON_REQUIRED", "reason"),
]


def test_members(bill: Bill, used: ApiClient) -> None:
    with nothing_changed():
        answers = [used.post(bill.path, bill.body(**facts)) for facts, _, _ in MEMBERS]
    for (facts, code, field), answer in zip(MEMBERS, answers, strict=True):
        (line,) = answer.json["errors"]
        assert (answer.status, answer.code, line["field"], line["code"]) == (422, code, field, code), facts
        assert line["pointer"] == f"#/{field}"
        assert line["message"] == answer.detail


@pytest.mark.parametrize("ids", [(None, None), (FEATURE, USAGE), (..., ...), (..., None)])
def test_exactly_one_item(bill: Bill, used: ApiClient, ids: tuple[Any, Any]) -> None:
    answer = refused(bill, used, featureID=ids[0], usageRecordID=ids[1])
    assert (answer.status, answer.code) == (422, "EXACTLY_ONE_ITEM")
    assert answer.detail == "Name exactly one of featureID and usageRecordID; the other is null."
    assert [line["field"] for line in answer.json["errors"]] == ["featureID", "usageRecordID"]


@pytest.mark.parametrize(
    ("facts", "what", "invoice"),
    [
        ({"invoiceNumber": 1}, "feature 10986", 1),
        ({"featureID": USAGE}, "feature 465320", INVOICE),
        ({"featureID": None, "usageRecordID": FEATURE}, "usage record 10986", INVOICE),
        ({"invoiceNumber": 77}, "feature 10986", 77),
    ],
)
def test_what_was_not_billed(bill: Bill, used: ApiClient, facts: dict[str, Any], what: str, invoice: int) -> None:
    """An invoice of another customer is as absent as one that was never issued."""
    other = bill.world.other_customer
    bill.invoice.__class__.objects.create(
        number=77, customer=other, bill_period=bill.invoice.bill_period, currency="USD", issued_at=clock.now()
    )
    answer = refused(bill, used, **facts)
    assert (answer.status, answer.code, answer.detail) == (422, "NOT_BILLED", NOT_BILLED.format(what, invoice))
    assert answer.json["errors"][0]["field"] == "invoiceNumber"


@pytest.mark.parametrize("amount", [4.95, "4.95", "4.950", "04.95"])
def test_amounts(bill: Bill, rep: ApiClient, amount: Any) -> None:
    answer = rep.post(bill.path, bill.body(amount=amount))
    assert (answer.status, answer.json["amount"]) == (201, Decimal("4.95"))


def test_sub_cent_is_for_exactly_what_remains(bill: Bill, rep: ApiClient) -> None:
    bill.charge(usage_id=9, billed_micros=1_234_567)
    body = bill.body(featureID=None, usageRecordID=9, amount="1.234566")
    assert rep.post(bill.path, body).code == "FIELD_INVALID"
    answer = rep.post(bill.path, body | {"amount": "1.234567"})
    assert (answer.status, answer.json["amount"]) == (201, Decimal("1.234567"))


def test_words_are_stored_as_given(bill: Bill, rep: ApiClient) -> None:
    words = "Naïve \U0001f4de\n\ttab, 'quotes' and \"more\" -- ; %s {0} </script>"
    assert rep.post(bill.path, bill.body(description=words)).json["description"] == words
    answer = rep.post(bill.path, bill.body(featureID=None, usageRecordID=USAGE, amount=1, description="x" * 4000))
    assert len(answer.json["description"]) == 4000
    filed = bill.filed(rep, featureID=bill.charge(feature_id=5).feature_id, description=" as it is\n")
    assert filed.client.get(filed.path).json["description"] == " as it is\n"
    assert filed.patch(replace("description", "\tso ")).json["description"] == "\tso "


def test_type_and_reason(bill: Bill, rep: ApiClient) -> None:
    rep.post(bill.path, bill.body(reason="UNAUTHORIZED_USE"))
    rep.post(bill.path, bill.body(featureID=None, usageRecordID=USAGE, amount=1, type="product"))
    rows = list(Dispute.objects.order_by("id").values_list("reason__code", "type", "origin", "stage", "submitted_by"))
    person = rows[0][-1]
    assert rows == [
        ("UNAUTHORIZED_USE", "fraud", "api", "pending", person),
        (None, "product", "api", "pending", person),
    ]


def test_the_reason_of_the_web_service(bill: Bill, rep: ApiClient) -> None:
    change_settings(SYSTEM, program=bill.program, settings={"api_reason": "WRONG_PRICE"})
    bill.filed(rep)
    assert Dispute.objects.get().reason is not None
    assert Dispute.objects.get().reason.code == "WRONG_PRICE"  # type: ignore[union-attr]


def test_an_open_dispute_on_the_item(bill: Bill, used: ApiClient) -> None:
    number = bill.filed(used).number
    answer = refused(bill, used)
    assert (answer.status, answer.code) == (409, "ALREADY_DISPUTED")
    assert answer.detail == f"Dispute D-{number} is already open."


def test_every_rule_that_stands_in_the_way_is_told(bill: Bill, used: ApiClient) -> None:
    rules: list[dict[str, Any]] = [
        {"type": "window", "anchor": "billed", "amount": 1, "unit": "hours", "severity": "override"},
        {"type": "reason_required", "severity": "block", "origins": ["buyer"]},
        {"type": "amount_full", "severity": "block"},
        {"type": "explanation", "min_chars": 500, "severity": "warn"},
        {"type": "explanation", "min_chars": 400, "severity": "block"},
    ]
    operations.publish_policy(SYSTEM, program=bill.program, rules=rules)
    answer = refused(bill, used)
    lines = answer.json["errors"]
    assert (answer.status, answer.code) == (422, "AMOUNT_NOT_FULL")
    assert [line["code"] for line in lines] == ["AMOUNT_NOT_FULL", "WINDOW_EXPIRED", "EXPLANATION_REQUIRED"]
    assert [line["field"] for line in lines] == ["amount", "", "description"]
    assert answer.detail == lines[0]["message"]
    assert all(line.keys() >= {"fact", "limit", "loggingNumber"} for line in lines)
    assert lines[1]["limit"]["amount"] == 1


def test_a_correction_stands_in_the_place_of_what_was_billed(bill: Bill, rep: ApiClient) -> None:
    charge = Charge.objects.get(feature_id=FEATURE)
    figures = Figures(5_000_000, 0, 0, charge.billed_at)
    new = correct_charge(charge, figures, external_id="corrected", import_batch=1, raw=None)
    answer = rep.post(bill.path, bill.body(amount=5))
    assert (answer.status, Dispute.objects.get().charge_id) == (201, new.pk)


def test_answers_of_a_creation(bill: Bill, rep: ApiClient) -> None:
    answer = rep.post(bill.path, bill.body())
    number = answer.json["disputeID"]
    assert answer.headers["Location"] == f"{bill.path}/{number}"
    assert answer.headers["ETag"] == rep.get(f"{bill.path}/{number}").headers["ETag"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json["description"] == WORDS


def test_how_many_statements_it_takes(bill: Bill, rep: ApiClient, statements: list[str]) -> None:
    """The measured calls stay lean: token, customer, item, ground, the filing itself, the record."""
    filed = bill.filed(rep)
    bill.charge(feature_id=5)
    statements.clear()
    assert rep.post(bill.path, bill.body(featureID=5)).status == 201
    assert len(statements) <= 8, statements
    statements.clear()
    assert filed.post("adjustment", {}).status == 201
    assert len(statements) <= 14, statements
