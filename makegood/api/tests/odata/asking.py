"""Short ways to ask the sets in tests."""

from __future__ import annotations

from typing import Any

from makegood.api.odata.options import Options
from makegood.api.odata.query import Page, Query
from makegood.api.odata.sets import SETS
from makegood.api.tests.odata.scene import ALIAS, Scene
from makegood.parties.entries import Principal


def context_of(scene: Scene, name: str) -> dict[str, Any]:
    """What a set needs to be asked: for usage the first customer's bill."""
    return {"customer": scene.world.customer.pk, "alias": ALIAS} if SETS[name].of_one_bill else {}


def ask(scene: Scene, name: str, filter: str | None = None, who: Principal | None = None, **options: Any) -> Page:
    """A page of a set, by default the manager's."""
    return Query(SETS[name], who or scene.manager, Options(filter=filter, **options), context_of(scene, name)).page()


def keys(scene: Scene, name: str, filter: str | None = None, who: Principal | None = None, **options: Any) -> list[Any]:
    """The keys of a page in their order."""
    page = ask(scene, name, filter, who, **options)
    one = SETS[name].key[-1]
    return [row[one] for row in page.rows]
