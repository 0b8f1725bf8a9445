"""How the import pages read their form, and what they show of a file and its result."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from makegood.imports.entries import Look
from makegood.imports.models import ImportBatch, Upload
from makegood.imports.operations import look_at_upload
from makegood.imports.states import UploadState
from makegood.kernel.errors import Refusal
from makegood.kernel.money import Money, parse_amount, plain, symbol
from makegood.kernel.typed_amounts import without_commas

OPTIONS = ("format", "program", "timezone", "currency", "customer", "rate", "issued_on", "create_parties")
LONGEST = 200
WORDS = {
    UploadState.MAPPING: "Not tried yet",
    UploadState.CHECKING: "Being tried",
    UploadState.CHECKED: "Tried: nothing is stored yet",
    UploadState.IMPORTING: "Being imported",
    UploadState.DONE: "Imported",
    UploadState.FAILED: "It could not be read so",
    UploadState.DISCARDED: "Thrown away",
}
"""What each state is called."""


WHOLE = ("total", "billed", "paid")
"""Of the sums of a file, the one that somebody knows beforehand; the first that there is."""
ON_THE_PAGE = (
    ("; --format names one", "; choose one below, or say column by column what they are"),
    ("or name another format with --format", "or choose another format below"),
    ("or name the format with --format", "or choose the format below"),
    ("--customer gives such rows a customer", "“Customer of rows without one” gives them one"),
    ("--create-parties creates", "“Create customers, vendors and campaigns” creates"),
)
"""What sentences for the command line say here."""


def spoken(sentence: str) -> str:
    """A sentence of an import, in the words of the page."""
    for words, ours in ON_THE_PAGE:
        sentence = sentence.replace(words, ours)
    return sentence


@dataclass(frozen=True)
class Typed:
    """What stands in the form; ``expected`` in micros by currency, ``errors`` by field."""

    options: Mapping[str, str]
    columns: Mapping[str, str]
    expected: Mapping[str, int] = field(default_factory=dict)
    expected_text: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sum:
    """What a file bills in one currency, and by how much that is off what somebody expected."""

    currency: str
    figures: tuple[tuple[str, Money], ...]
    expected: Money | None = None
    off: Money | None = None


@dataclass(frozen=True)
class Result:
    """What a try or an import said; ``counts`` are (label, number), ``rejects`` cells of the first rejected rows."""

    counts: tuple[tuple[str, int], ...]
    sums: tuple[Sum, ...]
    messages: tuple[str, ...]
    head: tuple[str, ...]
    rejects: tuple[tuple[str, ...], ...]
    rejected: int
    recognized: str
    corrections: int


@dataclass(frozen=True)
class Batch:
    """A line of the list of imports."""

    batch: ImportBatch
    sums: tuple[Sum, ...]
    has_rejects: bool


def read(post: QueryDict) -> Typed:
    """The form as it was sent. A column chosen twice, and a sum that is no amount, are errors of their fields."""
    options = {name: post.get(name, "").strip()[:LONGEST] for name in OPTIONS}
    columns: dict[str, str] = {}
    errors: dict[str, str] = {}
    if post.get("by_hand") == "1":
        for header, name in zip(post.getlist("header"), post.getlist("column"), strict=False):
            if name and name in columns:
                errors["columns"] = f"{name} is chosen for {columns[name]} and for {header}; it can be only one."
            if name:
                columns[name] = header
        columns |= {name: "" for name in post.getlist("known") if name not in columns}
    text = post.get("expected", "").strip()[:LONGEST]
    expected, wrong = _expected(text, options["currency"])
    if wrong:
        errors["expected"] = wrong
    return Typed(options, columns, expected, text, errors)


def _expected(text: str, currency: str) -> tuple[dict[str, int], str]:
    if not text:
        return {}, ""
    code, _, rest = text.partition(" ")
    named = code.isalpha() and len(code) == len("USD")
    chosen = code.upper() if named else currency.upper()
    if not chosen:
        return {}, "Name the currency too, such as USD 12,430.55."
    try:
        amount = without_commas((rest if named else text).replace(symbol(chosen), ""))
        return {chosen: parse_amount(amount, chosen)}, ""
    except Refusal as refusal:
        return {}, refusal.message


def kept(upload: Upload) -> Typed:
    """The form as it was last sent."""
    expected = {str(code): int(micros) for code, micros in upload.expected.items()}
    text = ", ".join(f"{code} {plain(micros, code)}" for code, micros in expected.items())
    return Typed(upload.options, upload.columns, expected, text)


def looked(upload: Upload) -> Look:
    """How the file is read now; one that cannot be read at all says why."""
    try:
        look = look_at_upload(upload)
        return replace(look, message=spoken(look.message))
    except Refusal as refusal:
        message = refusal.message
        if "path" in refusal.fields:
            message = type(refusal)(**{**refusal.fields, "path": upload.file_name}).message
        return Look("", "", (), (), (), code=refusal.code, message=message)


def percent(upload: Upload) -> int:
    """How much of the file was read, 0 to 100."""
    return upload.done_bytes * 100 // upload.size_bytes


def result_of(upload: Upload) -> Result | None:
    """What the last try or the import said; None before."""
    answer: Mapping[str, Any] | None = upload.answer
    if not answer:
        return None
    names = (("bills", "bills"), ("imported", "new"), ("credits", "credits"), ("updated", "filled in"),
             ("unchanged", "known already"), ("rejected", "left out"))  # fmt: skip
    lines = list(csv.reader(answer.get("first_rejects") or []))
    return Result(
        counts=tuple((label, int(answer[name])) for name, label in names if name in answer),
        sums=tuple(_sum(code, _figures(found), upload.expected) for code, found in answer["sums"].items()),
        messages=tuple(spoken(message) for message in answer["messages"]),
        head=tuple(lines[0]) if lines else (),
        rejects=tuple(tuple(spoken(cell) for cell in line) for line in lines[1:]),
        rejected=int(answer["rejected"]),
        recognized=str(answer["recognized"]),
        corrections=int(answer.get("corrections_proposed", 0)),
    )


def _figures(found: Mapping[str, str] | str) -> Mapping[str, str]:
    """What a currency makes, by label; of payments there is one sum."""
    return {"paid": found} if isinstance(found, str) else found


def _sum(code: str, figures: Mapping[str, str], expected: Mapping[str, int]) -> Sum:
    amounts = {label: Money(parse_amount(text, code), code) for label, text in figures.items()}
    wanted = expected.get(code)
    if wanted is None:
        return Sum(code, tuple(amounts.items()))
    whole = next(amounts[label] for label in WHOLE if label in amounts)
    return Sum(code, tuple(amounts.items()), Money(int(wanted), code), Money(whole.micros - int(wanted), code))


def shown_batch(batch: ImportBatch, *, has_rejects: bool) -> Batch:
    """An import as the list shows it."""
    sums = tuple(
        Sum(code, tuple((label, Money(int(micros), code)) for label, micros in figures.items()))
        for code, figures in sorted(batch.sums.items())
    )
    return Batch(batch, sums, has_rejects)
