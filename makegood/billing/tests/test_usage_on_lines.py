"""Usage that only a bill names: lines with a moment of their own are usage, a sum of the period is not."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from makegood.billing.selectors.usage import used_by_service
from makegood.billing.states import Subkind
from makegood.billing.tests.bills import Billing
from tests.world import World

pytestmark = pytest.mark.django_db


def test_lines_named_one_by_one_are_usage_and_a_sum_is_not(world: World) -> None:
    billing = Billing(world)
    bill = billing.bill(9)
    at = datetime(2026, 9, 14, 12, tzinfo=UTC)
    billing.line(bill, "Mobile data", 1_200, Subkind.DATA, unit="GB", quantity=Decimal("4.5"), occurred_at=at)
    billing.line(bill, "Mobile data", 900, Subkind.DATA, unit="GB", quantity=Decimal(3))
    billing.line(bill, "Fiber 300", 5_900, occurred_at=at)
    since, until = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    found = used_by_service(world.person("csr"), world.customer.pk, since, until)
    assert [(one.subkind, one.used.count, one.used.quantity) for one in found] == [(Subkind.DATA, 1, Decimal("4.5"))]
