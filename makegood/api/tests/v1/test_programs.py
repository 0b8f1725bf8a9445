"""Programs of the native service: the codes that calls name, as far as the caller uses them."""

from __future__ import annotations

import pytest

from makegood.disputes import operations
from makegood.disputes.models import Reason
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.states import Dimension
from tests.api_client import ClientMaker
from tests.world import World

pytestmark = pytest.mark.django_db
PATH = "/api/v1/programs"


def test_each_is_told_the_codes_it_uses(
    world: World, buyer: Principal, manager: Principal, vendor: Principal, api_client: ClientMaker
) -> None:
    key = world.program.key
    (seen,) = api_client(buyer).get(PATH).json["items"]
    assert (seen["key"], seen["name"], seen["policy"], seen["currency"]) == (key, "Calls", f"pol_{key}", "USD")
    assert (seen["kinds"], seen["findings"]) == (["call"], None)
    codes = [reason["code"] for reason in seen["reasons"]]
    assert codes[:3] == ["SPAM", "BOT", "PRANK"]
    assert "NOT_CONNECTED" not in codes
    decides = api_client(manager).get(f"{PATH}/{key}").json
    assert decides["findings"][0]["code"] == "ROBOCALL"
    assert decides["reasons"] == seen["reasons"]
    paid = api_client(vendor).get(f"{PATH}/{key}").json
    assert (paid["reasons"], paid["resolutions"], paid["findings"]) == (None, None, None)


def test_reasons_say_which_categories_they_are_for(world: World, manager: Principal, api_client: ClientMaker) -> None:
    operations.install_preset(SYSTEM, preset_key="lead_credit", key="leads", name="Leads", currency="USD")
    tied = Reason.objects.filter(program__key="leads", is_active=True, categories__isnull=False).distinct()
    body = api_client(manager).get(f"{PATH}/leads").json
    told = {reason["code"]: set(reason["categories"]) for reason in body["reasons"]}
    for reason in tied:
        assert told[reason.code] == set(reason.categories.values_list("code", flat=True))
    assert {code for code, categories in told.items() if categories} == {reason.code for reason in tied}


def test_programs_are_paged_and_narrowed_by_the_token(
    world: World, manager: Principal, api_client: ClientMaker
) -> None:
    other = operations.install_preset(
        SYSTEM, preset_key="telecom_billing", key="a-telecom", name="Telecom", currency="USD"
    )
    client = api_client(manager)
    first = client.get(f"{PATH}?limit=1&count=true").json
    assert ([one["key"] for one in first["items"]], first["count"]) == (["a-telecom"], 2)
    rest = client.get(f"{PATH}?limit=1&count=true&cursor={first['next_cursor']}").json
    assert ([one["key"] for one in rest["items"]], rest["next_cursor"]) == ([world.program.key], None)
    limited = api_client(manager, grants=[(Dimension.PROGRAM, str(other.pk))])
    assert [one["key"] for one in limited.get(PATH).json["items"]] == ["a-telecom"]
    for key in (world.program.key, "nothing"):
        found = limited.get(f"{PATH}/{key}")
        told = f"You do not have access to Program ID {key} or it does not exist."
        assert (found.status, found.code, found.detail) == (404, "NOT_FOUND", told)
    stolen = api_client(manager).get(f"{PATH}?limit=1&cursor={first['next_cursor']}")
    assert (stolen.status, stolen.code) == (400, "BAD_CURSOR")


def test_a_program_is_read_again_only_when_it_changed(world: World, buyer: Principal, api_client: ClientMaker) -> None:
    client = api_client(buyer)
    tag = client.get(f"{PATH}/{world.program.key}").headers["ETag"]
    assert client.get(f"{PATH}/{world.program.key}", headers={"If-None-Match": tag}).status == 304
