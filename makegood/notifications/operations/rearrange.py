"""Lets what waits follow a change of how somebody wants a message."""

from __future__ import annotations

from collections.abc import Collection

from makegood.kernel import clock
from makegood.notifications.entries import Recipient
from makegood.notifications.models import Digest, DigestItem
from makegood.notifications.operations.recount import recount
from makegood.notifications.policy import OFF, Delivery, Window
from makegood.notifications.states import Template


def rearrange(reader: Recipient, template: Template, deliveries: Collection[Delivery]) -> None:
    """Move what waits of a message to the windows and channels that hold now.

    ``deliveries`` are those of the programs in scope; where these differ on a channel, what waits there stays. The
    caller holds a transaction. Refuses nothing.
    """
    bell = {delivery.window for delivery in deliveries}
    mail = {(delivery.mail_window or delivery.window) if delivery.by_email else OFF for delivery in deliveries}
    if mail == {OFF}:
        _stop_mail(reader, template)
    elif len(mail) == 1:
        _move(reader, template, next(iter(mail)), by_email=True)
        _follow_by_mail(reader, template, next(iter(mail)))
    if len(bell) == 1:
        _move(reader, template, next(iter(bell)), by_email=False)


def _waiting(reader: Recipient, template: Template, *, by_email: bool) -> list[Digest]:
    waiting = Digest.objects.filter(
        recipient=reader.id, template=template.value, by_email=by_email, flushed_at__isnull=True
    )
    return list(waiting.order_by("opens_at", "pk").select_for_update())


def _move(reader: Recipient, template: Template, window: Window, *, by_email: bool) -> None:
    """Gather everything that waits on one channel in one digest with the window; ``off`` drops it."""
    digests = _waiting(reader, template, by_email=by_email)
    if window.is_off:
        Digest.objects.filter(pk__in=[digest.pk for digest in digests]).update(flushed_at=clock.now(), count=0)
        return
    if not digests:
        return
    first, *others = digests
    DigestItem.objects.filter(digest__in=others).update(digest=first)
    Digest.objects.filter(pk__in=[digest.pk for digest in others]).delete()
    due_at = reader.due(window, first.opens_at, template, now=clock.now())
    Digest.objects.filter(pk=first.pk).update(window=window.text, due_at=due_at)
    recount([first.pk])


def _stop_mail(reader: Recipient, template: Template) -> None:
    """Drop the letters that wait, and those that were to be tried again, after a crash too."""
    for digest in _waiting(reader, template, by_email=True):
        digest.delete()
    again = Digest.objects.filter(
        recipient=reader.id, template=template.value, by_email=True, flushed_at__isnull=False, mailed_at__isnull=True
    )
    again.update(count=0)


def _follow_by_mail(reader: Recipient, template: Template, window: Window) -> None:
    """Put into a letter what waits under Notifications and was not told by e-mail before."""
    bells = _waiting(reader, template, by_email=False)
    items = list(DigestItem.objects.filter(digest__in=bells).order_by("pk"))
    before = DigestItem.objects.filter(
        event_id__in=[item.event_id for item in items], template=template.value, recipient=reader.id, by_email=True
    )
    told = set(before.values_list("event_id", flat=True))
    fresh = [item for item in items if item.event_id not in told]
    if not fresh:
        return
    letter = next(iter(_waiting(reader, template, by_email=True)), None) or _letter(reader, template, window, bells)
    for item in fresh:
        item.pk, item.digest, item.by_email = None, letter, True
    DigestItem.objects.bulk_create(fresh)
    recount([letter.pk])


def _letter(reader: Recipient, template: Template, window: Window, bells: list[Digest]) -> Digest:
    opens_at = bells[0].opens_at
    return Digest.objects.create(
        recipient_id=reader.id,
        template=template.value,
        window=window.text,
        by_email=True,
        opens_at=opens_at,
        due_at=reader.due(window, opens_at, template, now=clock.now()),
    )
