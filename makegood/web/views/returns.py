"""The returns file: read and shown row by row, then filed; its result comes back as a file. Nobody keeps it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from makegood.billing.selectors.charges_called import charges_called
from makegood.disputes.selectors import many as selector
from makegood.disputes.selectors.call_log import CallRow
from makegood.kernel.answers import Answer
from makegood.kernel.money import Money
from makegood.web import exports, returned, sending
from makegood.web import typed_claims as forms
from makegood.web.filing import filing_page
from makegood.web.middleware import PageRequest
from makegood.web.pages import respond
from makegood.web.returned import Row

SALT = "makegood.web.returns"
HOUR = 3_600
SHOWN = 200
"""Of each kind so many rows are shown; the result has all."""
CHUNK = 1_000
LARGEST_TOKEN = 2_400_000
EXPIRED = "The preview is older than an hour, or not yours. Choose the file again; nothing was filed."
TOO_LONG = "The notes of this file are too long together. Split it and send the parts one by one."


@dataclass(frozen=True)
class Line:
    """A row of the file and what is to become, or became, of it; ``code`` and ``message`` say why it is not filed."""

    row: Row
    preview: selector.Previewed | None = None
    code: str = ""
    message: str = ""
    number: str = ""

    @property
    def charge_id(self) -> int:
        """The charge it means; 0 where it means none, or several."""
        return self.preview.ask.charge_id if self.preview else 0

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")

    @property
    def asked(self) -> Money | None:
        """What it asks for."""
        return self.preview.asked if self.preview else None


def _fault(row: Row, code: str, message: str, preview: selector.Previewed | None = None) -> Line:
    return Line(row, preview, code, message)


@filing_page
def returns(request: PageRequest) -> HttpResponseBase:
    """The page: choose a file, look at every row, file what can be filed, take the result away."""
    if request.method != "POST":
        return _start(request)
    if "token" in request.POST:
        return _filed(request, request.POST["token"])
    upload = request.FILES.get("file")
    if upload is None:
        return _start(request, "Choose a file first.")
    if (upload.size or 0) > returned.MOST_BYTES:
        return _start(request, "The file is larger than 2 MB. Split it and send the parts one by one.")
    try:
        sheet = returned.read(upload.read())
    except returned.NotReadable as error:
        return _start(request, str(error))
    return _preview(request, sheet, (upload.name or "")[:100])


@require_safe
@filing_page
def template(request: PageRequest) -> HttpResponseBase:
    """A file to begin with: the columns, and a row that shows how they are filled."""
    rows = [("call-20931", "SPAM", "A recorded voice; nobody answered.", "")]
    answer = HttpResponse(exports.lines(("call_id", "reason", "note", "amount"), rows), content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="returns-template.csv"'
    return answer


def _start(request: PageRequest, error: str = "") -> HttpResponse:
    context = {"error": error, "words": selector.reasons_offered_to(request.principal), "most": returned.MOST_ROWS}
    return respond(request, "web/claims/returns.html", context, status=422 if error else 200)


def _preview(request: PageRequest, sheet: returned.Sheet, name: str) -> HttpResponse:
    lines = _judged(request, _placed(request, sheet.rows))
    pinned = [[*vars(line.row).values(), 0 if line.code else line.charge_id] for line in lines]
    token = signing.dumps([request.principal.id, pinned], salt=SALT, compress=True)
    if len(token) > LARGEST_TOKEN:
        return _start(request, TOO_LONG)
    good = [line for line in lines if not line.code]
    bad = [line for line in lines if line.code]
    context = {
        "file": name,
        "sheet": sheet,
        "token": token,
        "good": good[:SHOWN],
        "bad": bad[:SHOWN],
        "counts": {"all": len(lines), "good": len(good), "bad": len(bad)},
        "totals": selector.totals_of(line.preview for line in good if line.preview),
        "shown": SHOWN,
    }
    return respond(request, "web/claims/returns_preview.html", context)


def _placed(request: PageRequest, rows: Sequence[Row]) -> list[tuple[Row, tuple[int, ...]]]:
    """What each row may mean; the same name is looked up once."""
    names = list(dict.fromkeys(row.name for row in rows if row.name))
    found: dict[str, tuple[int, ...]] = {}
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        called = charges_called(request.principal, part)
        found.update({name: one.ids for name, one in zip(part, called, strict=True)})
    return [(row, found.get(row.name, ())) for row in rows]


def _judged(request: PageRequest, placed: Sequence[tuple[Row, tuple[int, ...]]]) -> list[Line]:
    """Every row with its charge and what the rules say of it; or with what is wrong with the row."""
    asks = {pk: selector.Ask(pk) for _, ids in placed for pk in ids}
    calls = {one.ask.charge_id: one for one in selector.previewed(request.principal, list(asks.values()))}
    offered = {
        program.program_id: {reason.code: reason.label for reason in program.reasons}
        for program in selector.reasons_by_program([one.call for one in calls.values()])
    }
    seen: dict[int, int] = {}
    lines: list[Line] = []
    for row, ids in placed:
        line = _meant(row, [calls[pk] for pk in ids if pk in calls], offered)
        first = seen.setdefault(line.charge_id, row.line) if line.charge_id else row.line
        twice = first != row.line and not line.code
        lines.append(_fault(row, "REPEATED_ROW", f"The same item as in line {first}.") if twice else line)
    return _checked(request, lines, {pk: one.call for pk, one in calls.items()})


def _meant(row: Row, found: list[selector.Previewed], offered: dict[int, dict[str, str]]) -> Line:
    """The row with the one charge and the one reason it means."""
    if not row.name:
        return _fault(row, "NAME_REQUIRED", "The row names no item.")
    if returned.is_shortened(row.name):
        return _fault(row, "NAME_SHORTENED", "A spreadsheet has shortened this number; format the column as text.")
    if not found:
        return _fault(row, "NOT_FOUND", "Not found, or not yours.")
    able = [one for one in found if one.is_open]
    if len(found) > 1 and len(able) != 1:
        return _fault(row, "SEVERAL_FOUND", f"{len(found)} items answer to this; name the one by its id.")
    one = able[0] if len(found) > 1 else found[0]
    labels = offered.get(one.call.charge.program_id, {})
    code, near = returned.reason_meant(row.reason, labels)
    if not code and row.reason:
        hint = f" Did you mean {' or '.join(near)}?" if near else f" It takes {', '.join(labels.values())}."
        return _fault(row, "UNKNOWN_REASON", f'This program knows no reason "{row.reason}".{hint}')
    ask = selector.Ask(one.ask.charge_id, code, row.note, row.amount)
    return Line(row, replace(one, ask=ask))


def _checked(request: PageRequest, lines: Sequence[Line], calls: Mapping[int, CallRow]) -> list[Line]:
    """The rows as the rules see them with their reason, note and amount."""
    asks = [line.preview.ask for line in lines if line.preview and not line.code]
    said = {
        one.ask.charge_id: one
        for one in selector.previewed(request.principal, asks, forms.origin_of(request.principal), calls)
    }
    return [_with_verdict(line, said.get(line.charge_id)) for line in lines]


def _with_verdict(line: Line, one: selector.Previewed | None) -> Line:
    if line.code or one is None:
        return line
    wrong = one.check.in_the_way
    if not wrong and one.check.verdict is None:
        return _fault(line.row, "POLICY_MISSING", "No policy is published for this program yet.", one)
    if not wrong:
        return replace(line, preview=one)
    number = one.call.dispute.number if one.call.dispute and wrong[0].code == "ALREADY_DISPUTED" else ""
    return Line(line.row, one, wrong[0].code, " ".join(rule.message for rule in wrong), number)


def _pinned(request: PageRequest, token: str) -> list[tuple[Row, tuple[int, ...]]] | None:
    """The rows of a preview with the charges that were shown; None for one that is old, or somebody else's."""
    try:
        owner, rows = signing.loads(token, salt=SALT, max_age=HOUR)
    except signing.BadSignature:
        return None
    if owner != request.principal.id:
        return None
    return [(Row(*cells), (charge_id,) if charge_id else ()) for *cells, charge_id in rows]


def _filed(request: PageRequest, token: str) -> HttpResponseBase:
    """File what was previewed, and say of every row what came of it; the same preview files once."""
    pinned = _pinned(request, token)
    if pinned is None:
        return _start(request, EXPIRED)
    again = iter(_placed(request, [row for row, ids in pinned if not ids]))
    lines = _judged(request, [(row, ids) if ids else next(again) for row, ids in pinned])
    unpinned = {row.line for row, ids in pinned if not ids}
    # What was shown as wrong is not filed, even if it would pass by now; what was shown as right is judged once more.
    sure = [line for line in lines if line.row.line not in unpinned and line.preview and line.preview.item]
    items = [line.preview.item for line in sure if line.preview and line.preview.item]
    key = f"returns:{sha256(token.encode()).hexdigest()[:40]}"
    answers = dict(zip((line.row.line for line in sure), sending.send(request.principal, items, key=key), strict=True))
    done = [_answered(line, answers.get(line.row.line)) for line in lines]
    if request.POST.get("format") == "csv":
        return exports.csv_of(request, "returns-result", RESULT, _cells(done))
    return _result(request, done, token)


def _answered(line: Line, answer: Answer | None) -> Line:
    if answer is None:
        return line if line.code else replace(line, code="NOT_SENT", message="Was not part of the preview.")
    if answer.ok:
        return replace(line, code="", message="", number=str(answer.data["number"]))
    return replace(line, code=answer.code, message=answer.message)


def _result(request: PageRequest, done: Sequence[Line], token: str) -> HttpResponse:
    filed = [line for line in done if not line.code]
    left = [line for line in done if line.code]
    context: dict[str, Any] = {
        "filed": filed[:SHOWN],
        "left": left[:SHOWN],
        "counts": {"all": len(done), "filed": len(filed), "left": len(left)},
        "totals": selector.totals_of(line.preview for line in filed if line.preview),
        "token": token,
        "shown": SHOWN,
        "expected": selector.expected_for(request.principal, [line.number for line in filed]),
    }
    return respond(request, "web/claims/returns_result.html", context)


RESULT = (
    "line", "item", "call_id", "reason", "note", "amount", "result", "dispute", "code", "message",
    *exports.amount_columns("asked"),
)  # fmt: skip


def _cells(done: Sequence[Line]) -> Iterator[tuple[exports.Cell, ...]]:
    for line in done:
        row, call = line.row, line.preview.call if line.preview else None
        yield (
            row.line,
            exports.text(row.name),
            exports.text(call.charge.external_id) if call else "",
            exports.text(row.reason),
            exports.text(row.note),
            exports.text(row.amount),
            "refused" if line.code else "filed",
            line.number,
            line.code,
            exports.text(line.message),
            *exports.amount(None if line.code else line.asked),
        )
