"""Saved views: one's own, named once, one default per page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.entries import SYSTEM, Principal
from makegood.parties.errors import BadViewName, NotFound, TooManyViews, ViewNameTaken, ViewTooLong
from makegood.parties.models import SavedView
from makegood.parties.operations import delete_view, rename_view, save_view, set_default_view
from makegood.parties.operations.saved_views import LONGEST_QUERY, LONGEST_VIEW_NAME, MOST_VIEWS
from makegood.parties.selectors import saved_views
from tests.refusals import unchanged
from tests.world import World


def save(principal: Principal, name: str = "Short calls", query: str = "max=20", **more: bool) -> SavedView:
    return save_view(principal, page="calls", name=name, query=query, **more)


def test_views_are_ones_own_and_in_order(buyer: Principal, manager: Principal) -> None:
    save(buyer, "Zebra")
    save(buyer, "  Late   answers ", "range=4d", is_default=True)
    save(manager)
    assert [(v.name, v.query, v.is_default) for v in saved_views(buyer, "calls")] == [
        ("Late answers", "range=4d", True),
        ("Zebra", "max=20", False),
    ]
    assert saved_views(buyer, "disputes") == []


def test_another_default_ends_the_first(buyer: Principal) -> None:
    first, second = save(buyer, "One", is_default=True), save(buyer, "Two", is_default=True)
    assert [v.is_default for v in saved_views(buyer, "calls")] == [False, True]
    set_default_view(buyer, view_id=first.pk)
    assert [v.is_default for v in saved_views(buyer, "calls")] == [True, False]
    set_default_view(buyer, view_id=first.pk, is_default=False)
    delete_view(buyer, view_id=second.pk)
    assert [(v.name, v.is_default) for v in saved_views(buyer, "calls")] == [("One", False)]


@pytest.mark.parametrize(
    ("name", "query", "error", "sentence"),
    [
        (" \t ", "", BadViewName, "A saved view needs a name of 1 to 60 characters."),
        ("x" * (LONGEST_VIEW_NAME + 1), "", BadViewName, "A saved view needs a name of 1 to 60 characters."),
        ("Taken", "", ViewNameTaken, 'You have a saved view called "Taken" already.'),
        (
            "Long", "q=" + "x" * LONGEST_QUERY, ViewTooLong,
            "This filter is too long to be saved; it has more than 1000 characters.",
        ),
    ],
)  # fmt: skip
def test_views_that_cannot_be_saved(
    buyer: Principal, name: str, query: str, error: type[Refusal], sentence: str
) -> None:
    save(buyer, "Taken")
    with unchanged(), pytest.raises(error) as caught:
        save(buyer, name, query)
    assert caught.value.message == sentence


def test_a_name_is_taken_in_renaming_too(buyer: Principal) -> None:
    save(buyer, "Taken")
    other = save(buyer, "Other")
    with unchanged(), pytest.raises(ViewNameTaken):
        rename_view(buyer, view_id=other.pk, name="Taken")
    assert rename_view(buyer, view_id=other.pk, name="Third").name == "Third"


def test_a_page_keeps_so_many_views(buyer: Principal) -> None:
    at = clock.now()
    many = [SavedView(user_id=buyer.id, page="calls", name=f"{n}", created_at=at) for n in range(MOST_VIEWS)]
    SavedView.objects.bulk_create(many)
    with unchanged(), pytest.raises(TooManyViews) as caught:
        save(buyer)
    assert caught.value.message == "A page keeps at most 30 saved views. Delete one first."


ON_A_VIEW: dict[str, Callable[..., SavedView]] = {
    "rename": partial(rename_view, name="Mine"),
    "delete": delete_view,
    "default": set_default_view,
}


@pytest.mark.parametrize("verb", ON_A_VIEW)
def test_views_of_others_do_not_exist(verb: str, buyer: Principal, manager: Principal) -> None:
    theirs = save(manager)
    with unchanged(), pytest.raises(NotFound):
        ON_A_VIEW[verb](buyer, view_id=theirs.pk)


def test_nobody_has_no_views(world: World) -> None:
    with unchanged(), pytest.raises(NotFound):
        save(SYSTEM)
