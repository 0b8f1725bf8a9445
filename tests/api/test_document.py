"""The document is a valid one in both versions, and says what the table of addresses says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from makegood.api.openapi.codes import takes_json
from makegood.api.openapi.document import DESCRIBED, document
from makegood.api.openapi.older import older
from makegood.api.problems import statuses
from makegood.api.routes import ROUTES
from makegood.api.routing import Route
from makegood.api.strict_json import decode, shaped
from tests.api_client import ApiClient

TOLD = [route for route in ROUTES if route.path.startswith(DESCRIBED)]
NEWEST = document(ROUTES)
OLDEST = older(NEWEST)


def operations(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by its id."""
    return {one["operationId"]: one for path in made["paths"].values() for one in path.values()}


def test_both_documents_are_valid() -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(NEWEST).iter_errors()] == []
    assert [str(error) for error in OpenAPIV30SpecValidator(OLDEST).iter_errors()] == []
    assert (NEWEST["openapi"], OLDEST["openapi"]) == ("3.1.0", "3.0.3")


def test_every_route_is_an_operation_with_a_name_of_its_own() -> None:
    assert sorted(operations(NEWEST)) == sorted(route.name for route in TOLD)
    assert len({route.name for route in TOLD}) == len(TOLD)
    assert sorted(operations(OLDEST)) == sorted(operations(NEWEST))


@pytest.mark.parametrize("route", TOLD, ids=lambda route: route.name)
def test_a_route_is_told_whole(route: Route) -> None:
    operation = operations(NEWEST)[route.name]
    assert route.summary
    assert set(operation["x-problem-codes"]) <= set(statuses())
    assert {str(statuses()[code]) for code in operation["x-problem-codes"]} <= set(operation["responses"])
    assert route.answer is not None or route.status in (204, 304) or route.answer_media != "application/json"


WITH_EXAMPLES = [(route, name) for route in TOLD for name in route.examples if takes_json(route)]


@pytest.mark.parametrize(("route", "name"), WITH_EXAMPLES, ids=lambda part: getattr(part, "name", part))
def test_an_example_is_read(route: Route, name: str) -> None:
    """What the document shows goes through the strict reader, and is what the handler is given."""
    sent = json.dumps(route.examples[name]).encode()
    read = shaped(decode(sent), route.body)
    assert type(read) is route.body or read == decode(sent)


@pytest.mark.django_db
def test_it_answers_unchanged_to_who_knows_it() -> None:
    nobody = ApiClient("")
    for path, version in (("/api/openapi.json", "3.1.0"), ("/api/openapi-3.0.json", "3.0.3")):
        first = nobody.get(path)
        assert (first.status, first.json["openapi"]) == (200, version)
        assert nobody.get(path, headers={"If-None-Match": first.headers["ETag"]}).status == 304
