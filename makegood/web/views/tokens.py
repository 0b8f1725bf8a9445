"""Tokens of the web service: who has which, a new one, the end of one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties import operations
from makegood.parties.errors import BadTokenTerms, NotFound
from makegood.parties.operations import MadeToken
from makegood.parties.selectors import TokenRow, limits_named, person_called, programs_visible_to, tokens_called
from makegood.parties.selectors import tokens as all_tokens
from makegood.parties.states import Verb
from makegood.web import developers, scopes
from makegood.web.choices import choices
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id
from makegood.web.pages import go, page, respond, say

USUAL_DAYS = 90
USUAL_PER_MINUTE = 600
FIELDS = {
    "UNKNOWN_PERSON": "acts_for",
    "UNKNOWN_CUSTOMER": "customers",
    "UNKNOWN_LIMIT": "program",
    "BAD_NETWORK": "networks",
    "SCOPE_NOT_HELD": "scopes",
    "PERMISSION_NEEDED": "scopes",
    "UNKNOWN_SCOPE": "scopes",
    "BEYOND_YOUR_LIMITS": "acts_for",
}


@dataclass(frozen=True)
class Row:
    """A token of the list: its row, its permissions in words, a class for its state."""

    token: TokenRow
    may: list[str]

    @property
    def is_active(self) -> bool:
        """Whether it can be revoked."""
        return self.token.revoked_at is None


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    name: str = ""
    acts_for: str = ""
    all_scopes: bool = True
    scopes: list[str] = field(default_factory=list)
    everything: bool = False
    customers: str = ""
    programs: list[str] = field(default_factory=list)
    networks: str = ""
    last_day: str = ""
    per_minute: str = str(USUAL_PER_MINUTE)


@page(Verb.TOKEN_MANAGE)
def tokens(request: PageRequest) -> HttpResponse:
    """Every token: for whom it acts, what it may and sees, when it was last used, until when it works."""
    rows = [Row(token, scopes.said(token.scopes)) for token in all_tokens()]
    return respond(request, "web/admin/tokens.html", {"rows": rows, "tabs": developers.tabs(request.principal)})


@page(Verb.TOKEN_MANAGE)
def new(request: PageRequest) -> HttpResponse:
    """The form; sent, it answers with the new secret: this once, and nowhere else."""
    if request.method != "POST":
        last_day = timezone.localdate(clock.now() + timedelta(days=USUAL_DAYS)).isoformat()
        return _form(request, Typed(acts_for=request.user.email, last_day=last_day))
    typed = _typed(request)
    try:
        made = _made(request, typed)
    except Refusal as refused:
        return _form(request, typed, refused)
    (row,) = tokens_called(str(made.token.pk))[:1]
    context = {
        "row": Row(row, scopes.said(row.scopes)),
        "secret": made.secret,
        "base": request.build_absolute_uri("/api"),
    }
    response = respond(request, "web/admin/token_made.html", context, status=201)
    response["Cache-Control"] = "private, no-store"
    return response


@page(Verb.TOKEN_MANAGE)
def revoke(request: PageRequest, token_id: int) -> HttpResponse:
    """What revoking means, then the end of the token."""
    row = next((row for row in all_tokens() if row.id == token_id), None)
    if row is None:
        raise NotFound()
    if request.method != "POST":
        return respond(request, "web/admin/token_revoke.html", {"row": Row(row, scopes.said(row.scopes))})
    operations.revoke_token(request.principal, token_id=token_id)
    say(request, f"“{row.name}” is revoked. Requests with it are refused from now on.", "is-ok")
    return go(reverse("tokens"))


def _typed(request: PageRequest) -> Typed:
    post = request.POST
    return Typed(
        name=post.get("name", ""),
        acts_for=post.get("acts_for", "").strip(),
        all_scopes=post.get("which") != "some",
        scopes=post.getlist("scope"),
        everything="everything" in post,
        customers=post.get("customers", ""),
        programs=post.getlist("program"),
        networks=post.get("networks", ""),
        last_day=post.get("last_day", "").strip(),
        per_minute=post.get("per_minute", ""),
    )


def _made(request: PageRequest, typed: Typed) -> MadeToken:
    person = person_called(typed.acts_for) if typed.acts_for else None
    every = person.role.verbs if person is not None else []
    return operations.create_token(
        request.principal,
        name=typed.name,
        scopes=every if typed.all_scopes else typed.scopes,
        acts_for=person,
        grants=limits_named(
            request.principal,
            customers=filter(None, map(str.strip, re.split(r"[,\n]", typed.customers))),
            programs=typed.programs,
            everything=typed.everything,
        ),
        networks=typed.networks.replace(",", " ").split(),
        expires_at=_end_of(typed.last_day),
        per_minute=row_id(typed.per_minute) or 0,
    )


def _end_of(day: str) -> datetime | None:
    """When a day is over for the viewer; None for no day. Raises BadTokenTerms."""
    if not day:
        return None
    try:
        after = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise BadTokenTerms(cause="its last day is written as 2027-03-31") from error
    return timezone.make_aware(datetime.combine(after, time()))


def _form(request: PageRequest, typed: Typed, refused: Refusal | None = None) -> HttpResponse:
    context = {
        "typed": typed,
        "groups": choices(scopes.GROUPS, typed.scopes),
        "programs": programs_visible_to(request.principal).order_by("name"),
        "refused": refused,
        "field": FIELDS.get(refused.code, "") if refused else "",
    }
    return respond(request, "web/admin/token_new.html", context, status=refused.status if refused else 200)
