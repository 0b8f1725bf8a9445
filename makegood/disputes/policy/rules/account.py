"""Rule types that look at the customer's account: its permission, and whether its invoices are paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from makegood.disputes.policy import words
from makegood.disputes.policy.base import Bound, Facts, Moment, Rule
from makegood.disputes.policy.expressions import per_zone
from makegood.disputes.policy.naming import Naming


@dataclass(frozen=True)
class Permission(Rule):
    """Disputes are switched on for the customer's account."""

    type: ClassVar[str] = "permission"
    code: ClassVar[str] = "DISPUTES_DISABLED"

    def sql(self, place: int, moment: Moment) -> Bound:
        return Bound("cu.dispute_permission")

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        value: bool | None = facts["dispute_permission"]
        return value

    def when(self, said: Naming) -> str:
        return "disputes are switched off for the account"

    def message(self, facts: Facts, at: datetime) -> str:
        return "Disputes are off for this account."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        return "An administrator can switch disputes on for the account."


@dataclass(frozen=True)
class AccountStanding(Rule):
    """No issued invoice of the customer is overdue by more than ``overdue_days`` days of the customer's zone."""

    overdue_days: int = 0

    type: ClassVar[str] = "account_standing"
    code: ClassVar[str] = "ACCOUNT_NOT_IN_GOOD_STANDING"

    def _first_day(self, moment: Moment, zone: str) -> date:
        return moment.now.astimezone(ZoneInfo(zone)).date() - timedelta(days=self.overdue_days)

    def joins(self, place: int, moment: Moment) -> tuple[Bound, ...]:
        """The customer's oldest open due date, and the earliest due date that is still fine, by zone."""
        oldest = Bound(
            "LEFT JOIN LATERAL (SELECT min(v.due_on) AS due_on FROM billing_invoice v"
            " WHERE v.customer_id = c.customer_id AND v.status = 'issued') AS owed ON true"
        )
        cut, _ = per_zone(place, moment, "cu.zone_id", "date", lambda zone: self._first_day(moment, zone))
        return (oldest, cut)

    def sql(self, place: int, moment: Moment) -> Bound:
        _, cut = per_zone(place, moment, "cu.zone_id", "date", lambda zone: self._first_day(moment, zone))
        name = f"r{place}_cut"
        return Bound(f"(owed.due_on IS NULL OR owed.due_on >= {cut})", {name: self._first_day(moment, "UTC")})

    def own_facts(self, place: int, moment: Moment) -> Mapping[str, Bound]:
        """Since when something is due."""
        return {"due_on": Bound("owed.due_on")}

    def reference(self, facts: Facts, moment: Moment) -> bool | None:
        oldest: date | None = facts["oldest_due_on"]
        return oldest is None or oldest >= self._first_day(moment, moment.zones[facts["customer_zone"]])

    def when(self, said: Naming) -> str:
        late = f" by more than {words.counted(self.overdue_days, 'day')}" if self.overdue_days > 0 else ""
        return f"an invoice of the account is overdue{late}"

    def message(self, facts: Facts, at: datetime) -> str:
        due = facts.get("due_on")
        if not due:
            return "Invoices of this account are overdue."
        late = at.astimezone(UTC).date() - (due if isinstance(due, date) else date.fromisoformat(str(due)))
        return f"Invoices are overdue by {words.counted(late.days, 'day')}."

    def would_pass_if(self, facts: Facts, at: datetime) -> str:
        limit = f" for more than {words.counted(self.overdue_days, 'day')}" if self.overdue_days else ""
        return f"No invoice of the account is overdue{limit}."
