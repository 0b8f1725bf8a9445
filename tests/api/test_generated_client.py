"""A client that a generator makes of the document makes real calls: the document is true, and complete enough."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any

import pytest

from makegood.api.openapi.document import document
from makegood.api.openapi.older import older
from makegood.api.routes import ROUTES
from tests.api.seeded import build_accounts
from tests.live import LiveService
from tests.world import World

pytestmark = pytest.mark.slow

GIVEN = {"3.1": lambda: document(ROUTES), "3.0": lambda: older(document(ROUTES))}
Part = Callable[[str], Any]


@pytest.fixture
def generated(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Part]:
    """``generated("models")``: a part of the client that was made of the document of the wanted version."""
    package = f"made_{request.param.replace('.', '_')}"
    given, config = tmp_path / "openapi.json", tmp_path / "config.yaml"
    given.write_text(json.dumps(GIVEN[request.param]()), encoding="utf-8")
    config.write_text("post_hooks: []\n", encoding="utf-8")
    program = str(Path(sys.executable).with_name("openapi-python-client"))
    places = ["--path", str(given), "--output-path", str(tmp_path / package), "--config", str(config)]
    made = subprocess.run(
        [program, "generate", "--meta", "none", *places], capture_output=True, text=True, timeout=120, check=False
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "Unable to parse" not in made.stdout + made.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    invalidate_caches()
    yield lambda name: import_module(f"{package}.{name}")
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


@pytest.mark.parametrize("generated", list(GIVEN), indirect=True)
def test_it_searches_creates_lists_and_adjusts(committed_world: World, live: LiveService, generated: Part) -> None:
    accounts = build_accounts(committed_world)
    mine = accounts.mine
    token = live.client(accounts.biller).secret
    models, look_ups = generated("models"), generated("api.look_ups.search_customers")
    disputes, working = generated("api.disputes.create_dispute"), generated("api.working_a_dispute")
    with generated("client").AuthenticatedClient(live.url, token) as client:
        found = look_ups.sync(client=client, body=models.CustomerQuery(account_number=mine.customer.number))
        assert [customer.customer_id for customer in found.value] == [mine.customer.pk]
        asked = models.NewDispute(
            invoice_number=mine.invoice.number,
            amount="4.95",
            description="Not what was agreed",
            feature_id=mine.free_features[0],
        )
        made = disputes.sync(mine.customer.pk, client=client, body=asked, idempotency_key="generated")
        again = disputes.sync(mine.customer.pk, client=client, body=asked, idempotency_key="generated")
        assert (made.amount, made.adjustment_amount, made.close_date) == (4.95, None, None)
        assert again == made
        listed = generated("api.disputes.search_disputes").sync(mine.customer.pk, client=client)
        assert made.dispute_id in [row.dispute_id for row in listed.value]
        adjust = generated(f"{working.__name__.partition('.')[2]}.add_dispute_adjustment")
        part = models.NewAdjustment(amount=1.25, description="As the tariff says")
        adjusted = adjust.sync(mine.customer.pk, made.dispute_id, client=client, body=part)
        assert adjusted.adjustment_amount == -1.25
        refused = disputes.sync(mine.customer.pk, client=client, body=asked)
        assert isinstance(refused, models.Problem)
        assert refused.code == "ALREADY_DISPUTED"
