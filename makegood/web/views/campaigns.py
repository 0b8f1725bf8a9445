"""Campaigns with what they promise, and categories."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from makegood.billing import operations
from makegood.billing.operations.catalogs import campaign_fields as fields_of_campaign
from makegood.billing.selectors import catalogs as selector
from makegood.disputes.selectors.catalogs import last_change, program_seen
from makegood.kernel.errors import Refusal
from makegood.parties.states import Verb
from makegood.web.fields import Field, filled, read
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.putting_back import put_back
from makegood.web.views.catalogs import frame
from makegood.web.word_fields import CODE, LABELS, NUMBER, campaign_fields, changes_said

_NAME = Field("name", "Name", most=200, needed=True)


@page(Verb.PROGRAM_VIEW)
def campaigns(request: PageRequest, key: str) -> HttpResponse:
    """The campaigns of a program, each with its conditions."""
    program = program_seen(request.principal, key)
    context = {**frame(request, program, "campaigns"), "rows": selector.campaigns_of(program)}
    return respond(request, "web/catalogs/campaigns.html", context)


@page(Verb.PROGRAM_VIEW)
def categories(request: PageRequest, key: str) -> HttpResponse:
    """Every category; reached from a program's catalog, and the same in all."""
    program = program_seen(request.principal, key)
    context = {**frame(request, program, "categories"), "rows": selector.categories()}
    return respond(request, "web/catalogs/categories.html", context)


@page(Verb.PROGRAM_EDIT)
def campaign_new(request: PageRequest, key: str) -> HttpResponse:
    """The form of a new campaign."""
    program = program_seen(request.principal, key)
    fields, back = (NUMBER, *campaign_fields(selector.categories())), reverse("campaigns", args=[key])
    frame_ = _Frame("New campaign", back, f"{program.name}: campaigns", send="Add the campaign")
    if request.method != "POST":
        return frame_.form(request, fields)
    typed = read(fields, request.POST)
    try:
        made = operations.add_campaign(
            request.principal, program_key=key, number=typed["code"], changes=_typed(typed, but="code")
        )
    except Refusal as refused:
        return frame_.form(request, filled(fields, typed, refused), refused)
    say(request, f'"{made.name}" is added.', "is-ok")
    return go(back)


@page(Verb.PROGRAM_EDIT)
def campaign(request: PageRequest, key: str, number: str) -> HttpResponse:
    """One campaign: name, category, and a form per condition."""
    program = program_seen(request.principal, key)
    row = selector.campaign_named(program, number)
    fields, back = campaign_fields(selector.categories()), reverse("campaigns", args=[key])
    frame_ = _Frame(
        row.name,
        back,
        f"{program.name}: campaigns",
        code=row.number,
        put_back=reverse("campaign_back", args=[key, number]),
        object=("campaign", row.pk),
    )
    if request.method != "POST":
        values = fields_of_campaign(row)
        shown = {name: "" if value == 0 else value for name, value in values.items()}
        return frame_.form(request, filled(fields, {**shown, "service_area": ", ".join(values["service_area"])}))
    typed = read(fields, request.POST)
    try:
        row = operations.change_campaign(request.principal, program_key=key, number=number, changes=_typed(typed))
    except Refusal as refused:
        return frame_.form(request, filled(fields, typed, refused), refused)
    say(request, f'"{row.name}" is saved.', "is-ok")
    return go(back)


@require_POST
@page(Verb.PROGRAM_EDIT)
def campaign_back(request: PageRequest, key: str, number: str) -> HttpResponse:
    """Undo the latest change of a campaign."""
    said = "It is again what it was before the last change."
    run = partial(operations.put_campaign_back, request.principal, program_key=key, number=number)
    return put_back(request, run, said, reverse("campaign", args=[key, number]))


@page(Verb.PROGRAM_EDIT)
def category_new(request: PageRequest, key: str) -> HttpResponse:
    """The form of a new category."""
    back = reverse("categories", args=[program_seen(request.principal, key).key])
    fields = (CODE, _NAME)
    frame_ = _Frame("New category", back, "Categories", send="Add the category")
    if request.method != "POST":
        return frame_.form(request, fields)
    typed = read(fields, request.POST)
    try:
        made = operations.add_category(request.principal, code=typed["code"], name=typed["name"])
    except Refusal as refused:
        return frame_.form(request, filled(fields, typed, refused), refused)
    say(request, f'"{made.name}" is added.', "is-ok")
    return go(back)


@page(Verb.PROGRAM_EDIT)
def category(request: PageRequest, key: str, code: str) -> HttpResponse:
    """One category: its name."""
    back = reverse("categories", args=[program_seen(request.principal, key).key])
    row = selector.category_named(code)
    frame_ = _Frame(
        row.name,
        back,
        "Categories",
        code=row.code,
        put_back=reverse("category_back", args=[key, code]),
        object=("category", row.pk),
    )
    if request.method != "POST":
        return frame_.form(request, filled((_NAME,), {"name": row.name}))
    typed = read((_NAME,), request.POST)
    try:
        row = operations.change_category(request.principal, code=code, name=typed["name"])
    except Refusal as refused:
        return frame_.form(request, filled((_NAME,), typed, refused), refused)
    say(request, f'"{row.name}" is saved.', "is-ok")
    return go(back)


@require_POST
@page(Verb.PROGRAM_EDIT)
def category_back(request: PageRequest, key: str, code: str) -> HttpResponse:
    """The name a category had before."""
    run = partial(operations.put_category_back, request.principal, code=code)
    return put_back(request, run, "It has the name it had before.", reverse("category", args=[key, code]))


class _Frame:
    """What stands around a form."""

    def __init__(
        self,
        title: str,
        back: str,
        crumb: str,
        *,
        code: str = "",
        send: str = "",
        put_back: str = "",
        object: tuple[str, int] | None = None,
    ) -> None:
        self.context = {"title": title, "cancel": back, "crumbs": [(back, crumb)], "code": code, "send": send}
        self.put_back, self.object = put_back, object

    def form(self, request: PageRequest, fields: tuple[Field, ...], refused: Refusal | None = None) -> HttpResponse:
        """The page of the form, with what changed last."""
        last = last_change(*self.object) if self.object else None
        context = {
            **self.context,
            "fields": fields,
            "refused": refused,
            "wrong": next((field for field in fields if field.error), None),
            "last": last,
            "last_fields": changes_said(last.fields, LABELS) if last else [],
            "back": self.put_back,
        }
        return respond(request, "web/catalogs/form.html", context, status=refused.status if refused else 200)


def _typed(typed: Mapping[str, Any], but: str = "") -> dict[str, Any]:
    found = {name: value for name, value in typed.items() if name != but}
    found["service_area"] = [part.strip() for part in str(found["service_area"]).replace("\n", ",").split(",")]
    return found
