"""Verbs of saved views: a filter of a page that a person gave a name. Everybody sees and changes only their own."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from makegood.kernel import clock
from makegood.parties.entries import Principal
from makegood.parties.errors import BadViewName, NotFound, TooManyViews, ViewNameTaken, ViewTooLong
from makegood.parties.models import SavedView

LONGEST_VIEW_NAME, LONGEST_QUERY, MOST_VIEWS = 60, 1_000, 30


@transaction.atomic
def save_view(principal: Principal, *, page: str, name: str, query: str, is_default: bool = False) -> SavedView:
    """Keep the query string of a page's address under a name; ``is_default`` makes it what opens first.

    Errors: BAD_VIEW_NAME, VIEW_NAME_TAKEN, VIEW_TOO_LONG, TOO_MANY_VIEWS, NOT_FOUND without a person.
    """
    if principal.id is None:
        raise NotFound()
    if len(query) > LONGEST_QUERY:
        raise ViewTooLong(limit=LONGEST_QUERY)
    named = _name(name)
    if SavedView.objects.filter(user=principal.id, page=page).count() >= MOST_VIEWS:
        raise TooManyViews(limit=MOST_VIEWS)
    view = SavedView(user_id=principal.id, page=page, name=named, query=query, created_at=clock.now())
    _write(view)
    if is_default:
        set_default_view(principal, view_id=view.pk)
    return view


@transaction.atomic
def rename_view(principal: Principal, *, view_id: int, name: str) -> SavedView:
    """Give one's view another name. Errors: NOT_FOUND, BAD_VIEW_NAME, VIEW_NAME_TAKEN."""
    view = _own(principal, view_id)
    view.name = _name(name)
    _write(view)
    return view


@transaction.atomic
def delete_view(principal: Principal, *, view_id: int) -> SavedView:
    """Forget one's view; the one that was forgotten. Errors: NOT_FOUND."""
    view = _own(principal, view_id)
    SavedView.objects.filter(pk=view.pk).delete()
    return view


@transaction.atomic
def set_default_view(principal: Principal, *, view_id: int, is_default: bool = True) -> SavedView:
    """Let a page open with one's view, or no longer; another default of the page ends. Errors: NOT_FOUND."""
    view = _own(principal, view_id)
    SavedView.objects.filter(user=view.user_id, page=view.page, is_default=True).update(is_default=False)
    view.is_default = is_default
    view.save(update_fields=["is_default"])
    return view


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not 0 < len(name) <= LONGEST_VIEW_NAME:
        raise BadViewName(limit=LONGEST_VIEW_NAME)
    return name


def _own(principal: Principal, view_id: int) -> SavedView:
    view = SavedView.objects.select_for_update().filter(pk=view_id, user=principal.id or 0).first()
    if view is None:
        raise NotFound()
    return view


def _write(view: SavedView) -> None:
    """Write it; the database tells of a name that exists already."""
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ViewNameTaken(name=view.name) from error
