"""Verbs of the journal: write events, read them on with a cursor, and answer a command once."""

from makegood.journal.operations.answer_once import Kept, answered_once, kept_answer
from makegood.journal.operations.cursors import Event, advance, read, rewind
from makegood.journal.operations.forget import forget_answered
from makegood.journal.operations.record import Actor, Change, actor_parameters, record, record_all

__all__ = [
    "Actor",
    "Change",
    "Event",
    "Kept",
    "actor_parameters",
    "advance",
    "answered_once",
    "forget_answered",
    "kept_answer",
    "read",
    "record",
    "record_all",
    "rewind",
]
