"""What a person reads of their own messages: the bell, the cards, the items behind a card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from makegood.notifications.models import Digest, DigestItem
from makegood.notifications.selectors.texts import own_words
from makegood.notifications.states import (
    ABOUT_NO_DISPUTE,
    TELLING_EACH,
    Facts,
    Template,
    counts_charges,
    line,
    sentence,
    speaking,
)
from makegood.notifications.states.wording import NO_WORDS, Own
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import User


@dataclass(frozen=True)
class Card:
    """One message: ``text`` is the sentence, in its reader's language. It still waits while ``delivered_at`` is None.

    A message about one dispute that has words of its own says these.
    """

    id: int
    template: Template
    text: str
    count: int
    opened_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    done_at: datetime | None = None
    by_email: bool = False

    @property
    def is_unread(self) -> bool:
        """Whether it was delivered and not read yet."""
        return self.delivered_at is not None and self.read_at is None


@dataclass(frozen=True)
class Bell:
    """What stands beside the bell: delivered and unread messages, and what waits until when."""

    unread: int
    waiting: tuple[Card, ...]

    @property
    def next_at(self) -> datetime | None:
        """When the next message is due."""
        return min((card.due_at for card in self.waiting), default=None)


@dataclass(frozen=True)
class Items:
    """Exactly what a message counts: calls for vendors (``charge_ids``), disputes for everybody else."""

    card: Card
    dispute_ids: tuple[int, ...]
    charge_ids: tuple[int, ...]


def digests_visible_to(principal: Principal) -> QuerySet[Digest]:
    """A person's own messages that tell of something, waiting or delivered; letters stand in the mailbox alone."""
    return _own(principal).filter(by_email=False)


def letters_waiting(principal: Principal) -> list[Digest]:
    """The letters to a person that gather still, the earliest due first."""
    return list(_own(principal).filter(by_email=True, flushed_at__isnull=True).order_by("due_at", "pk"))


def _own(principal: Principal) -> QuerySet[Digest]:
    return Digest.objects.filter(recipient=principal.id, count__gt=0)


def unread_count(principal: Principal) -> int:
    """How many messages were delivered to a person and not read yet."""
    return unread(principal).count()


def unread(principal: Principal) -> QuerySet[Digest]:
    """Those messages, to be counted beside others."""
    return digests_visible_to(principal).filter(flushed_at__isnull=False, read_at__isnull=True)


def bell(principal: Principal) -> Bell:
    """How many messages are unread, and those that wait, the earliest first."""
    waiting = digests_visible_to(principal).filter(flushed_at__isnull=True).order_by("due_at", "pk")
    return Bell(unread=unread_count(principal), waiting=tuple(cards_of(waiting)))


def cards(
    principal: Principal,
    *,
    unread: bool | None = None,
    done: bool | None = None,
    limit: int = 50,
    after: int | None = None,
) -> list[Card]:
    """A person's delivered messages, the latest first; ``after`` is the last card of the page before.

    ``unread`` keeps those that were not read yet (True) or were (False), ``done`` those that were put away. Raises
    NotFound when ``after`` is no card of theirs.
    """
    delivered = digests_visible_to(principal).filter(flushed_at__isnull=False)
    shown = delivered if unread is None else delivered.filter(read_at__isnull=unread)
    shown = shown if done is None else shown.filter(done_at__isnull=not done)
    if after is not None:
        last = delivered.filter(pk=after).first()
        if last is None:
            raise NotFound()
        shown = shown.filter(Q(flushed_at__lt=last.flushed_at) | Q(flushed_at=last.flushed_at, pk__lt=last.pk))
    return cards_of(shown.order_by("-flushed_at", "-pk")[:limit])


def items_of(principal: Principal, *, digest_id: int) -> Items:
    """The items behind one of a person's own messages, in the order of their numbers.

    Raises NotFound for a message of somebody else, one whose items canceled out, or none at all.
    """
    digest = _own(principal).filter(pk=digest_id).first()
    if digest is None:
        raise NotFound()
    [card] = cards_of([digest])
    if card.template in ABOUT_NO_DISPUTE:
        return Items(card, (), ())
    told = digest.items.values("subject_id", "currency").annotate(net=Sum("delta")).exclude(net=0)
    subjects = tuple(sorted(set(told.values_list("subject_id", flat=True))))
    if counts_charges(card.template):
        disputes = digest.items.filter(subject_id__in=subjects).values_list("dispute_id", flat=True)
        return Items(card, dispute_ids=tuple(sorted(set(disputes))), charge_ids=subjects)
    charges = digest.items.filter(subject_id__in=subjects, charge_id__isnull=False)
    return Items(card, subjects, tuple(sorted({pk for pk in charges.values_list("charge_id", flat=True) if pk})))


def lines_of(digests: Iterable[Digest], own: Own = NO_WORDS) -> dict[int, list[str]]:
    """What each digest says item by item, in the order it happened; nothing of messages that only count."""
    return {pk: [line(template, facts, own) for template, facts in told] for pk, told in _facts_of(digests).items()}


def _facts_of(digests: Iterable[Digest]) -> dict[int, list[tuple[Template, Facts]]]:
    naming = {digest.pk: Template(digest.template) for digest in digests if Template(digest.template) in TELLING_EACH}
    found: dict[int, list[tuple[Template, Facts]]] = {pk: [] for pk in naming}
    if not naming:
        return found
    net = DigestItem.objects.filter(digest__in=naming).values("digest_id", "subject_id", "currency")
    told = set(net.annotate(net=Sum("delta")).exclude(net=0).values_list("digest_id", "subject_id"))
    items = DigestItem.objects.filter(digest__in=naming, delta__gt=0).order_by("event_id")
    for digest_id, subject_id, facts in items.values_list("digest_id", "subject_id", "facts"):
        if (digest_id, subject_id) in told:
            found[digest_id].append((naming[digest_id], facts))
    return found


def cards_of(digests: Iterable[Digest]) -> list[Card]:
    """The messages as their readers read them, each in the reader's language."""
    rows = list(digests)
    facts = _facts_of(digest for digest in rows if digest.count == 1)
    readers = User.objects.filter(pk__in={digest.recipient_id for digest in rows}).values_list("pk", "locale")
    locales = dict(readers)
    words = {locale: own_words(locale) for locale in set(locales.values())}
    return [
        _card(digest, facts.get(digest.pk, []), locales[digest.recipient_id], words[locales[digest.recipient_id]])
        for digest in rows
    ]


def _card(digest: Digest, facts: Sequence[tuple[Template, Facts]], locale: str, own: Own) -> Card:
    template = Template(digest.template)
    with speaking(locale):
        text = " ".join(line(*one, own) for one in facts) or sentence(template, digest.count, own)
    return Card(
        id=digest.pk,
        template=template,
        text=text,
        count=digest.count,
        opened_at=digest.opens_at,
        due_at=digest.due_at,
        delivered_at=digest.flushed_at,
        read_at=digest.read_at,
        done_at=digest.done_at,
        by_email=digest.by_email,
    )
