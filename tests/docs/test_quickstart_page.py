"""The quick start does what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from makegood.billing.states import ChargeKind, Subkind
from makegood.disputes.models import Resolution
from tests.api.seeded import build_accounts
from tests.docs.quickstart import check_quickstart
from tests.live import served_here
from tests.world import World


@pytest.mark.slow
def test_the_quick_start(committed_world: World) -> None:
    accounts = build_accounts(committed_world)
    mine = accounts.mine
    replace(committed_world, program=accounts.program).charge(
        customer=mine.customer,
        invoice=mine.invoice,
        invoice_number=mine.invoice.number,
        vendor=None,
        payout_micros=0,
        billed_micros=9_990_000,
        kind=ChargeKind.INVOICE_FEATURE,
        subkind=Subkind.RECURRING,
        usage_id=None,
        feature_id=10986,
    )
    resolution = Resolution.objects.get(program=accounts.program, code="APPROVED").pk
    with served_here() as service:
        token = service.client(accounts.biller).secret
        check_quickstart(f"{service.url}/api/customer/{mine.customer.pk}/dispute", token, resolution)
