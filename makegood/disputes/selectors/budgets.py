"""What the rules that grant without a person have used of their budgets in the period that runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Sum

from makegood.disputes.errors import PolicyMissing
from makegood.disputes.models import UsageCounter
from makegood.disputes.policy import Severity
from makegood.disputes.policy.budget import Budget
from makegood.disputes.selectors.policies import policy_in_force
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.models import Program

PER = "customer"


@dataclass(frozen=True)
class Spent:
    """A rule's budget: how many it may grant in a period and how many it did since ``since``; amounts by currency.

    ``per_customer`` says that each customer has a budget of its own; ``most_used`` is then the largest count of one of
    ``customers``. ``most_micros`` is the limit in money (None: none).
    """

    code: str
    most: int | None
    most_micros: int | None
    period: str
    per_customer: bool
    since: datetime
    used: int
    used_money: tuple[Money, ...]
    customers: int
    most_used: int


def budgets_of(program: Program) -> tuple[Spent, ...]:
    """The budgets of the policy in force, in the order of its rules. The caller has scoped the program."""
    policy = policy_in_force(program.pk, clock.now())
    if isinstance(policy, PolicyMissing):
        return ()
    rules = [rule for rule in policy.rules if rule.severity is Severity.AUTO_ACCEPT and rule.budget is not None]
    return tuple(_spent(program, policy.zone, rule.code, rule.budget) for rule in rules if rule.budget is not None)


def _spent(program: Program, zone: str, code: str, budget: Budget) -> Spent:
    since, key = budget.start(clock.now(), zone), budget.key(code)
    rows = UsageCounter.objects.filter(program=program, period_start=since, key__startswith=key)
    own = {"customer__isnull": budget.per != PER}
    sums = rows.filter(**own).aggregate(n=Sum("used"), most=Max("used"), whose=Count("customer", distinct=True))
    by_currency: dict[str, int] = {}
    field = "customer__currency" if budget.per == PER else "key"
    for named, micros in rows.filter(**own).order_by().values_list(field).annotate(sum=Sum("used_micros")):
        code_of = str(named).rpartition(":")[2] if field == "key" else str(named)
        currency = code_of if len(code_of) == 3 and code_of.isupper() else program.currency or "USD"
        by_currency[currency] = by_currency.get(currency, 0) + micros
    return Spent(
        code=code,
        most=budget.count,
        most_micros=budget.micros,
        period=budget.period,
        per_customer=budget.per == PER,
        since=since,
        used=sums["n"] or 0,
        used_money=tuple(Money(micros, currency) for currency, micros in sorted(by_currency.items()) if micros),
        customers=sums["whose"] or 0,
        most_used=sums["most"] or 0,
    )
