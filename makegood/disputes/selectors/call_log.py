"""The charge log with its disputes: status, credit, and whether one can dispute, why not, and for how long."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from makegood.billing.selectors import ChargeFacts, LogPage, LogQuery, charge_facts, charge_log
from makegood.disputes.eligibility import Verdict
from makegood.disputes.models import Dispute
from makegood.disputes.policy.settings import DisputeSettings
from makegood.disputes.selectors.rows import DisputeRow, credited_of, latest_by_charge
from makegood.disputes.selectors.verdicts import verdicts
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.disputes.states import UNDECIDED, Outcome, Stage
from makegood.kernel.money import Money
from makegood.kernel.paging import Page
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.states import Verb

DECIDED = [Stage.RESOLVED, Stage.CLOSED]
STATUSES: dict[str, Q] = {
    "pending": Q(stage__in=[*UNDECIDED, Stage.DECIDED]),
    "accepted": Q(stage__in=DECIDED, outcome=Outcome.ACCEPTED),
    "accepted_partial": Q(stage__in=DECIDED, outcome=Outcome.ACCEPTED_PARTIAL),
    "rejected": Q(stage__in=DECIDED, outcome=Outcome.REJECTED),
    "withdrawn": Q(stage=Stage.WITHDRAWN),
}
NOT_DISPUTED = "none"


@dataclass(frozen=True)
class CallRow:
    """A charge, its latest dispute, what was credited, and what the policy says now.

    ``can_dispute`` is None for people who do not file disputes.
    """

    charge: ChargeFacts
    dispute: DisputeRow | None
    credited: Money | None
    verdict: Verdict | None
    draft_id: int | None
    can_dispute: bool | None
    action: str = "Dispute"

    @property
    def why(self) -> str:
        """Why the charge cannot be disputed, or what to know before; one sentence."""
        headline = self.verdict.headline if self.verdict else None
        return headline.message if headline else ""

    @property
    def would_pass_if(self) -> str:
        """What would have made the difference."""
        headline = self.verdict.headline if self.verdict else None
        return headline.would_pass_if if headline else ""

    @property
    def closes_at(self) -> datetime | None:
        """Until when it can be disputed."""
        return self.verdict.closes_at if self.verdict and self.can_dispute else None


@dataclass(frozen=True)
class CallLog:
    """One page of the log, and how many of its rows can still be disputed."""

    log: LogPage
    page: Page[CallRow]
    open_here: int


def _status(principal: Principal, status: str) -> Q:
    own = disputes_visible_to(principal).filter(charge_id=OuterRef("pk"))
    if status == NOT_DISPUTED:
        return ~Q(Exists(own.exclude(stage__in=[Stage.DRAFT, Stage.WITHDRAWN])))
    return Q(Exists(own.filter(STATUSES[status]))) if status in STATUSES else Q()


def call_rows(principal: Principal, charges: tuple[ChargeFacts, ...]) -> list[CallRow]:
    """Charges that came from a scoped read, with disputes, credits and verdicts, in the same order."""
    ids = [charge.id for charge in charges]
    disputes = latest_by_charge(principal, ids)
    credited = credited_of(ids)
    files = principal.can(Verb.DISPUTE_CREATE)
    said = verdicts(ids) if files and ids else {}
    drafts = _drafts(principal, ids) if files else {}
    actions = _actions({charge.program_id for charge in charges}) if files else {}
    return [
        CallRow(
            charge=charge,
            dispute=disputes.get(charge.id),
            credited=_credited(charge, credited.get(charge.id)),
            verdict=said.get(charge.id),
            draft_id=drafts.get(charge.id),
            can_dispute=said[charge.id].can_submit if charge.id in said else None,
            action=actions.get(charge.program_id, "Dispute"),
        )
        for charge in charges
    ]


def _credited(charge: ChargeFacts, micros: int | None) -> Money | None:
    return Money(micros, charge.charged.currency) if micros is not None and charge.charged else None


def _drafts(principal: Principal, charge_ids: list[int]) -> dict[int, int]:
    own = disputes_visible_to(principal).filter(stage=Stage.DRAFT, charge_id__in=charge_ids)
    return dict(own.values_list("charge_id", "id"))


def _actions(program_ids: set[int]) -> dict[int, str]:
    """What each program calls the button."""
    programs = Program.objects.filter(pk__in=program_ids).values_list("pk", "settings")
    return {pk: DisputeSettings.of(settings).action for pk, settings in programs}


def call_log(principal: Principal, query: LogQuery, status: str = "") -> CallLog:
    """A page of the log. ``status`` narrows it to a review status, or to calls not disputed."""
    log = charge_log(principal, query, _status(principal, status))
    rows = call_rows(principal, log.page.rows)
    open_here = sum(1 for row in rows if row.can_dispute)
    return CallLog(replace(log, page=Page(())), log.page.with_rows(rows), open_here)


def call_row(principal: Principal, charge_id: int) -> CallRow:
    """One charge. Raises NotFound for one that does not exist or is out of scope."""
    return call_rows(principal, (charge_facts(principal, charge_id),))[0]


def disputes_of(principal: Principal, charge_id: int) -> list[Dispute]:
    """Every dispute of a charge but drafts, the latest first."""
    found = disputes_visible_to(principal).filter(charge_id=charge_id).exclude(stage=Stage.DRAFT)
    return list(found.select_related("reason").order_by("-id"))
