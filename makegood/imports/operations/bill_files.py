"""A first look at a file of bills: which format it is, and where its records stand."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from makegood.imports.entries import Survey
from makegood.imports.errors import EmptyFile, FileNotReadable, NotABill
from makegood.imports.operations.json_records import found_prefix, json_records, unwrapped
from makegood.imports.operations.survey import survey as look_at
from makegood.imports.policy.bill_layout import recognize_bill
from makegood.imports.policy.recognition import Recognized
from makegood.imports.states import BillFormat, Container

TITLES = {BillFormat.TMF678: "TM Forum 678 customer bills", BillFormat.TMF635: "TM Forum 635 usage"}
_KEYS = {
    BillFormat.TMF678: frozenset(
        "billNo billDate billingAccount billingPeriod appliedCustomerBillingRate taxItem paymentDueDate runType".split()
    ),
    BillFormat.TMF635: frozenset(
        ("usageDate", "usageType", "usageCharacteristic", "ratedProductUsage", "usageSpecification")
    ),
}
_ALL_KEYS = frozenset().union(*_KEYS.values(), {"relatedParty", "billDocument", "appliedPayment", "paymentMethod"})
_LEAST_KEYS = 2
_SAMPLE = 200
_EMPTY_SIZE = len(b"[{}]\r\n")
_ALONE_SIZE = 1 << 26  # a file that is one record is read at once
_CUT = "{what}; was it copied completely?"
_AMOUNTS = ("net", "gross", "monthly")


@dataclass(frozen=True)
class BillFile:
    """A file and what it holds. ``found`` tells where the columns of a CSV stand; ``says_when_issued`` whether a look
    at its first records found the day bills were issued."""

    survey: Survey
    format: BillFormat
    found: Recognized
    recognized: str
    says_when_issued: bool


def look_at_bills(path: Path) -> BillFile:
    """What the file holds. Raises FileNotReadable, EmptyFile, NotText, NotABill."""
    try:
        survey = look_at(path)
    except EmptyFile as error:
        if path.stat().st_size <= _EMPTY_SIZE:
            raise
        raise FileNotReadable(path=path, reason=_CUT.format(what="not one whole record could be read")) from error
    found = _as_tm_forum(survey) if survey.container is not Container.CSV else None
    return found or _as_columns(survey)


def _as_tm_forum(survey: Survey) -> BillFile | None:
    """The TM Forum file that this is; None for flat records. Raises FileNotReadable for one that ends too early."""
    is_json = survey.container is Container.JSON
    prefix = found_prefix(survey.path, survey.encoding, _ALL_KEYS) if is_json else ""
    for records in dict.fromkeys((prefix, "") if survey.size <= _ALONE_SIZE else (prefix,)):
        headers = _keys(survey, records)
        for kind, keys in _KEYS.items():
            if len(keys.intersection(headers)) >= _LEAST_KEYS:
                known = replace(survey, headers=headers, records=records, sample=())
                return BillFile(known, kind, recognize_bill(()), TITLES[kind], "billDate" in headers)
    if survey.records.split(".")[0] in _ALL_KEYS:  # a record, of which only a list could be read
        raise FileNotReadable(path=survey.path, reason=_CUT.format(what="it holds one record, which ends too early"))
    return None


def _keys(survey: Survey, prefix: str) -> tuple[str, ...]:
    """The keys of the first records."""
    with closing(json_records(survey.path, survey.encoding, survey.container, prefix)) as records:
        found = [unwrapped(record.value) for record in islice(records, _SAMPLE) if isinstance(record.value, dict)]
    return tuple(dict.fromkeys(key for record in found for key in record))


def _as_columns(survey: Survey) -> BillFile:
    found = recognize_bill(survey.headers)
    if not any(name in found.positions for name in _AMOUNTS):
        raise NotABill(path=survey.path.name, reason="none of its columns is an amount charged")
    if found.matched < _LEAST_KEYS:
        raise NotABill(path=survey.path.name, reason="only one of its columns is known")
    place = found.positions.get("issued_on")
    dated = place is not None and any(cells[place] for cells in survey.sample)
    return BillFile(survey, BillFormat.CSV, found, found.sentence, dated)
