"""A notice opened as a list: exactly its items."""

from __future__ import annotations

from makegood.notifications.selectors import Items, items_of
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id


def notice_of(request: PageRequest) -> Items | None:
    """The items of the notice that the address names. Raises NotFound for one that is not the viewer's."""
    wanted = row_id(request.GET.get("notice", ""))
    return None if wanted is None else items_of(request.principal, digest_id=wanted)
