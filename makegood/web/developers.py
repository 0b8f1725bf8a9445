"""The pages for those who connect other systems: which of them somebody may open."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from makegood.parties.entries import Principal
from makegood.parties.states import Verb

FOLDERS = ("/admin/tokens/", "/admin/webhooks/")
PAGES = ((Verb.TOKEN_MANAGE, "tokens", "Tokens"), (Verb.WEBHOOK_MANAGE, "webhooks", "Webhooks"))
"""Who may open it, its name, its tab."""


@dataclass(frozen=True)
class Tab:
    """One of the pages, by its name and address."""

    name: str
    label: str
    href: str


def tabs(principal: Principal) -> list[Tab]:
    """The pages somebody may open, in order; none for most people."""
    return [Tab(name, label, reverse(name)) for verb, name, label in PAGES if principal.can(verb)]
