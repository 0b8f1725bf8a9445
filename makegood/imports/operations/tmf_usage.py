"""Turns TM Forum 635 usage records into staged lines: one per rated use, which may say on which bill it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from makegood.imports.entries import BillOptions
from makegood.imports.operations.bill_files import BillFile
from makegood.imports.operations.bill_rows import Lines, line_key
from makegood.imports.operations.json_records import written
from makegood.imports.operations.rows import Refuse
from makegood.imports.operations.tmf_bills import Texts, member, objects, payer_of, texts_of, tmf_records
from makegood.imports.policy.bill_layout import TEXTS, kind_of, spelled
from makegood.imports.policy.phones import normalized

_RATED = "ratedProductUsage[{k}]."
PATHS = {
    "number": "usageCharacteristic",
    "customer": "relatedParty",
    "occurred": "usageDate",
    "issued": _RATED + "ratingDate",
    "line": "id",
    "net": _RATED + "taxExcludedRatingAmount.value",
    "gross": _RATED + "taxIncludedRatingAmount.value",
    "currency": _RATED + "taxExcludedRatingAmount.unit",
    "service": "usageCharacteristic",
    "state": "status",
}
"""Where each staged text stands in a record."""

_NAMES = {
    "number": "bill_no bill_number bill bill_id invoice_number invoice invoice_id",
    "caller": "originating_number calling_number caller from a_number origin source_number",
    "destination": "destination_number called_number callee to b_number destination terminating_number",
    "service": "service_number phone_number msisdn subscriber_number line_number circuit",
    "duration_s": "duration duration_seconds duration_s seconds call_duration",
    "quantity": "quantity volume units amount_used",
    "unit": "unit unit_of_measure uom",
    "jurisdiction": "jurisdiction tax_jurisdiction",
    "label": "description label",
}
_TARGETS = {word: target for target, words in _NAMES.items() for word in words.split()}
_BILLED = "billed"
_REFUSED = frozenset({"rejected", "recycled"})


class TmfUsage:
    """The lines of TM Forum 635 usage records."""

    def __init__(self, file: BillFile, options: BillOptions, refuse: Refuse) -> None:
        self.read = 0
        self._file = file
        self._options = options
        self._refuse = refuse

    def __iter__(self) -> Lines:
        for record, usage in tmf_records(self._file, self._refuse):
            self.read = record.at
            head = self._head(usage)
            for k, line in enumerate(_rated(usage)):
                texts = {**head, **line}
                yield (record.n, k, _mark(texts), f"usage {head['line']}", *(texts.get(name) for name in TEXTS))

    def _head(self, usage: Mapping[str, Any]) -> Texts:
        number, name = payer_of(usage)
        told = _characteristics(usage)
        status = member(usage, "status") or ""
        label = told.pop("label", None) or member(usage, "description") or member(usage, "usageType")
        for phone in ("caller", "destination"):
            if told.get(phone):
                told[phone] = normalized(told[phone] or "")
        kind = kind_of(f"usage {member(usage, 'usageType') or ''}".strip(), label or "", told.get("unit") or "")
        known = kind_of(member(usage, "usageType") or "", "")
        subkind = known.subkind if known.subkind.value in ("call", "data", "message") else kind.subkind
        return {
            **told,
            "customer": number or self._options.customer or None,
            "customer_name": name,
            "occurred": member(usage, "usageDate"),
            "line": line_key(member(usage, "id")),
            "label": label,
            "subkind": subkind.value,
            "state": spelled(status) if spelled(status) in _REFUSED else None,
            "raw": written(dict(usage)),
        }


def _mark(texts: Texts) -> str | None:
    if texts["state"]:
        return "USAGE_REFUSED:state"
    return None if texts["line"] else "NO_USAGE_ID:line"


def _characteristics(usage: Mapping[str, Any]) -> Texts:
    """What the characteristics tell, by staged text; the first of a name counts."""
    told: Texts = {}
    for one in objects(usage.get("usageCharacteristic")):
        target = _TARGETS.get(spelled(member(one, "name") or ""))
        if target:
            told.setdefault(target, texts_of(one.get("value")))
    return told


def _rated(usage: Mapping[str, Any]) -> Iterator[Texts]:
    """Each rated use: amounts and whether it was billed; the second of a record is called ``id/2``."""
    ident = line_key(member(usage, "id"))
    status = spelled(member(usage, "status") or "")
    for place, rated in enumerate(objects(usage.get("ratedProductUsage")) or [{}], 1):
        net, gross = rated.get("taxExcludedRatingAmount"), rated.get("taxIncludedRatingAmount")
        is_billed = rated.get("isBilled")
        line: Texts = {
            "net": member(net, "value"),
            "gross": member(gross, "value"),
            "currency": member(net, "unit") or member(gross, "unit"),
            "issued": member(rated, "ratingDate"),
            "is_billed": "yes" if is_billed or (is_billed is None and status == _BILLED) else "no",
        }
        if ident and place > 1:
            line["line"] = f"{ident}/{place}"
        if label := member(rated.get("productRef"), "name"):
            line["label"] = label
        yield line
