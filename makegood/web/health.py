"""The health of the installation: what every app says of its own work, and the last proof of the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from makegood.disputes.selectors.health import HEALTH as DISPUTES
from makegood.evidence.selectors.health import HEALTH as EVIDENCE
from makegood.insights.selectors.health import HEALTH as INSIGHTS
from makegood.journal.operations import record
from makegood.journal.selectors import HEALTH as JOURNAL
from makegood.journal.selectors import latest
from makegood.kernel import clock
from makegood.kernel.health import Check, Checked, look
from makegood.ledger.selectors import Proof, proof
from makegood.notifications.selectors.health import HEALTH as NOTIFICATIONS
from makegood.parties.entries import Principal
from makegood.parties.selectors import demand
from makegood.parties.states import Verb
from makegood.webhooks.selectors.health import HEALTH as WEBHOOKS

GROUPS: tuple[tuple[str, tuple[Check, ...]], ...] = (
    ("Disputes and money", DISPUTES),
    ("Journal and database", JOURNAL),
    ("Messages", NOTIFICATIONS),
    ("Webhooks", WEBHOOKS),
    ("Recordings", EVIDENCE),
    ("Figures", INSIGHTS),
)
PROVEN, ASKED = "system.verified", "system.proof_asked"
"""The journal's words for a proof that was done, and one that somebody asked for."""
WHERE = ("system", 0)
DAY_S = 86_400


@dataclass(frozen=True)
class Proven:
    """The last proof of every law: when, how many laws, and what did not hold; ``is_asked`` while one is wanted."""

    at: datetime | None
    laws: int
    breaks: tuple[dict[str, str], ...]
    is_asked: bool

    @property
    def is_fine(self) -> bool:
        """Whether there was a proof within two days, and it found nothing."""
        return self.at is not None and not self.breaks and (clock.now() - self.at).total_seconds() < 2 * DAY_S


@dataclass(frozen=True)
class Group:
    """The checks of one subject."""

    label: str
    checks: tuple[Checked, ...]


@dataclass(frozen=True)
class Database:
    """Which server it is, and how large the database is in bytes."""

    version: str
    size_bytes: int


@dataclass(frozen=True)
class Health:
    """Everything that the page shows."""

    as_of: datetime
    groups: tuple[Group, ...]
    proven: Proven
    database: Database

    @property
    def troubles(self) -> tuple[Checked, ...]:
        """What wants to be looked at."""
        return tuple(found for group in self.groups for found in group.checks if not found.is_fine)


def health(principal: Principal) -> Health:
    """How the installation is now. Raises NotPermitted without ``health.view``."""
    demand(principal, Verb.HEALTH_VIEW)
    now = clock.now()
    groups = tuple(Group(label, look(checks, now)) for label, checks in GROUPS)
    return Health(now, groups, proven(), _database())


def proven() -> Proven:
    """The last proof, from the journal."""
    done, asked = latest(*WHERE, PROVEN), latest(*WHERE, ASKED)
    wanted = asked is not None and (done is None or asked.pk > done.pk)
    facts: dict[str, Any] = done.changes if done else {}
    return Proven(done.at if done else None, int(facts.get("laws", 0)), tuple(facts.get("breaks", ())), wanted)


def ask_for_proof(principal: Principal) -> None:
    """Let the worker prove every law now; it sees the wish within a minute. Raises NotPermitted."""
    demand(principal, Verb.HEALTH_VIEW)
    if not proven().is_asked:
        record(principal, verb="prove", event=ASKED, object_kind=WHERE[0], object_id=WHERE[1])


def ledger_now(principal: Principal) -> Proof:
    """The books, added up this moment. Raises NotPermitted."""
    demand(principal, Verb.HEALTH_VIEW)
    return proof()


def _database() -> Database:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        row: Sequence[Any] = cursor.fetchone() or ("", 0)
    return Database(str(row[0]), int(row[1]))
