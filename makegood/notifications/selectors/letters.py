"""What goes out by e-mail: the digest in words, and the decision letter in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext

from makegood.disputes.models import Decision, Dispute, Finding
from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.selectors.credits import credits_of
from makegood.disputes.selectors.heard import heard_by_round
from makegood.disputes.selectors.second_look import second_look
from makegood.disputes.states import DecisionState
from makegood.kernel import clock
from makegood.kernel.money import format_money
from makegood.ledger.states import AdjustmentKind
from makegood.notifications.models import Digest
from makegood.notifications.selectors.digests import lines_of
from makegood.notifications.selectors.recipients import zone_of
from makegood.notifications.selectors.texts import own_words
from makegood.notifications.states import Template, day_and_time, line, locale_in_force, sentence, speaking
from makegood.notifications.states.wording import NO_WORDS, Own
from makegood.parties.models import User
from makegood.parties.selectors import ContactCard, contact_for, principal_of
from makegood.parties.states import RoleKey


@dataclass(frozen=True)
class Passage:
    """A part of a letter: lines below a title (empty: none); words of ours that are quoted say so.

    A link below leads to the dispute of that number (``to_contact``: to the question to its contact), or to the
    guideline of that program and finding.
    """

    title: str
    lines: tuple[str, ...]
    is_quote: bool = False
    dispute: str | None = None
    to_contact: bool = False
    guideline: tuple[str, str] | None = None


@dataclass(frozen=True)
class Letter:
    """One e-mail: ``subject`` is its first sentence, ``passages`` the rest."""

    digest_id: int
    user_id: int
    to: str
    name: str
    locale: str
    template: Template
    subject: str
    passages: tuple[Passage, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What it says below its subject, without titles."""
        return tuple(text for passage in self.passages for text in passage.lines)


def letters_of(digests: Sequence[Digest]) -> list[Letter]:
    """The letters of digests, each in the language and zone of its reader; none to people who left."""
    people = User.objects.select_related("role", "zone", "customer__zone", "vendor__zone").prefetch_related("grants")
    readers = people.filter(pk__in={digest.recipient_id for digest in digests}, is_active=True).in_bulk()
    found = []
    words = {locale: own_words(locale) for locale in {reader.locale for reader in readers.values()}}
    for digest in (digest for digest in digests if digest.recipient_id in readers):
        reader = readers[digest.recipient_id]
        with speaking(reader.locale):
            subject, passages = _words(digest, reader, words[reader.locale])
        found.append(
            Letter(
                digest_id=digest.pk,
                user_id=reader.pk,
                to=reader.email,
                name=str(reader),
                locale=reader.locale,
                template=Template(digest.template),
                subject=subject,
                passages=passages,
            )
        )
    return found


def _words(digest: Digest, reader: User, own: Own) -> tuple[str, tuple[Passage, ...]]:
    template = Template(digest.template)
    if template is Template.LETTER:
        return _decisions(digest, reader, own)
    lines = lines_of([digest], own).get(digest.pk, [])
    subject = lines.pop(0) if digest.count == 1 and lines else sentence(template, digest.count, own)
    return subject, (Passage("", tuple(lines)),) if lines else ()


def _decisions(digest: Digest, reader: User, own: Own) -> tuple[str, tuple[Passage, ...]]:
    items = digest.items.order_by("event_id").values_list("dispute_id", "facts")
    letters = [
        (line(Template.LETTER, facts, own), decision_passages(dispute, facts, reader, own)) for dispute, facts in items
    ]
    if len(letters) == 1:
        return letters[0]
    passages: list[Passage] = []
    for first, rest in letters:
        head, *others = rest or (Passage("", ()),)
        passages += [replace(head, title=first), *others]
    return sentence(Template.LETTER, digest.count, own), tuple(passages)


def decision_passages(
    dispute_id: int, facts: Mapping[str, Any], reader: User, own: Own = NO_WORDS
) -> tuple[Passage, ...]:
    """What a decision letter says below its first sentence, in the language in force.

    Asked and credited amounts and the bill, the decider's words, what was heard and when, each guideline by its name,
    how to ask for a re-review and until when, and who answers further questions. The decision is the one of the round
    in ``facts``.
    """
    dispute = Dispute.objects.select_related("program").filter(pk=dispute_id).first()
    if dispute is None:
        return ()
    number = int(facts.get("round") or 1)
    rounds = Decision.objects.filter(dispute=dispute_id, round=number, state=DecisionState.COMMITTED)
    decision = rounds.first()
    explanation = dispute.buyer_explanation if dispute.round == number else ""
    explanation = explanation or (decision.note if decision else "")
    bill = _bill(dispute, number, reader) if _credited(facts) else ""
    passages = [
        Passage("", (_amounts(dispute, facts), *([bill] if bill else []))),
        *_heard(dispute, decision, number, own),
        replace(_again(dispute, number, reader), title=_title(own, "again", gettext("If you see it differently"))),
    ]
    card = contact_for(dispute.customer_id, dispute.program_id)
    if card is not None:
        passages.append(_contact(dispute, card, own))
    if explanation:
        passages.insert(1, Passage(_title(own, "why", gettext("Why")), (explanation,)))
    return tuple(passages)


def _title(own: Own, piece: str, shipped: str) -> str:
    return own.words(Template.LETTER, piece) or shipped


def _credited(facts: Mapping[str, Any]) -> int:
    return int(facts.get("micros") or 0)


def _amounts(dispute: Dispute, facts: Mapping[str, Any]) -> str:
    locale = locale_in_force()
    asked = format_money(dispute.amount_micros, dispute.currency, locale)
    credited = format_money(_credited(facts), dispute.currency, locale)
    if not _credited(facts):
        return gettext("You asked for %(asked)s; nothing is credited.") % {"asked": asked}
    tax = int(facts.get("tax_micros") or 0)
    words = {"asked": asked, "credited": credited, "tax": format_money(tax, dispute.currency, locale)}
    if tax:
        return gettext("You asked for %(asked)s; %(credited)s and %(tax)s tax are credited.") % words
    return gettext("You asked for %(asked)s; %(credited)s is credited.") % words


def _bill(dispute: Dispute, number: int, reader: User) -> str:
    """Where the credit of a round stands; nothing where the reader may not see it."""
    rows = [row for row in credits_of(principal_of(reader), dispute.pk) if row.kind == AdjustmentKind.CREDIT]
    if not rows:
        return ""
    row = rows[-1] if number >= len(rows) else rows[number - 1]
    if row.bill is not None:
        return gettext("The credit is on bill %(bill)s.") % {"bill": row.bill}
    if row.statement is not None:
        return gettext("The credit is on statement S-%(statement)s.") % {"statement": row.statement}
    return gettext("The credit comes with your next bill.")


def _heard(dispute: Dispute, decision: Decision | None, number: int, own: Own) -> list[Passage]:
    """What was heard, with its times where they were kept, and the guideline that makes it billable."""
    if decision is None:
        return []
    times: dict[str, list[str]] = {}
    for row in heard_by_round(dispute.pk).get(number, ()):
        times.setdefault(row.code, []).append(row.at)
    found = list(Finding.objects.filter(pk__in=decision.finding_ids).order_by("hotkey", "pk"))
    lines = tuple(_one_heard(finding.label, times.get(finding.code, [])) for finding in found)
    passages = [Passage(_title(own, "heard", gettext("What we heard")), lines)] if lines else []
    title = _title(own, "guideline", gettext("The guideline"))
    for one in found:
        if one.billable and one.guideline:
            where = (dispute.program.key, one.code)
            passages.append(Passage(title, (f"{one.label}: {one.guideline}",), is_quote=True, guideline=where))
            title = ""
    return passages


def _contact(dispute: Dispute, card: ContactCard, own: Own) -> Passage:
    """Who answers what is still asked, how to reach them, and where the case goes with the question."""
    reached = ", ".join(filter(None, (card.email, card.phone, card.hours)))
    lines = (
        gettext("%(name)s answers them: %(reached)s.") % {"name": card.name, "reached": reached},
        gettext("Asked here, the whole case goes with your question:"),
    )
    title = _title(own, "contact", gettext("Further questions"))
    return Passage(title, lines, dispute=dispute.number_only, to_contact=True)


def _one_heard(label: str, times: Sequence[str]) -> str:
    if not times:
        return label
    return gettext("%(finding)s, at %(times)s") % {"finding": label, "times": ", ".join(times)}


def _again(dispute: Dispute, number: int, reader: User) -> Passage:
    title = ""
    rounds = Rounds.of(dispute.program.settings)
    if not rounds.re_reviews or number >= rounds.max_rounds:
        return Passage(title, (gettext("This decision is final."),))
    until = second_look(principal_of(reader), dispute).until
    if until is not None and until <= clock.now():
        return Passage(title, (gettext("This decision is final."),))
    named = {"label": dispute.label, "until": day_and_time(until, zone_of(reader)) if until else ""}
    if RoleKey.BUYER not in rounds.asked_by:
        asks = (
            gettext("To have it looked at again, ask your representative by %(until)s and name %(label)s.")
            if until
            else gettext("To have it looked at again, ask your representative and name %(label)s.")
        )
        return Passage(title, (asks % named,))
    asks = (
        gettext("To have it looked at again, open %(label)s and ask for a re-review by %(until)s.")
        if until
        else gettext("To have it looked at again, open %(label)s and ask for a re-review.")
    )
    return Passage(title, (asks % named,), dispute=dispute.number_only)
