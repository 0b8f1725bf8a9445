"""The rows of the queue. Their cells are made here because a page has hundreds of them, each with its own question: a
template that asks them all takes longer than everything else on the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from makegood.disputes.selectors.queue_rows import QueueRow
from makegood.disputes.states import Stage, Word
from makegood.web.markup import markup
from makegood.web.queue_fields import ORIGINS
from makegood.web.templatetags import mg

register = template.Library()

Cell = Callable[[QueueRow], SafeString]
BEGIN = (
    '<tr class="is-row {}" data-row><td class="is-pick"><input class="form-check-input" type="checkbox" name="id" '
    'value="{}" data-row-pick aria-label="Select {}"{}></td>'
)
CHECKED, NOT_CHECKED = SafeString(" checked"), SafeString("")
UNKNOWN = SafeString(f'<span class="mg-muted">{mg.NONE}</span>')


@register.simple_tag
def rows(
    found: Iterable[QueueRow],
    columns: Sequence[str],
    carried: str,
    picked: bool = False,  # noqa: FBT001, FBT002 - a template says it by place
) -> SafeString:
    """Rows of the queue with their cells for some columns, in their order; ``carried`` are the filters that the way to
    the lane keeps, ``picked`` whether the rows are selected."""
    return SafeString("".join([_row(row, columns, carried, CHECKED if picked else NOT_CHECKED) for row in found]))


def _row(row: QueueRow, columns: Sequence[str], carried: str, checked: SafeString) -> str:
    number = row.dispute.number
    begin = markup(BEGIN, mg.edge(row.dispute.word), number, number, checked)
    return "".join([begin, _name(row, carried), *[CELLS[column](row) for column in columns], "</tr>"])


@lru_cache(maxsize=4_096)
def _address(name: str, number: str) -> str:
    return reverse(name, args=[number])


def _name(row: QueueRow, carried: str) -> SafeString:
    one = row.dispute
    waits = one.is_waiting
    href = _address("lane_dispute" if waits else "dispute", one.number_only) + (carried if waits else "")
    again = markup(' <span class="mg-tag">round {}</span>', row.round) if row.round > 1 else ""
    said = '<td class="is-first mg-nowrap"><a data-row-open href="{}">{}</a>{}</td>'
    return markup(said, href, one.number, again)


def _due(row: QueueRow) -> SafeString:
    return markup('<td class="is-due is-time">{}</td>', _deadline(row))


def _deadline(row: QueueRow) -> SafeString:
    if row.answer_at:
        said = '<span class="mg-due" title="The buyer&rsquo;s side is to answer by then">{}{}</span>'
        return markup(said, mg.icon("question"), mg.left(row.answer_at))
    if row.due_at:
        look = mg.urgency(row.due_at)
        words = f"{mg.age(row.due_at)} over" if look == "is-over" else mg.left(row.due_at)
        said = '<span class="mg-due {}" title="{}">{}{}</span>'
        return markup(said, look, mg.moment(row.due_at), mg.icon("clock"), words)
    return SafeString('<span class="mg-muted">stands still</span>') if row.is_paused else UNKNOWN


def _decided(row: QueueRow) -> SafeString:
    one = row.dispute
    if one.decided_at:
        said = mg.when(one.decided_at)
    elif one.is_waiting or one.stage == Stage.INFO_NEEDED:
        said = markup('<span class="mg-muted">{} waiting</span>', mg.age(one.submitted_at))
    else:
        said = UNKNOWN
    return markup('<td class="is-due is-time">{}</td>', said)


def _age(row: QueueRow) -> SafeString:
    return markup('<td class="is-age is-time">{}</td>', mg.age(row.dispute.submitted_at))


def _clipped(name: str, words: str) -> SafeString:
    return markup('<td class="is-{} mg-clip" title="{}">{}</td>', name, words, words or mg.NONE)


def _policy(row: QueueRow) -> SafeString:
    if not row.notes:
        return markup('<td class="is-policy mg-nowrap"><span class="mg-muted">{}</span></td>', row.verdict)
    return markup(
        '<td class="is-policy mg-nowrap"><span class="mg-why" title="{} rule{} did not pass">{}<span>{}{}</span></span>'
        "</td>",
        row.notes,
        "" if row.notes == 1 else "s",
        mg.icon("info"),
        row.verdict,
        f" {row.notes}" if row.notes > 1 else "",
    )


def _sound(row: QueueRow) -> SafeString:
    return markup('<td class="is-sound mg-nowrap mg-num">{}{}</td>', _heard_of(row), _listeners(row))


def _heard_of(row: QueueRow) -> SafeString | str:
    if row.sound is None:
        return SafeString('<span class="mg-muted">none<span class="mg-phone">&nbsp;recorded</span></span>')
    if row.silent_s is not None:
        return markup('<b class="mg-q-silent">no speech {} s</b>', row.silent_s)
    return mg.clip_time(row.sound.duration_ms)


def _listeners(row: QueueRow) -> SafeString | str:
    if not row.was_heard:
        return ""
    title, word = ("You played some of it", "you") if row.i_heard else ("Somebody played some of it", "heard")
    return markup(' <span class="mg-meta" title="{}">{}{}</span>', title, mg.icon("headphones"), word)


def _hint(row: QueueRow) -> SafeString:
    if row.hint is None:
        return SafeString('<td class="is-hint mg-clip"></td>')
    suggests = markup('<b class="mg-strong">{}?</b> ', row.hint.outcome) if row.hint.outcome else ""
    said = '<td class="is-hint mg-clip" title="{}">{}{}</td>'
    return markup(said, row.hint.words, suggests, row.hint.words)


def _hands(row: QueueRow) -> SafeString:
    flag = ""
    if row.is_escalated:
        said = '<span class="mg-q-flag" title="Escalated">{}<span class="mg-sr">escalated</span></span> '
        flag = markup(said, mg.icon("flag"))
    return markup('<td class="is-hands mg-clip">{}{}</td>', flag, _holder(row))


def _holder(row: QueueRow) -> SafeString | str:
    if row.waits_for_signature:
        return markup('<span class="mg-why">{}<span>to be signed</span></span>', mg.icon("sign"))
    if row.held_by:
        return markup("{}{}", _you("you") if row.dispute.is_mine else row.held_by, _lease(row.held_until))
    if row.is_given_to_me:
        return _you("given to you")
    return f"given to {row.given_to}" if row.given_to else ""


def _you(words: str) -> SafeString:
    return markup('<b class="mg-strong">{}</b>', words)


def _lease(until: datetime | None) -> SafeString | str:
    return markup(' <span class="mg-meta">{} left</span>', mg.left(until)) if until else ""


@lru_cache(maxsize=256)
def _chip(word: Word) -> SafeString:
    return render_to_string("web/shell/chip.html", mg.chip(word))


CELLS: Mapping[str, Cell] = {
    "due": _due,
    "decided": _decided,
    "age": _age,
    "buyer": lambda row: _clipped("buyer", row.dispute.charge.customer),
    "reason": lambda row: _clipped("reason", row.dispute.reason),
    "asked": lambda row: markup('<td class="is-asked is-money is-main">{}</td>', mg.money(row.dispute.asked)),
    "credit": lambda row: markup('<td class="is-credit is-money">{}</td>', mg.money(row.dispute.decided, "effect")),
    "policy": _policy,
    "sound": _sound,
    "hint": _hint,
    "vendor": lambda row: _clipped("vendor", row.dispute.charge.vendor),
    "caller": lambda row: markup('<td class="is-caller mg-nowrap mg-num">{}</td>', row.dispute.charge.caller),
    "hands": _hands,
    "round": lambda row: markup('<td class="is-round mg-num">{}</td>', row.round),
    "origin": lambda row: markup('<td class="is-origin mg-clip">{}</td>', ORIGINS.get(row.origin, "")),
    "status": lambda row: markup('<td class="is-state">{}</td>', _chip(row.dispute.word)),
}
"""How each column of ``queue_columns`` stands in a row."""
