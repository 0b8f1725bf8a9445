"""What goes out by e-mail: the digest in words, and the decision letter in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from makegood.disputes.models import Decision, Dispute, Finding
from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.states import DecisionState
from makegood.kernel.money import format_money
from makegood.notifications.models import Digest
from makegood.notifications.selectors.digests import lines_of
from makegood.notifications.states import Template, line, sentence
from makegood.parties.states import RoleKey


@dataclass(frozen=True)
class Letter:
    """One e-mail: ``subject`` is its first sentence, ``paragraphs`` the rest."""

    digest_id: int
    user_id: int
    to: str
    name: str
    locale: str
    template: Template
    subject: str
    paragraphs: tuple[str, ...]


def letters_of(digests: Sequence[Digest]) -> list[Letter]:
    """The letters of delivered digests, each in the language of its reader; none to people who left."""
    rows = Digest.objects.select_related("recipient").filter(pk__in=[digest.pk for digest in digests])
    readers = {row.pk: row.recipient for row in rows if row.recipient.is_active}
    found = []
    for digest in (digest for digest in digests if digest.pk in readers):
        reader = readers[digest.pk]
        with translation.override(translation.to_language(reader.locale)):
            subject, paragraphs = _words(digest)
        found.append(
            Letter(
                digest_id=digest.pk,
                user_id=reader.pk,
                to=reader.email,
                name=str(reader),
                locale=reader.locale,
                template=Template(digest.template),
                subject=subject,
                paragraphs=paragraphs,
            )
        )
    return found


def _words(digest: Digest) -> tuple[str, tuple[str, ...]]:
    template = Template(digest.template)
    if template is Template.LETTER:
        items = digest.items.order_by("event_id").values_list("dispute_id", "facts")
        letters = [(line(template, facts), decision_paragraphs(dispute, facts)) for dispute, facts in items]
        if len(letters) == 1:
            return letters[0]
        return sentence(template, digest.count), tuple(text for first, rest in letters for text in (first, *rest))
    lines = lines_of([digest]).get(digest.pk, [])
    if digest.count == 1 and lines:
        return lines[0], tuple(lines[1:])
    return sentence(template, digest.count), tuple(lines)


def decision_paragraphs(dispute_id: int, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What a decision letter says below its first sentence, in the active language.

    Asked and credited amounts, what was heard and the guideline, the decider's words, and how to ask for a re-review.
    The decision is the one of the round in ``facts``.
    """
    dispute = Dispute.objects.select_related("program").filter(pk=dispute_id).first()
    if dispute is None:
        return ()
    rounds = Decision.objects.filter(dispute=dispute_id, round=facts.get("round", 1), state=DecisionState.COMMITTED)
    decision = rounds.first()
    heard = list(Finding.objects.filter(pk__in=decision.finding_ids if decision else ()).order_by("hotkey", "pk"))
    words = [_amounts(dispute, facts)]
    if heard:
        words.append(gettext("What we heard: %(findings)s.") % {"findings": ", ".join(one.label for one in heard)})
        words += [one.guideline for one in heard if one.billable and one.guideline]
    explanation = dispute.buyer_explanation if dispute.round == facts.get("round", 1) else ""
    explanation = explanation or (decision.note if decision else "")
    if explanation:
        words.append(explanation)
    words.append(_re_review(dispute, int(facts.get("round") or 1)))
    return tuple(words)


def _amounts(dispute: Dispute, facts: Mapping[str, Any]) -> str:
    locale = translation.to_locale(translation.get_language() or "en-us")
    asked = format_money(dispute.amount_micros, dispute.currency, locale)
    credited = format_money(int(facts.get("micros") or 0), dispute.currency, locale)
    if not facts.get("micros"):
        return gettext("You asked for %(asked)s; nothing is credited.") % {"asked": asked}
    tax = int(facts.get("tax_micros") or 0)
    words = {"asked": asked, "credited": credited, "tax": format_money(tax, dispute.currency, locale)}
    if tax:
        return gettext("You asked for %(asked)s; %(credited)s and %(tax)s tax are credited.") % words
    return gettext("You asked for %(asked)s; %(credited)s is credited.") % words


def _re_review(dispute: Dispute, decided_round: int) -> str:
    rounds = Rounds.of(dispute.program.settings)
    if not rounds.re_reviews or decided_round >= rounds.max_rounds:
        return gettext("This decision is final.")
    named = {"label": dispute.label}
    if RoleKey.BUYER in rounds.asked_by:
        return gettext("To have it looked at again, open %(label)s and ask for a re-review.") % named
    return gettext("To have it looked at again, ask your representative and name %(label)s.") % named
