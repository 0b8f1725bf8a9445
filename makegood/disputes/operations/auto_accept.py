"""Grants in the system's own name, within a budget: it accepts whole or leaves the case to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.entries import DecisionItem
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import stages_for
from makegood.disputes.operations.batch import fetch
from makegood.disputes.operations.decide import decide
from makegood.disputes.operations.limits import Counter, Use, count_usage
from makegood.disputes.policy.budget import Budget
from makegood.disputes.selectors.policies import moment
from makegood.disputes.selectors.refusals import wrong_stage
from makegood.disputes.states import DecisionKind, Door, Stage
from makegood.kernel import sql
from makegood.kernel.answers import Answer, in_order
from makegood.parties.entries import SYSTEM
from makegood.parties.errors import NotFound
from makegood.parties.models import Program


@dataclass(frozen=True)
class Cause:
    """Why the system would grant: a code, what a person reads of it, and how much of it there may be."""

    code: str
    note: str
    budget: Budget


@dataclass(frozen=True)
class Candidate:
    """A waiting dispute that could be granted, locked by the caller; ``causes`` in the order they are tried."""

    dispute_id: int
    customer_id: int
    currency: str
    micros: int
    causes: tuple[Cause, ...]


@transaction.atomic
def auto_accept(ids: Sequence[int], cause: str, *, step: Step = Step.AUTO_ACCEPT) -> list[Answer]:
    """Accept disputes whole, as the system, for a cause other than a rule of their policy.

    ``cause`` is a word or two for the note. The budget is the program's setting ``auto_budget`` (count, micros, per,
    period); without one nothing is granted. ``step`` is the row of the lifecycle whose stages it starts from. Answers
    are those of ``decide``. Refusals per item: NOT_FOUND, WRONG_STAGE, ALREADY_DECIDED, DISPUTE_CLOSED, NO_BUDGET,
    BUDGET_USED_UP, DECISION_NOT_OFFERED, AMOUNT_EXCEEDS_REMAINING, CONFLICT.
    """
    rows = {row[0]: row[1:] for row in fetch(sql.load("disputes.lock_waiting"), {"ids": list(ids)})}
    budgets = {
        program.pk: budget_of(program.settings)
        for program in Program.objects.filter(pk__in={program_id for _, _, program_id, *_ in rows.values()})
    }
    waiting: dict[int, dict[int, Candidate]] = {}
    for dispute_id, (_, stage, program_id, customer_id, currency, micros) in rows.items():
        if stage in stages_for(step):
            budget = budgets[program_id]
            causes = () if budget is None else (Cause(cause, f"Accepted by the system: {cause}.", budget),)
            one = Candidate(dispute_id, customer_id, currency, micros, causes)
            waiting.setdefault(program_id, {})[dispute_id] = one
    answers: dict[int, Answer] = {}
    first: dict[int, int] = {}
    for ordinal, dispute_id in enumerate(ids):
        first.setdefault(dispute_id, ordinal)
    for program_id, candidates in sorted(waiting.items()):
        inside = grant(program_id, [candidates[pk] for pk in first if pk in candidates])
        budget = budgets[program_id]
        outside = errors.NoBudget() if budget is None else errors.BudgetUsedUp(period=budget.period)
        for pk in candidates:
            said = inside[pk].answer if pk in inside else Answer.refused(0, outside, id=pk)
            answers[first[pk]] = replace(said, ordinal=first[pk])
    for ordinal, dispute_id in enumerate(ids):
        if ordinal not in answers:
            answers[ordinal] = _not_waiting(ordinal, dispute_id, rows.get(dispute_id))
    return in_order(answers)


def _not_waiting(ordinal: int, dispute_id: int, row: tuple[Any, ...] | None) -> Answer:
    if row is None:
        return Answer.refused(ordinal, NotFound(), id=dispute_id)
    label, stage = row[:2]
    # One that was still waiting when the batch began stands here a second time.
    return Answer.refused(ordinal, wrong_stage(label, Stage.DECIDED if stage in _WAITED else stage), id=dispute_id)


_WAITED = stages_for(Step.AUTO_ACCEPT)


def budget_of(settings: Mapping[str, Any]) -> Budget | None:
    """The budget of grants that no rule of a policy speaks for; None without a count or an amount that ends it."""
    said = settings.get("auto_budget") or {}
    budget = Budget(**{f.name: said[f.name] for f in fields(Budget) if f.name in said})
    return None if budget.count is None and budget.micros is None else budget


@dataclass(frozen=True)
class Granted:
    """What became of a candidate that its budget allowed."""

    cause: Cause
    answer: Answer


def grant(program_id: int, candidates: Sequence[Candidate]) -> dict[int, Granted]:
    """Accept the candidates that fit their budgets, each under the first of its causes that has something left.

    By dispute; one that no budget allows is left out. Insists on an open transaction, which ends the locks on the
    budgets: whoever grants at the same moment waits, and reads what this one used.
    """
    if not candidates:
        return {}
    at = moment(program_id)
    counters = {
        (candidate.dispute_id, cause.code): _counter(candidate, cause, cause.budget.start(at.now, at.program_zone))
        for candidate in candidates
        for cause in candidate.causes
    }
    used = _locked(program_id, sorted(set(counters.values()), key=str))
    chosen: dict[int, Cause] = {}
    for candidate in candidates:
        for cause in candidate.causes:
            use = used[counters[candidate.dispute_id, cause.code]]
            if _fits(use, candidate.micros, cause.budget):
                use.count, use.micros = use.count + 1, use.micros + candidate.micros
                chosen[candidate.dispute_id] = cause
                break
    items = [DecisionItem(pk, DecisionKind.ACCEPT, note=cause.note) for pk, cause in chosen.items()]
    decided = {answer.id: answer for answer in decide(SYSTEM, items=items, door=Door.SYSTEM)}
    uses: dict[Counter, Use] = {}
    for candidate in candidates:
        pk = candidate.dispute_id
        if pk in chosen and decided[pk].ok:
            budget = chosen[pk].budget
            key = counters[pk, chosen[pk].code]
            use = uses.setdefault(key, Use(most=budget.count, most_micros=budget.micros))
            use.count, use.micros = use.count + 1, use.micros + candidate.micros
    count_usage(program_id, uses)
    return {pk: Granted(cause, decided[pk]) for pk, cause in chosen.items()}


def _counter(candidate: Candidate, cause: Cause, start: Any) -> Counter:
    budget = cause.budget
    if budget.per == "customer":
        return candidate.customer_id, budget.key(cause.code), start
    # Amounts of different currencies are never added.
    key = budget.key(cause.code)
    return None, key if budget.micros is None else f"{key}:{candidate.currency}", start


def _fits(use: Use, micros: int, budget: Budget) -> bool:
    return (budget.count is None or use.count < budget.count) and (
        budget.micros is None or use.micros + micros <= budget.micros
    )


def _locked(program_id: int, counters: Sequence[Counter]) -> dict[Counter, Use]:
    rows = fetch(
        sql.load("disputes.lock_budgets"),
        {
            "program_id": program_id,
            "customer_ids": [customer for customer, _, _ in counters],
            "keys": [key for _, key, _ in counters],
            "period_starts": [start for _, _, start in counters],
        },
    )
    return {(customer, key, start): Use(used, micros) for customer, key, start, used, micros in rows}
