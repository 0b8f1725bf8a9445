"""What the database forbids of saved views."""

from __future__ import annotations

from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.models import SavedView
from makegood.parties.operations import save_view
from tests.refusals import refused_by


def test_same_name_twice(buyer: Principal) -> None:
    save_view(buyer, page="calls", name="Short calls", query="")
    with refused_by("saved_view_once"):
        SavedView.objects.create(user_id=buyer.id, page="calls", name="Short calls", created_at=clock.now())


def test_no_name(buyer: Principal) -> None:
    with refused_by("saved_view_has_a_name"):
        SavedView.objects.create(user_id=buyer.id, page="calls", name="", created_at=clock.now())


def test_two_defaults(buyer: Principal) -> None:
    save_view(buyer, page="calls", name="Short calls", query="", is_default=True)
    with refused_by("saved_view_one_default"):
        SavedView.objects.create(user_id=buyer.id, page="calls", name="Second", is_default=True, created_at=clock.now())
