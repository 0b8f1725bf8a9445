"""Rows that know what they point to: the same as Django reads, in one statement a table and level."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from makegood.billing.models import Charge
from makegood.kernel import pointed as module
from makegood.kernel.pointed import Pointed
from makegood.kernel.prepared import Call, Rows, fetch_together
from tests.world import World

pytestmark = pytest.mark.django_db

WHOLE = Pointed(Charge, "customer__zone", "vendor", "program__zone", "campaign", without={Charge: ("raw",)})


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The texts that are sent, level by level."""
    found: list[list[str]] = []

    def noted(*calls: Call) -> list[Rows]:
        found.append([text for text, _ in calls])
        return fetch_together(*calls)

    monkeypatch.setattr(module, "fetch_together", noted)
    return found


def test_each_row_of_a_table_is_read_once_and_is_what_django_reads(world: World, sent: list[list[str]]) -> None:
    for _ in range(3):
        world.charge()
    rows = list(Charge.objects.order_by("pk"))
    WHOLE.fill(rows)
    assert [len(texts) for texts in sent] == [3, 1]
    with CaptureQueriesContext(connection) as asked:
        found = [(row.customer, row.customer.zone, row.vendor, row.program, row.program.zone) for row in rows]
    assert len(asked) == 0
    assert found[0][0] is found[1][0]
    for row, fresh in zip(rows, Charge.objects.order_by("pk"), strict=True):
        for name in ("customer", "vendor", "program"):
            mine, theirs = getattr(row, name), getattr(fresh, name)
            fields = [field.attname for field in type(theirs)._meta.concrete_fields]
            assert [getattr(mine, field) for field in fields] == [getattr(theirs, field) for field in fields]


def test_what_is_known_is_kept_and_nothing_is_sent_for_it(world: World, sent: list[list[str]]) -> None:
    row = world.charge()
    WHOLE.fill([row])
    customer = row.customer
    sent.clear()
    WHOLE.fill([row])
    assert row.customer is customer
    assert [texts for texts in sent if texts] == []
    WHOLE.fill([])


def test_what_points_nowhere_is_known_to(world: World) -> None:
    charge = world.charge(vendor=None, campaign=None)
    (found,) = WHOLE.by_key([charge.pk]).values()
    with CaptureQueriesContext(connection) as asked:
        assert (found.vendor, found.campaign) == (None, None)
    assert len(asked) == 0


def test_rows_by_key_are_those_that_there_are_and_what_was_left_out_is_read_when_asked_for(world: World) -> None:
    charge = world.charge()
    found = WHOLE.by_key([charge.pk, charge.pk + 1])
    assert list(found) == [charge.pk]
    assert found[charge.pk].get_deferred_fields() == {"raw"}
    assert found[charge.pk].raw == Charge.objects.get(pk=charge.pk).raw
    assert found[charge.pk].program.settings == charge.program.settings
    assert WHOLE.by_key([]) == {}
