"""Clients that others wrote read our OData: two for Python, two for JavaScript."""

from __future__ import annotations

import json
import os
import subprocess
from decimal import Decimal
from pathlib import Path
from shutil import which
from typing import Any

import pytest
import requests
from odata import ODataService
from pyodata.v2 import model

from makegood.api.odata.metadata import csdl
from makegood.api.odata.sets import SETS
from makegood.api.tests.odata.scene import ALIAS, Scene, build_scene
from makegood.parties.entries import Principal
from tests.live import LiveService
from tests.world import World

SCRIPT = Path(__file__).with_name("read_odata.cjs")


@pytest.fixture
def told(
    live: LiveService, world: World, buyer: Principal, other_buyer: Principal, manager: Principal
) -> dict[str, str]:
    """A bill with a feature and three usage records is served; where, and with which token."""
    scene: Scene = build_scene(world, buyer, other_buyer, manager)
    scene.feature(billed_micros=4_950_000)
    for number in range(3):
        scene.usage(number=number)
    client = live.client(manager)
    return {"SERVICE": f"{live.url}/odata/", "TOKEN": client.secret, "CUSTOMER": str(world.customer.pk), "ALIAS": ALIAS}


def test_javascript_clients(told: dict[str, str]) -> None:
    node = which("node")
    assert node
    run = subprocess.run([node, str(SCRIPT)], env={**os.environ, **told}, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    found: dict[str, Any] = json.loads(run.stdout)
    for client in found.values():
        assert [row["FeatureID"] for row in client["features"]] == [103_254]
        assert [row["UsageRecordID"] for row in client["usage"]] == [465_320, 465_321]
        assert (client["bill"]["InvoiceNumber"], client["bill"]["UsageAlias"]) == (1_984_950, ALIAS)
    assert found["client"]["count"] == 3


def test_python_odata_reflects_and_asks(told: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    session = requests.Session()
    session.headers.update(
        {"Authorization": f"Bearer {told['TOKEN']}", "CustomerID": told["CUSTOMER"], "UsageAlias": ALIAS}
    )
    with session:
        service = ODataService(told["SERVICE"], session=session, reflect_entities=True, quiet_progress=True)
        assert set(service.entities) == set(SETS)
        feature = service.entities["InvoiceFeature"]
        query = service.query(feature).filter((feature.CustomerID == int(told["CUSTOMER"])) & (feature.Amount > 4.9))
        assert [(row.FeatureID, Decimal(str(row.Amount))) for row in query] == [(103_254, Decimal("4.95"))]
        monkeypatch.setattr("makegood.api.odata.query.PAGE", 2)
        usage = service.entities["UsageDetail"]
        rows = list(service.query(usage).order_by(usage.UsageRecordID.asc()))
        assert [row.UsageRecordID for row in rows] == [465_320, 465_321, 465_322]
        assert service.query(service.entities["Invoice"]).get(1_984_950).UsageAlias == ALIAS


def test_pyodata_reads_the_metadata() -> None:
    # It knows the types of OData 2 and lets its users add others.
    model.Types.register_type(model.Typ("Edm.Date", "0001-01-01"))
    schema = model.schema_from_xml(csdl())
    for name, one in SETS.items():
        kind = schema.entity_set(name).entity_type
        assert [key.name for key in kind.key_proprties] == [row.name for row in one.described if row.name in one.key]
        assert {row.name for row in kind.proprties()} == {row.name for row in one.described}
