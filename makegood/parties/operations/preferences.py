"""Verbs of a person's own preferences: how pages are shown, and which key does what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from makegood.journal import operations as journal
from makegood.parties.entries import Principal
from makegood.parties.errors import BadKey, BadPreference, NotFound, TooManyKeys
from makegood.parties.models import User
from makegood.parties.operations.directory import zone_named
from makegood.parties.states import Density, ZoneFrom

MOST_KEYS = 100
MOST_COLUMNS = 40
LONGEST_NAME = 40
_NAMED = "Space|Arrow(?:Left|Right|Up|Down)|Page(?:Up|Down)|Home|End|Insert|Delete|F(?:[1-9]|1[0-2])"
_KEY = re.compile(rf"(?:g )?[^\sA-Z]|Shift\+[A-Z]|(?:Shift\+)?(?:{_NAMED})")
_RESERVED = re.compile(r"(?:g )?[0-9]|g|g g")


@transaction.atomic
def set_display(principal: Principal, *, density: str, zone_from: str, zone: str = "") -> None:
    """Choose the height of rows and the time zone of one's pages; ``zone`` is read where the zone is one's own.

    Errors: BAD_PREFERENCE, UNKNOWN_ZONE, NOT_FOUND without a person.
    """
    if density not in list(Density):
        raise BadPreference(value=density, choices=", ".join(Density))
    if zone_from not in list(ZoneFrom):
        raise BadPreference(value=zone_from, choices=", ".join(ZoneFrom))
    user = _person(principal)
    before = {"zone": user.zone.name if user.zone else None}
    if zone_from == ZoneFrom.OWN:
        user.zone = zone_named(zone)
    after = {"zone": user.zone.name if user.zone else None}
    _keep(principal, user, {"density": density, "zone_from": zone_from}, before, after)


@transaction.atomic
def set_keys(principal: Principal, *, single_keys: bool, keys: Mapping[str, str]) -> None:
    """Choose which key does what, by the names of actions; an empty key switches one off. What is not named has its
    default.

    A key is one character (``d``), ``Shift+D``, ``g d`` (one after the other), or a named key (``Space``,
    ``Shift+ArrowLeft``). Digits and ``g`` alone stay what they are. Errors: BAD_KEY, TOO_MANY_KEYS, NOT_FOUND without
    a person.
    """
    if len(keys) > MOST_KEYS or any(len(name) > LONGEST_NAME for name in keys):
        raise TooManyKeys(limit=MOST_KEYS)
    for key in keys.values():
        if key and (not _KEY.fullmatch(key) or _RESERVED.fullmatch(key)):
            raise BadKey(key=key)
    user = _person(principal)
    _keep(principal, user, {"single_keys": single_keys, "keys": dict(keys)}, {}, {})


@transaction.atomic
def set_columns(principal: Principal, *, page: str, columns: Sequence[str]) -> None:
    """Choose the columns that a list shows; none at all brings its own ones back.

    Errors: BAD_PREFERENCE, NOT_FOUND without a person.
    """
    if len(page) > LONGEST_NAME or len(columns) > MOST_COLUMNS or any(len(name) > LONGEST_NAME for name in columns):
        raise BadPreference(value=page[:LONGEST_NAME], choices=f"a list with at most {MOST_COLUMNS} columns")
    user = _person(principal)
    kept = user.preferences.get("columns")
    others = {name: chosen for name, chosen in kept.items() if name != page} if isinstance(kept, dict) else {}
    _keep(principal, user, {"columns": others | ({page: list(columns)} if columns else {})}, {}, {})


@transaction.atomic
def set_tour(principal: Principal, *, place: str) -> None:
    """Keep how far somebody's tour has come: the number of a stop from 0, or ``ended``.

    Errors: BAD_PREFERENCE, NOT_FOUND without a person.
    """
    if place != "ended" and not (place.isdecimal() and len(place) <= 2):
        raise BadPreference(value=place[:LONGEST_NAME], choices="the number of a stop, or ended")
    _keep(principal, _person(principal), {"tour": place}, {}, {})


def _person(principal: Principal) -> User:
    user = User.objects.select_for_update(of=("self",)).select_related("zone").filter(pk=principal.id or 0).first()
    if user is None:
        raise NotFound()
    return user


def _keep(
    principal: Principal, user: User, chosen: Mapping[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> None:
    """Write what was chosen and say so in the journal, unless it is what stood there."""
    was = {**before, **{name: user.preferences.get(name) for name in chosen}}
    now = {**after, **chosen}
    if was == now:
        return
    user.preferences = {**user.preferences, **chosen}
    user.save(update_fields=["preferences", "zone"])
    journal.record(
        principal,
        verb="prefer",
        event="user.preferred",
        object_kind="user",
        object_id=user.pk,
        changes={"before": was, "after": now},
    )
