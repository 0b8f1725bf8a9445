"""What a person sees: the limits as sentences with what is behind them, a preview of others, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.urls import reverse

from makegood.billing.selectors import charges_visible_to
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.kernel.errors import Refusal
from makegood.parties import operations
from makegood.parties.errors import BeyondYourLimits
from makegood.parties.models import User
from makegood.parties.selectors import customers_visible_to, limits_said, people_list, principal_of, programs_visible_to
from makegood.parties.selectors.grants_typed import grant_typed, scope_of_grants
from makegood.parties.selectors.why_hidden import why
from makegood.parties.states import Dimension, Verb
from makegood.web.middleware import PageRequest
from makegood.web.pages import go, page, respond, say
from makegood.web.things import things_called

Grants = Sequence[tuple[Dimension, str]]
MOST_CHARGES = 200_000
"""Beyond so many charges a count says "more than"."""
KINDS = (
    (Dimension.CUSTOMER_SUBTREE, "Customers under", "number"),
    (Dimension.CUSTOMER_TAG, "Customers tagged", "tag"),
    (Dimension.AGENT, "Customers of agent", "agent"),
    (Dimension.BILL_PROFILE, "Customers with bill profile", "profile"),
    (Dimension.PROGRAM, "Only the program", "key"),
    (Dimension.VENDOR, "Only the vendor", "number"),
    (Dimension.ALL, "Everything", ""),
)


@dataclass(frozen=True)
class Reach:
    """How much some limits open, and that in a sentence."""

    sentence: str
    customers: int
    charges: int
    disputes: int

    @property
    def customers_said(self) -> str:
        """Of customers."""
        return f"{self.customers:,}"

    @property
    def charges_said(self) -> str:
        """Of charges, or that there are more."""
        return _said(self.charges)

    @property
    def disputes_said(self) -> str:
        """Of disputes, or that there are more."""
        return _said(self.disputes)


@dataclass(frozen=True)
class Line:
    """One grant of the form: its words, and whether it stays."""

    value: str
    words: str
    is_new: bool = False


def _said(count: int) -> str:
    return f"more than {MOST_CHARGES:,}" if count > MOST_CHARGES else f"{count:,}"


def reach(user: User, grants: Grants) -> Reach:
    """What a person with their role would see with these limits."""
    person = replace(principal_of(user), scope=scope_of_grants(grants))
    return Reach(
        limits_said.sentence([(kind.value, value) for kind, value in grants]),
        customers_visible_to(person).count(),
        charges_visible_to(person).order_by()[: MOST_CHARGES + 1].count(),
        disputes_visible_to(person).order_by()[: MOST_CHARGES + 1].count(),
    )


@page(Verb.USER_VIEW)
def limits(request: PageRequest, user_id: int) -> HttpResponse:
    """The limits; the address carries a draft of others, and shows both beside each other before anything changes."""
    user = people_list.person(request.principal, user_id).user
    now = [(Dimension(grant.dimension), grant.value) for grant in user.grants.all()]
    if request.method == "POST":
        return _save(request, user, now)
    get = request.GET
    draft, refused = list(now), None
    if "draft" in get:
        draft = _chosen(get.getlist("grant"))
        try:
            if get.get("value", "").strip() or get.get("kind") == Dimension.ALL:
                draft.append(_typed(request, get.get("kind", ""), get.get("value", "")))
        except Refusal as error:
            refused = error
    return _page(request, user, now, list(dict.fromkeys(draft)), refused)


def _save(request: PageRequest, user: User, now: Grants) -> HttpResponse:
    draft = _chosen(request.POST.getlist("grant"))
    try:
        operations.limit_person(request.principal, user_id=user.pk, grants=draft)
    except Refusal as refused:
        if refused.status in {403, 404}:
            raise
        return _page(request, user, now, draft, refused)
    sees = limits_said.sentence([(kind.value, value) for kind, value in draft])
    say(request, f"{user} from now on: {sees}", "is-ok")
    return go(reverse("person_limits", args=[user.pk]))


def _typed(request: PageRequest, kind: str, value: str) -> tuple[Dimension, str]:
    """The grant that was typed, if one may hand it on. Raises BeyondYourLimits and what ``grant_typed`` raises."""
    typed = grant_typed(request.principal, kind, value)
    if not people_list.grant_in_sight(request.principal, *typed):
        raise BeyondYourLimits(value=typed[1] or typed[0])
    return typed


def _chosen(values: Sequence[str]) -> list[tuple[Dimension, str]]:
    """Grants as the form carries them: dimension, colon, value. What is none of ours is left out."""
    known = {dimension.value: dimension for dimension in Dimension}
    pairs = [value.partition(":") for value in values]
    chosen = [(known[kind], rest) for kind, _, rest in pairs if kind in known]
    ids = {Dimension.CUSTOMER_SUBTREE, Dimension.PROGRAM, Dimension.VENDOR}
    return [(kind, rest) for kind, rest in chosen if kind not in ids or (rest.isdecimal() and len(rest) < 19)]


def _page(request: PageRequest, user: User, now: Grants, draft: Grants, refused: Refusal | None = None) -> HttpResponse:
    # What the reader may not hand on is neither named nor counted.
    draft = [one for one in draft if one in now or people_list.grant_in_sight(request.principal, *one)]
    names = limits_said.names_of((kind.value, value) for kind, value in {*now, *draft})
    lines = [
        Line(f"{kind.value}:{value}", limits_said.grant_words((kind.value, value), names), (kind, value) not in now)
        for kind, value in draft
    ]
    differs = sorted(now) != sorted(draft)
    gone = [grant for grant in now if grant not in draft]
    context = {
        "person": user,
        "lines": lines,
        "gone": [limits_said.grant_words((kind.value, value), names) for kind, value in gone],
        "before": reach(user, now),
        "after": reach(user, draft) if differs else None,
        "kinds": KINDS,
        "kind": request.GET.get("kind", ""),
        "value": request.GET.get("value", "") if refused else "",
        "programs": programs_visible_to(request.principal).order_by("name"),
        "refused": refused,
        "is_self": user.pk == request.principal.id,
        "edits": request.principal.can(Verb.USER_EDIT),
    }
    return respond(request, "web/people/limits.html", context, status=refused.status if refused else 200)


@page(Verb.USER_VIEW)
def why_not(request: PageRequest, user_id: int) -> HttpResponse:
    """Why a person cannot see something, in words; what the asker does not see either is not found."""
    row = people_list.person(request.principal, user_id)
    text = request.GET.get("q", "").strip()[:100]
    found = things_called(request.principal, text) if text else []
    context = {"row": row, "person": row.user, "text": text, "answers": [why(row.user, thing) for thing in found]}
    return respond(request, "web/people/why.html", context, part="web/people/why_answers.html")
