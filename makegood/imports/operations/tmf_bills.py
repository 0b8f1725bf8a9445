"""Turns TM Forum 678 customer bills into staged lines: one per applied rate, with every number as it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from makegood.imports.entries import BillOptions
from makegood.imports.operations.bill_files import BillFile
from makegood.imports.operations.bill_rows import Lines, bill_key, line_key, state_of
from makegood.imports.operations.json_records import Record, json_records, unwrapped, written
from makegood.imports.operations.rows import Refuse
from makegood.imports.policy.bill_layout import TEXTS, kind_of, spelled, told_by
from makegood.imports.policy.phones import normalized

Texts = dict[str, str | None]
Object = Mapping[str, Any]

RATES = "appliedCustomerBillingRate"
_RATE = RATES + "[{k}]."
PATHS = {
    "number": "billNo",
    "customer": "billingAccount.id",
    "issued": "billDate",
    "due": "paymentDueDate",
    "period_start": "billingPeriod.startDateTime",
    "period_end": "billingPeriod.endDateTime",
    "total": "taxIncludedAmount.value",
    "state": "state",
    "line": _RATE + "id",
    "net": _RATE + "taxExcludedAmount.value",
    "tax": _RATE + "appliedTax",
    "gross": _RATE + "taxIncludedAmount.value",
    "currency": _RATE + "taxExcludedAmount.unit",
    "occurred": _RATE + "date",
    "covers_start": _RATE + "periodCoverage.startDateTime",
    "covers_end": _RATE + "periodCoverage.endDateTime",
    "service": _RATE + "characteristic",
}
"""Where each staged text stands in a bill."""
_PAYERS = ("customer", "payer", "bill_receiver", "billing_account", "account")
_SERVICE = frozenset("service_number phone_number telephone_number msisdn circuit circuit_id line_number".split())


def texts_of(value: Any) -> str | None:
    """A value as text; nothing for null, empty texts, and what is neither text nor number."""
    if value is None or isinstance(value, (dict, list)):
        return None
    return value.strip() or None if isinstance(value, str) else written(value)


def objects(value: Any) -> list[Object]:
    """The objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def member(value: Any, name: str) -> str | None:
    """The text of a member of an object."""
    return texts_of(value.get(name)) if isinstance(value, dict) else None


def decimal_of(text: str | None) -> Decimal:
    """The number that a text is; zero for none."""
    try:
        number = Decimal(text or 0)
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def payer_of(record: Object) -> tuple[str | None, str | None]:
    """Number and name of who pays, from the related parties: customer, payer, bill receiver, or the only one."""
    parties = objects(record.get("relatedParty"))
    named = {spelled(member(party, "role") or ""): party for party in reversed(parties)}
    found = next((named[role] for role in _PAYERS if role in named), parties[0] if len(parties) == 1 else None)
    return (member(found, "id"), member(found, "name")) if found else (None, None)


def tmf_records(file: BillFile, refuse: Refuse) -> Iterator[tuple[Record, dict[str, Any]]]:
    """The records that are objects of clean text; ``refuse`` hears of all others."""
    survey = file.survey
    for record in json_records(survey.path, survey.encoding, survey.container, survey.records):
        if record.code:
            refuse(record.n, record.code, {"reason": record.reason}, record.text)
            continue
        text = written(record.value)
        if not isinstance(record.value, dict):
            refuse(record.n, "BAD_JSON_LINE", {"reason": "it is not an object"}, text)
        elif "\\u0000" in text:
            refuse(record.n, "NUL_BYTE", {}, text.replace("\\u0000", ""))
        elif "\ufffd" in text or text.encode("utf-8", "replace").decode() != text:
            refuse(record.n, "BAD_ENCODING", {"encoding": "UTF-8"}, text.encode("utf-8", "replace").decode())
        else:
            yield record, unwrapped(record.value)


class TmfBills:
    """The lines of TM Forum 678 bills."""

    def __init__(self, file: BillFile, options: BillOptions, refuse: Refuse) -> None:
        self.read = 0
        self._file = file
        self._options = options
        self._refuse = refuse

    def __iter__(self) -> Lines:
        for record, bill in tmf_records(self._file, self._refuse):
            self.read = record.at
            head = self._head(bill)
            key = bill_key(head["number"], head["customer"], head["issued"])
            is_note = _is_credit_note(bill)
            for k, line in enumerate([*_rates(bill, is_note=is_note), *_taxes(bill)] or [{}]):
                texts = {**head, **line, "currency": line.get("currency") or head["currency"]}
                yield (record.n, k, None, key, *(texts.get(name) for name in TEXTS))

    def _head(self, bill: Object) -> Texts:
        number, name = payer_of(bill)
        account = bill.get("billingAccount") or bill.get("financialAccount")
        period = bill.get("billingPeriod")
        total = bill.get("taxIncludedAmount") or bill.get("amountDue")
        amount = member(total, "value")
        if amount and _is_credit_note(bill):
            amount = f"-{amount.lstrip('-')}"
        category = member(bill, "category") or ""
        return {
            "number": member(bill, "billNo") or member(bill, "id"),
            "customer": member(account, "id") or number or self._options.customer or None,
            "customer_name": member(account, "name") or name,
            "issued": member(bill, "billDate") or self._options.issued_on or None,
            "due": member(bill, "paymentDueDate"),
            "period_start": member(period, "startDateTime"),
            "period_end": member(period, "endDateTime"),
            "total": amount,
            "state": state_of(category if spelled(category) == "trial" else member(bill, "state") or ""),
            "currency": member(total, "unit"),
        }


def _is_credit_note(bill: Object) -> bool:
    return spelled(member(bill, "category") or "").startswith("credit")


def _rates(bill: Object, *, is_note: bool) -> Iterator[Texts]:
    for rate in objects(bill.get(RATES)):
        label = member(rate, "name") or member(rate.get("product"), "name") or member(rate, "description") or ""
        kind = kind_of(member(rate, "type") or "", label)
        net, gross, covers = rate.get("taxExcludedAmount"), rate.get("taxIncludedAmount"), rate.get("periodCoverage")
        taxes = objects(rate.get("appliedTax"))
        told = told_by(member(rate, "description") or "")
        yield {
            "line": line_key(member(rate, "id")),
            "label": label or None,
            "subkind": kind.subkind.value,
            "is_credit": "yes" if kind.is_credit or is_note else None,
            "service": _service(rate),
            "net": member(net, "value"),
            "gross": member(gross, "value"),
            "tax": _sum(taxes) if taxes else None,
            "jurisdiction": _categories(taxes) or _category(bill, rate),
            "currency": member(net, "unit") or member(gross, "unit"),
            "quantity": _of(rate, "quantity"),
            "unit": _of(rate, "unit"),
            "unit_price": _of(rate, "unit_price"),
            "occurred": member(rate, "date") or told.get("occurred"),
            "covers_start": member(covers, "startDateTime") or told.get("covers_start"),
            "covers_end": member(covers, "endDateTime") or told.get("covers_end"),
            "duration_s": told.get("duration_s"),
            "destination": normalized(told["destination"]) if "destination" in told else None,
            "raw": written(dict(rate)),
        }


def _sum(taxes: list[Object]) -> str:
    return format(sum((decimal_of(member(tax.get("taxAmount"), "value")) for tax in taxes), Decimal(0)), "f")


def _categories(taxes: list[Object]) -> str:
    return ", ".join(dict.fromkeys(filter(None, (member(tax, "taxCategory") for tax in taxes))))


def _of(rate: Object, wanted: str) -> str | None:
    """The value of a characteristic."""
    found = (one for one in objects(rate.get("characteristic")) if spelled(member(one, "name") or "") == wanted)
    return next((member(one, "value") for one in found), None)


def _service(rate: Object) -> str | None:
    return next(filter(None, (_of(rate, name) for name in sorted(_SERVICE))), None)


def _is_taxed(rate: Object) -> bool:
    net, gross = (member(rate.get(name), "value") for name in ("taxExcludedAmount", "taxIncludedAmount"))
    if decimal_of(_sum(objects(rate.get("appliedTax")))):
        return True
    return net is not None and gross is not None and decimal_of(net) != decimal_of(gross)


def _category(bill: Object, rate: Object) -> str | None:
    """The bill's only category of taxes, for a line that is taxed and does not say by whom."""
    items = objects(bill.get("taxItem"))
    return member(items[0], "taxCategory") if len(items) == 1 and _is_taxed(rate) else None


def _taxes(bill: Object) -> Iterator[Texts]:
    """The bill's taxes as lines of their own, when no line carries a tax and the lines alone do not make the total."""
    rates, total = objects(bill.get(RATES)), member(bill.get("taxIncludedAmount"), "value")
    if any(_is_taxed(rate) for rate in rates) or (total and decimal_of(total) == sum(map(_signed, rates))):
        return
    for place, item in enumerate(objects(bill.get("taxItem")), 1):
        amount = item.get("taxAmount")
        if decimal_of(member(amount, "value")):
            yield {
                "line": f"tax-{place}",
                "label": member(item, "taxCategory") or "Tax",
                "subkind": "tax",
                "net": member(amount, "value"),
                "jurisdiction": member(item, "taxCategory"),
                "currency": member(amount, "unit"),
                "raw": written(dict(item)),
            }


def _signed(rate: Object) -> Decimal:
    """What a rate adds to the bill; a credit takes away."""
    amount = rate.get("taxIncludedAmount") or rate.get("taxExcludedAmount")
    number = decimal_of(member(amount, "value"))
    return -abs(number) if kind_of(member(rate, "type") or "", "").is_credit else number
