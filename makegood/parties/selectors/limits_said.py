"""Limits in sentences: "Sees customers under Reseller North, program Leads only." """

from __future__ import annotations

from collections.abc import Iterable, Sequence

from makegood.parties.models import AccessGrant, Customer, Program, User, Vendor
from makegood.parties.states import Dimension

Grant = tuple[str, str]


def names_of(grants: Iterable[Grant]) -> dict[Grant, str]:
    """What each grant's value is called, for dimensions whose values are ids; other values are their own name."""
    wanted = set(grants)

    def ids(dimension: Dimension) -> list[int]:
        return [int(value) for kind, value in wanted if kind == dimension]

    named = {grant: grant[1] for grant in wanted}
    for dimension, model in (
        (Dimension.CUSTOMER_SUBTREE, Customer),
        (Dimension.PROGRAM, Program),
        (Dimension.VENDOR, Vendor),
    ):
        found = ids(dimension)
        rows = model.objects.filter(pk__in=found) if found else ()
        named |= {(dimension.value, str(row.pk)): row.name for row in rows}
    return named


def sentences(people: Sequence[User]) -> dict[int, str]:
    """What each person sees; their grants are at hand."""
    grants = {user.pk: [(grant.dimension, grant.value) for grant in user.grants.all()] for user in people}
    named = names_of(grant for several in grants.values() for grant in several)
    return {pk: sentence(several, named) for pk, several in grants.items()}


def sentence_of(user: User) -> str:
    """What one person sees."""
    return sentences([user])[user.pk]


def sentence(grants: Sequence[Grant], names: dict[Grant, str] | None = None) -> str:
    """What somebody with these grants sees."""
    if not grants:
        return "Sees nothing."
    if any(dimension == Dimension.ALL for dimension, _ in grants):
        return "Sees everything."
    named = names_of(grants) if names is None else names

    def told(dimension: Dimension) -> list[str]:
        return sorted(named[kind, value] for kind, value in grants if kind == dimension)

    who = [
        f"{words} {_or(found)}"
        for dimension, words in (
            (Dimension.CUSTOMER_SUBTREE, "under"),
            (Dimension.CUSTOMER_TAG, "tagged"),
            (Dimension.AGENT, "of agent"),
            (Dimension.BILL_PROFILE, "with bill profile"),
        )
        if (found := told(dimension))
    ]
    only = [
        f"{word}{'s' if len(found) > 1 else ''} {_and(found)} only"
        for dimension, word in ((Dimension.PROGRAM, "program"), (Dimension.VENDOR, "vendor"))
        if (found := told(dimension))
    ]
    first = f"customers {' and '.join(who)}" if who else ""
    return f"Sees {', '.join(filter(None, [first, *only]))}."


def grant_words(grant: AccessGrant | Grant, names: dict[Grant, str] | None = None) -> str:
    """One grant by itself: "customers under Reseller North", "program Leads"."""
    key = (grant.dimension, grant.value) if isinstance(grant, AccessGrant) else grant
    name = (names_of([key]) if names is None else names)[key]
    words = {
        Dimension.ALL: "everything",
        Dimension.CUSTOMER_SUBTREE: f"customers under {name}",
        Dimension.CUSTOMER_TAG: f"customers tagged {name}",
        Dimension.AGENT: f"customers of agent {name}",
        Dimension.BILL_PROFILE: f"customers with bill profile {name}",
        Dimension.PROGRAM: f"program {name}",
        Dimension.VENDOR: f"vendor {name}",
    }
    return words[Dimension(key[0])]


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
