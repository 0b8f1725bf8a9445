"""A look at a file that somebody sent, as it would be read now; nothing of it is imported."""

from __future__ import annotations

from dataclasses import replace

from makegood.imports.entries import BillOptions, Column, Look, Survey
from makegood.imports.errors import MissingOptions, NotABill, NotPayments
from makegood.imports.models import Upload
from makegood.imports.operations.bill_files import look_at_bills
from makegood.imports.operations.bill_settle import choose_bill_program
from makegood.imports.operations.settle import choose_program, settle
from makegood.imports.operations.survey import survey as look_at
from makegood.imports.operations.uploads import at_hand, options_of
from makegood.imports.policy.mapping import Mapping
from makegood.imports.policy.payment_layout import NEEDED, are_payments, lacking, recognize_payments
from makegood.imports.policy.recognition import Recognized, against, recognize
from makegood.imports.selectors import chosen_mapping
from makegood.imports.states import PAYMENTS, BillFormat
from makegood.kernel.errors import Refusal

SHOWN = 3
_BILLS = frozenset(BillFormat)


def look_at_upload(upload: Upload) -> Look:
    """How the file is read under what was said of it so far. The caller has scoped it."""
    options = options_of(upload, dry_run=True)
    with at_hand(upload) as path:
        if options.format in _BILLS:
            return _bills(path_found=look_at_bills(path).recognized, format_=options.format)
        survey = look_at(path)
        if options.format == PAYMENTS or (not options.format and are_payments(survey.headers)):
            return _payments(survey, options)
        try:
            found = recognize(survey.headers, options.format, survey.rows, options.columns)
        except Refusal as refusal:
            try:
                bills = look_at_bills(path)
            except (Refusal, NotABill):
                return _unread(survey, options, refusal)
            return _bills(path_found=bills.recognized, format_=bills.format.value)
    return _read(survey, found, options)


def _bills(*, path_found: str, format_: str) -> Look:
    return Look(format_, path_found, (), (), (), is_bill=True)


def _payments(survey: Survey, options: BillOptions) -> Look:
    """Payments, whose columns can be chosen; what is missing of them is said."""
    found, code, message = recognize_payments(survey.headers), "", ""
    try:
        found = recognize_payments(survey.headers, options.columns)
        missing = lacking(found, customer=options.customer)
        if missing:
            raise NotPayments(path=survey.path.name, reason=f"no column is the {' or the '.join(missing)}")
        choose_bill_program(options.program)
    except MissingOptions as needed:
        return replace(_look(survey, found, code="", message="", needs=dict(needed.fields["needs"])), is_payment=True)
    except Refusal as refusal:
        code, message = refusal.code, refusal.message
    look = _look(survey, found, code=code, message=message, needs={})
    return replace(look, is_payment=True, required=tuple(NEEDED))


def _read(survey: Survey, found: Recognized, options: BillOptions) -> Look:
    code, message, needs = "", "", {}
    if found.layout:
        survey = survey.without_header(found.layout)
    try:
        settle(survey, found, options, choose_program(options.program))
    except MissingOptions as missing:
        needs = dict(missing.fields["needs"])
    except Refusal as refusal:
        code, message = refusal.code, refusal.message
    return _look(survey, found, code=code, message=message, needs=needs)


def _unread(survey: Survey, options: BillOptions, refusal: Refusal) -> Look:
    """Unknown headers: the columns of the format that was named, or of the general one, to choose from."""
    found = against(chosen_mapping(options.format), survey.headers)
    places = {header: place for place, header in enumerate(survey.headers)}
    said = {name: places[header] for name, header in options.columns if header in places}
    known = replace(found, positions=said or found.positions)
    return _look(survey, known, code=refusal.code, message=refusal.message, needs={})


def _look(survey: Survey, found: Recognized, *, code: str, message: str, needs: dict[str, str]) -> Look:
    names = {place: name for name, place in found.positions.items()}
    columns = tuple(
        Column(
            header,
            tuple(dict.fromkeys(value for cells in survey.sample if (value := cells[place])))[:SHOWN],
            names.get(place, ""),
        )
        for place, header in enumerate(survey.headers)
    )
    mapping: Mapping = found.mapping
    return Look(
        mapping.name,
        found.sentence,
        columns,
        tuple(mapping.columns),
        mapping.required,
        takes_rate=mapping.takes_rate,
        code=code,
        message=message,
        needs=needs,
    )
