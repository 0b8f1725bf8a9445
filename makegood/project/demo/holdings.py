"""What a database holds before the demo touches it, and how to start over. Only a demo's own data is ever dropped."""

from __future__ import annotations

from enum import Enum

from django.db import connection

from makegood.parties.entries import SYSTEM
from makegood.parties.selectors import customers_visible_to, people_of, programs_visible_to, vendors_visible_to
from makegood.parties.states import RoleKey
from makegood.project.problems import OperatorProblem

MARK = "demo"
"""The key of a program's settings that says: all of this is made up."""


class ForeignData(OperatorProblem):
    """This database holds data that no demo made, and the demo would mix its own into it. Point DATABASE_URL at an
    empty database, leave it unset to use a database of the demo's own, or choose another directory with --data.
    """


class Holds(Enum):
    """What was found in a database."""

    NOTHING = "nothing"
    DEMO = "a finished demo"
    BROKEN_DEMO = "a demo that was interrupted"
    OTHER = "something else"


def holdings() -> Holds:
    """What the database holds; makes nothing, so it can be asked before the tables exist."""
    tables = set(connection.introspection.table_names())
    if not tables:
        return Holds.NOTHING
    if "parties_program" not in tables:
        return Holds.OTHER
    marks = [
        settings[MARK]
        for settings in programs_visible_to(SYSTEM).values_list("settings", flat=True)
        if MARK in settings
    ]
    if marks:
        return Holds.DEMO if all(mark.get("finished") for mark in marks) else Holds.BROKEN_DEMO
    is_used = customers_visible_to(SYSTEM).exists() or vendors_visible_to(SYSTEM).exists() or people_of(list(RoleKey))
    return Holds.OTHER if is_used else Holds.NOTHING


def clear() -> None:
    """Drop everything that a demo made. Raises ForeignData for anything else."""
    if holdings() is Holds.OTHER:
        raise ForeignData
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
