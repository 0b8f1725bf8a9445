"""The leads of programs that review leads: the log's rows with outcome, tags, and what stands behind them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from makegood.billing.models import Charge
from makegood.billing.selectors import charges_visible_to
from makegood.billing.selectors.log_query import FORM, PHONE, channel_of
from makegood.billing.states import LogKind
from makegood.disputes.models import Reason, Review
from makegood.disputes.policy.settings import reviews_leads
from makegood.disputes.selectors.call_log import CallLog, CallRow, LogWanted, call_log, call_row, streamed_rows
from makegood.disputes.selectors.review_status import StatusOption, facts_of_charges, in_states, status_options
from makegood.disputes.selectors.reviews import ReviewFacts, review_of_charges
from makegood.disputes.selectors.source_record import masked
from makegood.disputes.states import Facts, Outcome, ReviewState, Word, billability
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.states import Verb

BILLABILITY = "billability"
"""The vocabulary that says whether a lead is billed for."""
CHANNEL_WORDS = {PHONE: "Phone", FORM: "Form"}
LATEST = 500
"""So many reviews are looked at for their tags."""
LEADS = frozenset({LogKind.CALLS, LogKind.LEADS})
FORM_FIELD = "form_"
"""How a column of the source begins that holds an answer of the form."""
_OUTCOMES = {
    "billable": Outcome.REJECTED,
    "non_billable": Outcome.ACCEPTED,
    "reduced": Outcome.ACCEPTED_PARTIAL,
}
"""Whose word of the program stands for a mark."""


@dataclass(frozen=True)
class Lead:
    """A row of the log as a lead: how it came in, whether it is billed for in the program's words, its review."""

    row: CallRow
    channel: str
    mark: Word
    review: ReviewFacts | None

    @property
    def by_phone(self) -> bool:
        """Whether somebody called."""
        return self.channel == PHONE

    @property
    def channel_words(self) -> str:
        """Phone, Form, or what the source says."""
        return CHANNEL_WORDS.get(self.channel, self.channel.capitalize() or "Lead")

    @property
    def tags(self) -> tuple[str, ...]:
        """What quality assurance noted, once its review is done: findings, then tags."""
        done = self.review is not None and self.review.state is ReviewState.DONE
        return (*self.review.findings, *self.review.tags) if done and self.review else ()


@dataclass(frozen=True)
class LeadLog:
    """One page of leads, and the log's page they stand on."""

    found: CallLog
    leads: tuple[Lead, ...]


def mark_of(facts: Facts, settings: Mapping[str, Any]) -> Word:
    """Whether a lead is billed for, in the program's own words for its outcomes."""
    return _worded(billability(facts), settings)


def _worded(word: Word, settings: Mapping[str, Any]) -> Word:
    named = settings.get("outcome_words") or {}
    return Word(word.key, str(named.get(_OUTCOMES.get(word.key), word.label)))


def mark_options(settings: Sequence[Mapping[str, Any]]) -> tuple[StatusOption, ...]:
    """What a list of leads can be narrowed to by their outcome, in the words of the first program."""
    first = settings[0] if settings else {}
    return tuple(
        StatusOption(one.key, _worded(Word(one.key, one.label), first).label, one.keys, one.vocabulary)
        for one in status_options(settings, BILLABILITY)
    )


def lead_log(principal: Principal, wanted: LogWanted) -> LeadLog:
    """A page of leads."""
    found = call_log(principal, wanted)
    return LeadLog(found, tuple(leads_of(principal, found.page.rows)))


def streamed_leads(principal: Principal, wanted: LogWanted) -> Iterator[Lead]:
    """Every lead that is asked for, in the order of the list, a few in memory at a time."""
    for rows in streamed_rows(principal, wanted):
        yield from leads_of(principal, rows)


def lead_of(principal: Principal, charge_id: int) -> Lead:
    """One lead. Raises NotFound for a charge that is none, does not exist or is out of scope."""
    row = call_row(principal, charge_id)
    settings = Program.objects.values_list("settings", flat=True).get(pk=row.charge.program_id)
    if row.more is None or row.more.kind not in LEADS or not reviews_leads(settings):
        raise NotFound()
    return leads_of(principal, [row])[0]


def leads_of(principal: Principal, rows: Sequence[CallRow]) -> list[Lead]:
    """Rows of the log that came from a scoped read, as leads, in the same order."""
    ids = [row.charge.id for row in rows]
    facts, reviews = facts_of_charges(principal, ids), review_of_charges(ids, principal)
    channels = {one.pk: channel_of(one) for one in Charge.objects.filter(pk__in=ids).only("lead_channel", "subkind")}
    settings = dict(
        Program.objects.filter(pk__in={row.charge.program_id for row in rows}).values_list("pk", "settings")
    )
    return [
        Lead(
            row,
            channels[row.charge.id],
            mark_of(facts[row.charge.id], settings[row.charge.program_id]),
            reviews.get(row.charge.id),
        )
        for row in rows
    ]


def reason_choices(program_ids: Sequence[int]) -> tuple[tuple[str, str], ...]:
    """The reasons that some programs have, offered or not, as pairs of code and words. The caller has scoped them."""
    rows = Reason.objects.filter(program__in=program_ids).order_by("label", "pk").values_list("code", "label")
    return tuple(dict(rows).items())


def tag_choices(principal: Principal, program_ids: Sequence[int]) -> tuple[str, ...]:
    """The tags that the latest finished reviews of charges in scope left, in their order."""
    mine = charges_visible_to(principal).order_by()
    done = Review.objects.filter(in_states(principal, {ReviewState.DONE}), program__in=program_ids, charge__in=mine)
    latest = done.exclude(tags=[]).order_by("-pk").values_list("tags", flat=True)[:LATEST]
    return tuple(sorted({tag for tags in latest for tag in tags}))


def form_answers(principal: Principal, charge_id: int) -> tuple[tuple[str, str], ...]:
    """What the form of a lead asked and was told, as the source has it: columns that begin with ``form_``.

    Numbers are masked as everywhere. The caller has scoped the charge.
    """
    raw = Charge.objects.values_list("raw", flat=True).get(pk=charge_id)
    if not isinstance(raw, Mapping) or not principal.can(Verb.CHARGE_VIEW):
        return ()
    shown = {key: str(value) for key, value in raw.items() if key.startswith(FORM_FIELD) and value not in (None, "")}
    shown = shown if principal.can(Verb.PHONE_VIEW) else masked(shown)
    return tuple((key.removeprefix(FORM_FIELD).replace("_", " ").capitalize(), said) for key, said in shown.items())
