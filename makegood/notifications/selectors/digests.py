"""What a person reads of their own messages: the bell, the cards, the items behind a card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from makegood.notifications.models import Digest
from makegood.notifications.states import Template, counts_charges, sentence
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound


@dataclass(frozen=True)
class Card:
    """One message: ``text`` is the sentence. It still waits while ``delivered_at`` is None."""

    id: int
    template: Template
    text: str
    count: int
    opened_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None

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
    """A person's own messages that tell of something, waiting or delivered."""
    return Digest.objects.filter(recipient=principal.id, count__gt=0)


def unread_count(principal: Principal) -> int:
    """How many messages were delivered to a person and not read yet."""
    return digests_visible_to(principal).filter(flushed_at__isnull=False, read_at__isnull=True).count()


def bell(principal: Principal) -> Bell:
    """How many messages are unread, and those that wait, the earliest first."""
    waiting = digests_visible_to(principal).filter(flushed_at__isnull=True).order_by("due_at", "pk")
    return Bell(unread=unread_count(principal), waiting=tuple(_card(digest) for digest in waiting))


def cards(principal: Principal, *, unread_only: bool = False, limit: int = 50, after: int | None = None) -> list[Card]:
    """A person's delivered messages, the latest first; ``after`` is the last card of the page before.

    Raises NotFound when ``after`` is no card of theirs.
    """
    delivered = digests_visible_to(principal).filter(flushed_at__isnull=False)
    shown = delivered.filter(read_at__isnull=True) if unread_only else delivered
    if after is not None:
        last = delivered.filter(pk=after).first()
        if last is None:
            raise NotFound()
        shown = shown.filter(Q(flushed_at__lt=last.flushed_at) | Q(flushed_at=last.flushed_at, pk__lt=last.pk))
    return [_card(digest) for digest in shown.order_by("-flushed_at", "-pk")[:limit]]


def items_of(principal: Principal, *, digest_id: int) -> Items:
    """The items behind one of a person's own messages, in the order of their numbers.

    Raises NotFound for a message of somebody else, one whose items canceled out, or none at all.
    """
    digest = digests_visible_to(principal).filter(pk=digest_id).first()
    if digest is None:
        raise NotFound()
    card = _card(digest)
    told = digest.items.values("subject_id", "currency").annotate(net=Sum("delta")).exclude(net=0)
    subjects = tuple(sorted(set(told.values_list("subject_id", flat=True))))
    if counts_charges(card.template):
        disputes = digest.items.filter(subject_id__in=subjects).values_list("dispute_id", flat=True)
        return Items(card, dispute_ids=tuple(sorted(set(disputes))), charge_ids=subjects)
    charges = digest.items.filter(subject_id__in=subjects, charge_id__isnull=False)
    return Items(card, subjects, tuple(sorted({pk for pk in charges.values_list("charge_id", flat=True) if pk})))


def _card(digest: Digest) -> Card:
    template = Template(digest.template)
    return Card(
        id=digest.pk,
        template=template,
        text=sentence(template, digest.count),
        count=digest.count,
        opened_at=digest.opens_at,
        due_at=digest.due_at,
        delivered_at=digest.flushed_at,
        read_at=digest.read_at,
    )
