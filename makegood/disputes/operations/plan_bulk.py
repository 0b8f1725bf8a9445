"""Makes bulk plans: one verb for many disputes, frozen as they are now, with what it would do to everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import Foreseen, PlanParams, Target
from makegood.disputes.models import BulkPlan
from makegood.disputes.operations.batch import fetch
from makegood.disputes.operations.plan_amounts import check_params, targeted
from makegood.disputes.operations.plan_verbs import PERMISSION
from makegood.disputes.selectors.candidates import Candidate, candidates_of
from makegood.disputes.selectors.plans import PlanLargest, PlanShare, PlanSum, PlanTotals, PlanView, viewed
from makegood.disputes.selectors.queue import QueueQuery
from makegood.disputes.selectors.standing_rules import Standing
from makegood.disputes.states import PlanState, PlanVerb, RowState
from makegood.journal.operations import record
from makegood.kernel import clock, ids, sql
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

MOST = 100_000
VALID_FOR = timedelta(minutes=10)
LARGEST = 5
SHARES = 20
_WRITTEN_AT_ONCE = 5_000

Planned = tuple[Candidate, Target, Foreseen]


@transaction.atomic
def plan_bulk(
    principal: Principal,
    *,
    verb: PlanVerb,
    selection: Sequence[str] | QueueQuery,
    params: PlanParams | None = None,
) -> PlanView:
    """Look at what ``verb`` would do to the disputes that are named or that a filter of the queue finds.

    Nothing but the plan is written. What would be refused is left out, with its cause; a name that finds nothing in
    scope is left out as NOT_FOUND. Only who sees payouts may say what vendors give back. Errors: PLAN_PARAMETERS,
    PLAN_TOO_LARGE. Raises NotPermitted.
    """
    params = params or PlanParams()
    _check_asked(principal, verb, params)
    names = () if isinstance(selection, QueueQuery) else tuple(dict.fromkeys(selection))
    found = candidates_of(principal, selection if isinstance(selection, QueueQuery) else names, MOST + 1)
    if max(len(found), len(names)) > MOST:
        raise errors.PlanTooLarge(most=f"{MOST:,}")
    by_id = {one.id: one for one in found}
    planned = [(by_id[target.dispute_id], target, said) for target, said in targeted(principal, verb, params, found)]
    missing = _missing(names, found)
    going = [one for one in planned if not one[2].code]
    now = clock.now()
    plan = BulkPlan.objects.create(
        public_id=ids.ulid("pln"),
        verb=verb.value,
        params=asdict(params),
        author_id=principal.id,
        author_token_id=principal.token_id,
        author_label=principal.label,
        created_at=now,
        expires_at=now + VALID_FOR,
        selected=len(planned) + len(missing),
        planned=len(going),
        totals=asdict(_totals(planned, len(missing))),
    )
    _write(plan.pk, planned, missing)
    record_plan(principal, plan, "plan_bulk", "created", selected=plan.selected)
    return viewed(plan)


def record_plan(principal: Principal, plan: BulkPlan, verb: str, event: str, **facts: Any) -> None:
    """Tell the journal of a plan."""
    record(
        principal,
        verb=verb,
        event=f"bulk_plan.{event}",
        object_kind="bulk_plan",
        object_id=plan.pk,
        changes={"id": plan.public_id, "verb": plan.verb, "planned": plan.planned, **facts},
    )


def _missing(names: Sequence[str], found: Iterable[Candidate]) -> list[str]:
    known = {name for one in found for name in (one.public_id, one.number, str(one.id))}
    return [name for name in names if name not in known]


def _check_asked(principal: Principal, verb: PlanVerb, params: PlanParams) -> None:
    demand(principal, PERMISSION[verb])
    if params.clawback:
        demand(principal, Verb.PAYOUT_VIEW)
    check_params(verb, params)


def _totals(planned: Sequence[Planned], missing: int) -> PlanTotals:
    going = [one for one in planned if not one[2].code]
    causes = Counter((said.code, said.message) for _, _, said in planned if said.code)
    if missing:
        causes[NotFound.code, NotFound().message] += missing
    largest = sorted(going, key=lambda one: (-abs(one[2].credit_micros), one[0].number))[:LARGEST]
    return PlanTotals(
        sums=_sums(going),
        vendors=_shares(one.vendor for one, _, _ in going),
        reasons=_shares(one.reason for one, _, _ in going),
        largest=tuple(
            PlanLargest(one.number, one.buyer, one.currency, said.credit_micros)
            for one, _, said in largest
            if said.credit_micros
        ),
        exclusions=tuple(PlanShare(message, count, code) for (code, message), count in causes.most_common(SHARES)),
        notes=_notes(one for one, _, _ in going),
    )


def _sums(going: Sequence[Planned]) -> tuple[PlanSum, ...]:
    by_pair: dict[tuple[str, str], list[Foreseen]] = {}
    for one, _, said in going:
        by_pair.setdefault((one.currency, said.payout_currency or one.currency), []).append(said)
    return tuple(
        PlanSum(
            *pair,
            count=len(rows),
            credit_micros=sum(said.credit_micros for said in rows),
            tax_micros=sum(said.tax_micros for said in rows),
            clawback_micros=sum(said.clawback_micros for said in rows),
            margin_micros=sum(map(_margin, rows)) if pair[0] == pair[1] else None,
        )
        for pair, rows in sorted(by_pair.items())
    )


def _notes(going: Iterable[Candidate]) -> tuple[PlanShare, ...]:
    """The rules that the verdicts failed, by how many of the disputes."""
    verdicts = Counter((one.policy_version, one.fail_mask) for one in going)
    found: Counter[str] = Counter()
    standing = Standing()
    for (version, mask), count in verdicts.items():
        for code in standing.codes(version, mask):
            found[code] += count
    return tuple(PlanShare(code.replace("_", " ").lower(), n, code) for code, n in found.most_common(SHARES))


def _margin(said: Foreseen) -> int:
    return said.clawback_micros - said.credit_micros


def _shares(labels: Iterable[str]) -> tuple[PlanShare, ...]:
    counts = sorted(Counter(labels).items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(PlanShare(label or "none", count) for label, count in counts[:SHARES])


def _write(plan_id: int, planned: Sequence[Planned], missing: Sequence[str]) -> None:
    rows = [_row(one, target, said) for one, target, said in planned]
    absent = NotFound()
    rows += [
        (None, name[:60], None, None, 0, 0, 0, None, "", "", RowState.EXCLUDED.value, absent.code, absent.message)
        for name in missing
    ]
    for start in range(0, len(rows), _WRITTEN_AT_ONCE):
        part = rows[start : start + _WRITTEN_AT_ONCE]
        columns = [list(column) for column in zip(*part, strict=True)]
        named = dict(zip(_COLUMNS, columns, strict=True))
        fetch(sql.load("disputes.insert_plan_rows"), {"plan_id": plan_id, "start": start, **named})


_COLUMNS = (
    "dispute_ids",
    "names",
    "versions",
    "micros",
    "credits",
    "taxes",
    "clawbacks",
    "margins",
    "currencies",
    "payout_currencies",
    "states",
    "codes",
    "messages",
)


def _row(one: Candidate, target: Target, said: Foreseen) -> tuple[Any, ...]:
    payout = said.payout_currency or one.currency
    return (
        one.id,
        one.number,
        target.version,
        target.micros,
        said.credit_micros,
        said.tax_micros,
        said.clawback_micros,
        _margin(said) if payout == one.currency else None,
        one.currency,
        payout,
        (RowState.EXCLUDED if said.code else RowState.WAITING).value,
        said.code,
        said.message,
    )


def demand_draft(plan: BulkPlan) -> None:
    """Raise unless a plan can be committed now: PlanExpired, PlanEmpty."""
    if plan.state != PlanState.DRAFT:
        return
    if plan.expires_at <= clock.now():
        raise errors.PlanExpired(minutes=VALID_FOR // timedelta(minutes=1))
    if not plan.planned:
        raise errors.PlanEmpty()
