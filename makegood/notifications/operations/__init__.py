"""Verbs of notifications: fold the journal into digests, deliver, mail, mark as read, choose how."""

from makegood.notifications.operations.flush import deliver_now, flush_due
from makegood.notifications.operations.fold import fold
from makegood.notifications.operations.mail import mail_due
from makegood.notifications.operations.mark_read import mark_read
from makegood.notifications.operations.set_preference import set_channel, set_preference, stop_mail
from makegood.notifications.operations.set_preferences import set_preferences

__all__ = [
    "deliver_now",
    "flush_due",
    "fold",
    "mail_due",
    "mark_read",
    "set_channel",
    "set_preference",
    "set_preferences",
    "stop_mail",
]
