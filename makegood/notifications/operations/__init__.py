"""Verbs of notifications: fold the journal into digests, deliver, mail, mark as read, choose how."""

from makegood.notifications.operations.change_profile import Profile, change_profiles
from makegood.notifications.operations.flush import deliver_now, flush_due
from makegood.notifications.operations.fold import fold
from makegood.notifications.operations.forwards import forward_due, pass_over_forwards
from makegood.notifications.operations.mail import mail_due, pass_over_mail
from makegood.notifications.operations.mark_read import mark_read, put_away
from makegood.notifications.operations.set_preference import set_channel, set_preference, set_wish, stop_mail
from makegood.notifications.operations.set_preferences import set_everything, set_preferences
from makegood.notifications.operations.set_quiet_hours import set_quiet_hours
from makegood.notifications.operations.texts import put_text_back, set_text

__all__ = [
    "Profile",
    "change_profiles",
    "deliver_now",
    "flush_due",
    "fold",
    "forward_due",
    "mail_due",
    "mark_read",
    "pass_over_forwards",
    "pass_over_mail",
    "put_away",
    "put_text_back",
    "set_channel",
    "set_everything",
    "set_preference",
    "set_preferences",
    "set_quiet_hours",
    "set_text",
    "set_wish",
    "stop_mail",
]
