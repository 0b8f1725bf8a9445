"""How words, amounts and details of bills are understood; no database."""

from __future__ import annotations

import pytest

from makegood.imports.policy.bill_layout import HEAD, LINE, TEXTS, kind_of, recognize_bill, signed, spelled, told_by


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("invoiceNumber", "invoice_number"),
        ("Invoice No.", "invoice_number"),
        ("customerID", "customer_id"),
        ("Account #", "customer_id"),
        ("taxExcluded", "net"),
        ("Amount (excl. tax)", "net"),
        ("MonthlyCharges", "monthly"),
        ("TotalCharges", "charged_to_date"),
        ("Bill Date", "issued_on"),
        ("unitPrice", "unit_price"),
        ("jurisdiction", "tax_jurisdiction"),
    ],
)
def test_headers_are_understood(header: str, name: str) -> None:
    assert recognize_bill(["churn", header]).positions == {name: 1}


@pytest.mark.parametrize(
    ("amount", "plain"),
    [
        ("12.50", "12.50"),
        ("(12.50)", "-12.50"),
        ("12.50-", "-12.50"),
        ("12.50 CR", "-12.50"),
        ("$5 cr", "-$5"),
        ("", ""),
    ],
)
def test_signs_stand_in_front(amount: str, plain: str) -> None:
    assert signed(amount) == plain


@pytest.mark.parametrize(
    ("word", "label", "subkind", "is_credit"),
    [
        ("recurring", "Fiber", "recurring", False),
        ("recurringCharge", "Fiber", "recurring", False),
        ("one_time", "Setup", "one_time", False),
        ("oneTimeCharge", "Regulatory Recovery Fee", "fee", False),
        ("usage", "LOCAL", "call", False),
        ("usage", "DATA", "data", False),
        ("usageCharge", "12 texts", "message", False),
        ("Tax", "State", "tax", False),
        ("appliedBillingCredit", "PROMO", "one_time", True),
        ("Discount", "", "one_time", True),
        ("", "", "one_time", False),
    ],
)
def test_kinds_of_lines(word: str, label: str, subkind: str, *, is_credit: bool) -> None:
    kind = kind_of(word, label)
    assert (kind.subkind, kind.is_credit) == (subkind, is_credit)


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("2026-05-01..2026-05-31", {"covers_start": "2026-05-01", "covers_end": "2026-05-31"}),
        ("2026-05-01 to 2026-05-31", {"covers_start": "2026-05-01", "covers_end": "2026-05-31"}),
        (
            "2026-05-15T09:56:23 274s +12025550104",
            {"occurred": "2026-05-15T09:56:23", "duration_s": "274", "destination": "+12025550104"},
        ),
        ("2026-05-15T09:56:23Z", {"occurred": "2026-05-15T09:56:23Z"}),
        ("see page 2", {}),
        ("", {}),
    ],
)
def test_what_a_detail_tells(detail: str, told: dict[str, str]) -> None:
    assert told_by(detail) == told


def test_humps_and_punctuation_are_words() -> None:
    assert spelled("oneTimeCharge") == spelled("One-time charge") == "one_time_charge"


def test_every_text_has_one_place() -> None:
    assert len(set(TEXTS)) == len(TEXTS) == len(HEAD) + len(LINE)
