"""A notice opened as a list: exactly its items."""

from __future__ import annotations

from makegood.notifications.selectors import Items, items_of
from makegood.web.middleware import PageRequest


def notice_of(request: PageRequest) -> Items | None:
    """The items of the notice that the address names. Raises NotFound for one that is not the viewer's."""
    wanted = request.GET.get("notice", "")
    return items_of(request.principal, digest_id=int(wanted)) if wanted.isdecimal() else None
