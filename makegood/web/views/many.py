"""Several disputes at once: pasted or picked in the log, one reason for all, looked at before they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.billing.selectors.charges_called import MOST as MOST_OF_ONE
from makegood.billing.selectors.charges_called import Called, charges_called
from makegood.disputes.selectors import exhibits
from makegood.disputes.selectors import many as selector
from makegood.disputes.selectors.claim import ReasonOption, advised
from makegood.kernel.answers import Answer
from makegood.parties.states import Verb
from makegood.web import attaching, pasted, sending
from makegood.web import typed_claims as forms
from makegood.web.filing import filing_page
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import respond

MOST = pasted.MOST


@dataclass(frozen=True)
class Typed:
    """What stands in the form: ``rows`` are all charges of the list, ``chosen`` those that are to be sent.

    ``called`` says by which name a charge was found, where several were; ``reasons`` are by program, ``own`` by charge.
    """

    rows: tuple[int, ...] = ()
    chosen: frozenset[int] = frozenset()
    called: dict[int, str] = field(default_factory=dict)
    names: str = ""
    reasons: dict[int, str] = field(default_factory=dict)
    own: dict[int, str] = field(default_factory=dict)
    description: str = ""
    amount: str = ""
    override_cause: str = ""
    ticket: str = ""
    file_ids: tuple[str, ...] = ()

    def reason_of(self, charge_id: int, program_id: int) -> str:
        """The charge's own reason, else the program's."""
        return self.own.get(charge_id) or self.reasons.get(program_id, "")


@dataclass(frozen=True)
class Found:
    """What came of the pasted names."""

    missing: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    too_many: bool = False


@dataclass(frozen=True)
class Line:
    """A row of the list: the claim, the name it was found by, and what came of sending it."""

    preview: selector.Previewed
    chosen: bool
    called: str = ""
    own: str = ""
    answer: Answer | None = None
    reasons: tuple[ReasonOption, ...] = ()

    @property
    def reason_label(self) -> str:
        """How the program calls the reason it was sent with."""
        return next((one.label for one in self.reasons if one.code == self.preview.ask.reason), "")

    @property
    def number(self) -> str:
        """The number of the dispute that was filed; empty where none was."""
        return str(self.answer.data["number"]) if self.answer and self.answer.ok else ""

    @property
    def number_only(self) -> str:
        """The number without its letter, as addresses carry it."""
        return self.number.removeprefix("D-")


def _ids(texts: Sequence[str]) -> list[int]:
    found = (row_id(text) for text in texts)
    return list(dict.fromkeys(pk for pk in found if pk is not None))


def _typed(request: PageRequest) -> Typed:
    post = request.POST
    chosen = _ids(post.getlist("charge"))
    rows = list(dict.fromkeys([*_ids(post.getlist("row")), *chosen]))[: MOST + 1]
    return Typed(
        rows=tuple(rows),
        chosen=frozenset(chosen) & frozenset(rows),
        called={pk: post[f"as-{pk}"][:200] for pk in rows if f"as-{pk}" in post},
        names=post.get("names", "")[:100_000],
        reasons={pk: post[name][:40] for name in post if (pk := row_id(name.removeprefix("reason-")) or 0)},
        own={pk: post[f"own-{pk}"][:40] for pk in rows if post.get(f"own-{pk}")},
        description=post.get("description", "")[: forms.LONGEST],
        amount=post.get("amount", "")[: forms.LONGEST_AMOUNT],
        override_cause=post.get("override_cause", "")[: forms.LONGEST_CAUSE],
        ticket=post.get("ticket", "")[:200],
        file_ids=attaching.file_ids(request),
    )


def _with_names(request: PageRequest, typed: Typed) -> tuple[Typed, Found]:
    """The same with the charges that the pasted names mean; what is not found stays in the field."""
    names = pasted.names_in(typed.names)
    too_many = len(names) > MOST
    names = names[:MOST]
    called = charges_called(request.principal, names)
    rows, chosen, why = dict.fromkeys(typed.rows), set(typed.chosen), dict(typed.called)
    several, cut = [], []
    for name, found in zip(names, called, strict=True):
        fresh = [pk for pk in found.ids if pk not in rows]
        rows.update(dict.fromkeys(fresh))
        if len(found.ids) == 1:
            chosen.update(found.ids)
        elif found.ids:
            several.append(name)
            why.update(dict.fromkeys(fresh, name))
            cut += [name] if found.more else []
    missing = [name for name, found in zip(names, called, strict=True) if not found.ids]
    kept = replace(typed, rows=tuple(rows), chosen=frozenset(chosen), called=why, names="\n".join(missing))
    return _only_open(request, kept, called), Found(tuple(missing), tuple(several), tuple(cut), too_many)


def _only_open(request: PageRequest, typed: Typed, called: Sequence[Called]) -> Typed:
    """Where one name means several charges of which a single one can be disputed, that one is chosen."""
    groups = [found.ids for found in called if len(found.ids) > 1]
    asks = [selector.Ask(pk) for ids in groups for pk in ids]
    if not asks:
        return typed
    can = {one.call.charge.id for one in selector.previewed(request.principal, asks) if one.is_open}
    single = [next(iter(can & set(ids))) for ids in groups if len(can & set(ids)) == 1]
    return replace(typed, chosen=typed.chosen | frozenset(single))


def _lines(request: PageRequest, typed: Typed, *, sending: bool = False) -> list[Line]:
    """The rows with what would come of each; what was ticked and cannot be sent any more is told so when it is sent."""
    origin = forms.origin_of(request.principal)
    places = selector.programs_of(request.principal, typed.rows)
    asks = [
        selector.Ask(
            pk,
            typed.reason_of(pk, places[pk]),
            typed.description,
            typed.amount,
            typed.override_cause,
            typed.file_ids,
        )
        for pk in typed.rows
        if pk in places
    ]
    return [
        Line(
            one,
            one.ask.charge_id in typed.chosen and (sending or one.may_be_sent),
            typed.called.get(one.ask.charge_id, ""),
            typed.own.get(one.ask.charge_id, ""),
        )
        for one in selector.previewed(request.principal, asks, origin)
    ]


def _context(request: PageRequest, typed: Typed, found: Found) -> dict[str, Any]:
    lines = _lines(request, typed)
    programs = selector.reasons_by_program([line.preview.call for line in lines])
    lines = _named(lines, programs)
    sending = [line for line in lines if line.chosen]
    return {
        "typed": replace(typed, ticket=forms.new_ticket(request.principal)),
        "found": found,
        "lines": lines,
        "programs": [(program, typed.reasons.get(program.program_id, "")) for program in programs],
        "may_part": any(line.preview.terms and line.preview.terms.may_part for line in lines),
        "sending": sending,
        "totals": selector.totals_of(line.preview for line in sending),
        "blocks": sum(1 for line in sending if line.preview.check.in_the_way),
        "waits": all(line.preview.check.waits for line in sending if line.preview.check.in_the_way),
        "notes": sum(1 for line in sending if line.preview.check.notes),
        "overrides": request.principal.can(Verb.DISPUTE_OVERRIDE)
        and any(line.preview.check.may_be_overridden for line in lines),
        "attached": exhibits.own_files_named(request.principal, typed.file_ids),
        "attach_to": reverse("own_files"),
        "limits": exhibits.limits_for(request.principal),
        "several": True,
        "is_full": len(typed.rows) > MOST,
        "most": MOST,
        "most_of_one": MOST_OF_ONE,
    }


def _named(lines: Sequence[Line], programs: Sequence[selector.ProgramReasons] | None = None) -> list[Line]:
    """The same with the reasons that each may have, and what stays billable under the chosen one."""
    if programs is None:
        programs = selector.reasons_by_program([line.preview.call for line in lines])
    offered = {program.program_id: program.reasons for program in programs}
    return [_told(line, offered.get(line.preview.call.charge.program_id, ())) for line in lines]


def _told(line: Line, reasons: tuple[ReasonOption, ...]) -> Line:
    check = advised(line.preview.check, reasons, line.preview.ask.reason)
    return replace(line, preview=replace(line.preview, check=check), reasons=reasons)


@filing_page
def many(request: PageRequest) -> HttpResponse:
    """The page: paste or pick, look, send; what was refused can be corrected and sent again."""
    if request.method != "POST":
        rows = tuple(_ids(request.GET.getlist("charge"))[: MOST + 1])
        return _page(request, Typed(rows=rows, chosen=frozenset(rows)))
    typed, refused = _with_files(request, _typed(request))
    step = request.POST.get("step", "")
    if refused:
        return _page(request, typed, refused=refused)
    if step == "send" and typed.chosen:
        return _sent(request, typed)
    if typed.names.strip():
        typed, found = _with_names(request, typed)
        return _page(request, typed, found)
    return _page(request, typed)


def _with_files(request: PageRequest, typed: Typed) -> tuple[Typed, tuple[attaching.Refused, ...]]:
    """The same with files that came with the form itself, as they do without script; and those that were not taken."""
    if not attaching.has_files(request):
        return typed, ()
    limits = exhibits.limits_for(request.principal)
    received = attaching.received(request, limits, there=len(typed.file_ids))
    return replace(typed, file_ids=(*typed.file_ids, *received.ids)), received.refused


def _page(
    request: PageRequest, typed: Typed, found: Found | None = None, *, refused: tuple[attaching.Refused, ...] = ()
) -> HttpResponse:
    context = _context(request, typed, found or Found()) | {"refused": refused}
    return respond(request, "web/claims/many.html", context, status=422 if refused else 200)


@require_POST
@filing_page
def check(request: PageRequest) -> HttpResponse:
    """The list as it stands with what is typed so far: a verdict per row, totals, the words of the button."""
    return respond(request, "web/claims/many_check.html", _context(request, _typed(request), Found()))


def _sent(request: PageRequest, typed: Typed) -> HttpResponse:
    """Send what is chosen, and say of every row what came of it."""
    lines = [line for line in _named(_lines(request, typed, sending=True)) if line.chosen]
    answers = _answers(request, typed, lines)
    done = [replace(line, answer=answers[line.preview.ask.charge_id]) for line in lines]
    filed = [line for line in done if line.answer and line.answer.ok]
    left = [line for line in done if line not in filed]
    numbers = [line.number for line in filed]
    submission = numbers[0].rpartition(".")[0] if numbers else ""
    context = {
        "filed": filed,
        "refused": left,
        "totals": selector.totals_of(line.preview for line in filed),
        "typed": typed,
        "submission": submission,
        "expected": selector.expected_for(request.principal, numbers),
    }
    return respond(request, "web/claims/many_sent.html", context, status=200 if filed else 422)


def _answers(request: PageRequest, typed: Typed, lines: Sequence[Line]) -> dict[int, Answer]:
    """What came of each charge; a form that is sent twice gets the answers of the first time."""
    answers: dict[int, Answer] = {}
    items = []
    for line in lines:
        item, pk = line.preview.item, line.preview.ask.charge_id
        if item is None:
            rule = line.preview.check.in_the_way[0]
            answers[pk] = Answer(0, ok=False, code=rule.code, message=rule.message)
        else:
            items.append(item)
    together = selector.together_for(items, typed.description)
    key = forms.key_of(request.principal, typed.ticket)
    found = sending.send(request.principal, items, key=key, together=together)
    return answers | {item.charge_id: answer for item, answer in zip(items, found, strict=True)}
