"""The bar that undoes a decision: what was decided is remembered in the session until its window ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest

from makegood.kernel import clock

KEY = "undo"
SALT = "makegood.web.undo"
DAY = 86_400


@dataclass(frozen=True)
class Undo:
    """What the bar says, for how many more seconds, and what its button posts."""

    sentence: str
    seconds: int
    token: str
    back: str


def remember(request: HttpRequest, *, dispute_ids: Sequence[int], until: datetime, sentence: str, back: str) -> None:
    """Offer to undo these decisions on whatever page comes next, until the window ends."""
    request.session[KEY] = {
        "token": signing.dumps(list(dispute_ids), salt=SALT, compress=True),
        "until": until.isoformat(),
        "sentence": sentence,
        "back": back,
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
    return Undo(kept["sentence"], int(left.total_seconds()) + 1, kept["token"], kept["back"])


def dispute_ids(token: str) -> list[int]:
    """The disputes a button stands for; none for a token that is not ours."""
    try:
        return [int(number) for number in signing.loads(token, salt=SALT, max_age=DAY)]
    except signing.BadSignature:
        return []
