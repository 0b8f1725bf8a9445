"""The bar that undoes a decision: what was decided is remembered in the session until its window ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

from makegood.kernel import clock

KEY = "undo"
SALT = "makegood.web.undo"
DAY = 86_400


@dataclass(frozen=True)
class Undo:
    """What the bar says, for how many more seconds, what its button posts and where (``action``)."""

    sentence: str
    seconds: int
    token: str
    back: str
    action: str


def remember(
    request: HttpRequest,
    *,
    dispute_ids: Sequence[int],
    until: datetime,
    sentence: str,
    back: str,
    plan: str = "",
    action: str = "",
) -> None:
    """Offer to undo these decisions, or those of a bulk plan, on whatever page comes next, until the window ends.

    ``action`` is the address that takes them back, where it is another one; the ids are what that address knows.
    """
    request.session[KEY] = {
        "token": signing.dumps(list(dispute_ids), salt=SALT, compress=True),
        "until": until.isoformat(),
        "sentence": sentence,
        "back": back,
        "plan": plan,
        "action": action,
    }


def forget(request: HttpRequest) -> None:
    """Nothing is left to undo."""
    request.session.pop(KEY, None)


def pending(request: HttpRequest) -> Undo | None:
    """What can still be undone, if anything."""
    kept = request.session.get(KEY)
    if not kept:
        return None
    left = datetime.fromisoformat(kept["until"]) - clock.now()
    if left <= timedelta():
        forget(request)
        return None
    plan = kept.get("plan", "")
    action = kept.get("action") or (reverse("plan_undo", args=[plan]) if plan else reverse("undo"))
    return Undo(kept["sentence"], int(left.total_seconds()) + 1, kept["token"], kept["back"], action)


def dispute_ids(token: str) -> list[int]:
    """The disputes a button stands for; none for a token that is not ours."""
    try:
        return [int(number) for number in signing.loads(token, salt=SALT, max_age=DAY)]
    except signing.BadSignature:
        return []
