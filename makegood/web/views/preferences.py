"""How a person wants the pages: rows, time zone, theme, and which key does what."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.urls import reverse

from makegood.kernel.errors import Refusal
from makegood.parties import operations
from makegood.parties.entries import Preferences
from makegood.parties.states import Density, ZoneFrom
from makegood.web import keymap, nav
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.zones import ZONES

DENSITIES = (
    (Density.COMPACT, "Compact", "More rows on the screen."),
    (Density.COMFORTABLE, "Comfortable", "Taller rows, larger targets."),
)


@page()
def display(request: PageRequest) -> HttpResponse:
    """Theme, height of rows and time zone."""
    kept = Preferences.of(request.user.preferences)
    typed = {
        "density": kept.density.value,
        "zone_from": kept.zone_from.value if request.user.zone else ZoneFrom.BROWSER.value,
        "zone": request.user.zone.name if request.user.zone else request.zone,
    }
    if request.method != "POST":
        return _display(request, typed)
    typed = {name: request.POST.get(name, "").strip() for name in typed}
    try:
        operations.set_display(request.principal, **typed)
    except Refusal as error:
        return _display(request, typed, error)
    say(request, "Saved.", "is-ok")
    return go(reverse("display"))


def _display(request: PageRequest, typed: Mapping[str, str], refused: Refusal | None = None) -> HttpResponse:
    context = {
        "tab": "display",
        "typed": typed,
        "refused": refused,
        "densities": DENSITIES,
        "zones": ZONES,
        "browser_zone": request.COOKIES.get("mg_zone", ""),
    }
    return respond(request, "web/preferences/display.html", context, status=refused.status if refused else 200)


@page()
def keyboard(request: PageRequest) -> HttpResponse:
    """Which key does what. A key that another action has is refused beside the field."""
    groups = keymap.groups_of(request.principal)
    kept = Preferences.of(request.user.preferences)
    if request.method != "POST":
        return _keyboard(request, _offered(request, keymap.keymap(kept, groups)), single=kept.single_keys)
    if "reset" in request.POST:
        operations.set_keys(request.principal, single_keys=True, keys={})
        say(request, "Every key is what it was.", "is-ok")
        return go(reverse("keyboard"))
    keys = _offered(request, keymap.typed(request.POST.dict(), groups))
    single = request.POST.get("single_keys") == "on"
    wrong, refused = keymap.conflicts(keys), None
    if not wrong:
        try:
            operations.set_keys(request.principal, single_keys=single, keys=keymap.changes(keys))
        except Refusal as error:
            refused = error
            wrong = {key.action.name: error.message for key in keys if key.now == error.fields.get("key")}
    if wrong or refused:
        return _keyboard(request, keys, single=single, wrong=wrong, refused=refused)
    say(request, "Saved. The keys hold from this page on.", "is-ok")
    return go(reverse("keyboard"))


def _offered(request: PageRequest, keys: tuple[keymap.Key, ...]) -> tuple[keymap.Key, ...]:
    """Without the keys that lead to pages the person does not have."""
    leads = {entry.action for group in nav.groups(request, nav.Counts()) for entry in group.entries}
    return tuple(key for key in keys if not key.action.name.startswith("go.") or key.action.name in leads)


def _keyboard(
    request: PageRequest,
    keys: tuple[keymap.Key, ...],
    *,
    single: bool,
    wrong: Mapping[str, str] | None = None,
    refused: Refusal | None = None,
) -> HttpResponse:
    lines = [(key, (wrong or {}).get(key.action.name, "")) for key in keys]
    groups = list(dict.fromkeys(key.action.group for key in keys))
    context = {
        "tab": "keyboard",
        "groups": [(group.value, [(key, why) for key, why in lines if key.action.group is group]) for group in groups],
        "single": single,
        "wrong": [(key, why) for key, why in lines if why],
        "refused": refused,
    }
    return respond(request, "web/preferences/keyboard.html", context, status=422 if wrong or refused else 200)
