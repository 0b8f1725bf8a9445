"""Verbs of notifications: fold the journal into digests, deliver, mark as read, choose how often."""

from makegood.notifications.operations.flush import deliver_now, flush_due
from makegood.notifications.operations.fold import fold
from makegood.notifications.operations.mark_read import mark_read
from makegood.notifications.operations.set_preference import set_preference

__all__ = ["deliver_now", "flush_due", "fold", "mark_read", "set_preference"]
