"""Asks again who sits there, before money above a limit moves.

What was typed is never lost and never sent by itself: the answer is a form that holds every field of the refused one,
beside a field for the password or a code. Sending it is the person's second press, to the same address.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

from makegood.disputes.policy.settings import reauth_above
from makegood.kernel import clock
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.selectors import programs_visible_to
from makegood.parties.selectors.second_factors import has_totp
from makegood.web.codes import CodeAgainForm
from makegood.web.middleware import PageRequest
from makegood.web.pages import is_part, respond

LASTS_SECONDS = 300
"""For so long after signing in, or after confirming, nobody is asked again."""
FIELD = "confirm_secret"
STATUS = 403
_CODE = re.compile(r"\s*(?:\d\s?){6,8}\s*")
_LEFT_OUT = frozenset({FIELD, "csrfmiddlewaretoken"})


@dataclass(frozen=True)
class Over:
    """An amount that is above its limit."""

    amount: Money
    limit: Money


def asks_again(
    request: PageRequest, amounts: Iterable[tuple[str, int]], *, program_ids: Collection[int] = ()
) -> HttpResponse | None:
    """None: go on. Otherwise the answer to send: a form that confirms who sits there and repeats what was typed.

    ``amounts`` are (currency, micros) of all that one press moves, summed per currency; signs do not matter. The limit
    is that of ``program_ids``, without them the lowest of every program in scope. Call it for a POST, before anything
    is written.
    """
    over = _over(request, amounts, program_ids)
    if not over or confirmed_lately(request):
        return None
    secret = request.POST.get(FIELD)
    error = _refused(request, secret) if secret is not None else ""
    if secret is not None and not error:
        return None
    return _form(request, over, error)


def confirmed_lately(request: HttpRequest) -> bool:
    """Whether the person signed in, or confirmed who they are, within the last five minutes."""
    records = get_authentication_records(request, request.user)
    return bool(records) and clock.now().timestamp() - records[-1].get("at", 0) < LASTS_SECONDS


def limits_of(principal: Principal, program_ids: Collection[int] = ()) -> dict[str, int]:
    """Currency to micros, of these programs or of all in scope; of several limits the lowest holds."""
    programs = programs_visible_to(principal)
    if program_ids:
        programs = programs.filter(pk__in=program_ids)
    lowest: dict[str, int] = {}
    for settings in programs.values_list("settings", flat=True):
        for currency, micros in reauth_above(settings).items():
            lowest[currency] = min(micros, lowest.get(currency, micros))
    return lowest


def _over(request: PageRequest, amounts: Iterable[tuple[str, int]], program_ids: Collection[int]) -> list[Over]:
    sums: dict[str, int] = {}
    for currency, micros in amounts:
        sums[currency] = sums.get(currency, 0) + abs(micros)
    limits = limits_of(request.principal, program_ids) if any(sums.values()) else {}
    return [
        Over(Money(micros, currency), Money(limits[currency], currency))
        for currency, micros in sums.items()
        if currency in limits and micros > limits[currency]
    ]


def _refused(request: PageRequest, secret: str) -> str:
    """Why the secret does not confirm; empty when it does, and that is remembered."""
    if not ratelimit.consume(request, action="reauthenticate", user=request.user):
        return "Too many attempts. Wait a minute and try again."
    if has_totp(request.user.pk) and _CODE.fullmatch(secret):
        code = CodeAgainForm(user=request.user, data={"code": secret})
        if code.is_valid():
            code.save()
            return ""
    word = ReauthenticateForm(user=request.user, data={"password": secret})
    if word.is_valid():
        reauthenticate_by_password(request)
        return ""
    return "That is not right. Nothing was changed; type it once more."


def _form(request: PageRequest, over: list[Over], error: str) -> HttpResponse:
    kept = [(name, value) for name, values in request.POST.lists() if name not in _LEFT_OUT for value in values]
    context = {
        "over": over,
        "error": error,
        "kept": kept,
        "field": FIELD,
        "totp": has_totp(request.user.pk),
        "minutes": LASTS_SECONDS // 60,
        "back": _came_from(request),
    }
    response = respond(request, "web/reauth/page.html", context, part="web/reauth/form.html", status=STATUS)
    if is_part(request):
        response["HX-Retarget"] = "#main"
        response["HX-Reswap"] = "innerHTML show:window:top"
        response["HX-Push-Url"] = "false"
    return response


def _came_from(request: HttpRequest) -> str:
    """The path of the page that was left, if it is one of ours."""
    left = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "")
    if left.netloc != request.get_host() or not left.path.startswith("/"):
        return ""
    return left._replace(scheme="", netloc="", fragment="").geturl()
