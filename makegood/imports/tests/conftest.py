"""What tests of imports share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps

from makegood.billing.models import Charge
from makegood.imports.tests.bills import BillImporter, bill_importer
from makegood.imports.tests.logs import Importer, importer
from tests.world import World


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where a test writes its log."""
    return tmp_path / "calls.csv"


@pytest.fixture
def load(world: World) -> Importer:
    """Imports a file into the test's program."""
    return importer(world.program.key)


@pytest.fixture
def load_bills(world: World) -> BillImporter:
    """Imports a file of bills into the test's program."""
    return bill_importer(world.program.key)


@pytest.fixture
def make_balance(world: World) -> Callable[..., None]:
    """Opens the balance row that a dispute on a charge stands on; ``facts`` say what moved."""

    def make(charge: Charge, **facts: int) -> None:
        apps.get_model("ledger", "ChargeBalance").objects.create(
            charge_id=charge.pk,
            currency=charge.currency,
            billed_micros=charge.billed_micros,
            payout_micros=charge.payout_micros,
            payout_currency=charge.payout_currency,
            **facts,
        )

    return make
