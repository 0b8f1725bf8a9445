"""What a person can choose: which messages concern them, how often they come, what the programs say."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.notifications.models import Preference
from makegood.notifications.policy import Delivery, program_delivery
from makegood.notifications.states import SIDES, TITLES, Side, Template
from makegood.parties.entries import Principal
from makegood.parties.selectors import programs_visible_to
from makegood.parties.states import RoleKey, Verb

CHOICES = ("immediate", "15m", "1h", "4h", "daily 09:00", "off")
"""The windows that are offered; any other may be typed."""


@dataclass(frozen=True)
class Choice:
    """One message somebody can get: their own window and channel (None: as the program), and what the programs say."""

    template: Template
    title: str
    window: str | None
    program_windows: tuple[str, ...]
    by_email: bool | None
    programs_by_email: bool


def preferences(principal: Principal) -> list[Choice]:
    """The messages that can concern a person, with the windows that hold."""
    rows = Preference.objects.filter(user=principal.id).values_list("template", "window", "by_email")
    chosen = {template: (window, by_email) for template, window, by_email in rows}
    sides = _sides(principal)
    return [
        _choice(principal, template, *chosen.get(template.value, (None, None)))
        for template in Template
        if SIDES[template] in sides
    ]


def _choice(principal: Principal, template: Template, window: str | None, by_email: bool | None) -> Choice:  # noqa: FBT001
    deliveries = program_deliveries(principal, template)
    return Choice(
        template=template,
        title=TITLES[template],
        window=window,
        program_windows=tuple(sorted({delivery.window.text for delivery in deliveries})),
        by_email=by_email,
        programs_by_email=any(delivery.by_email for delivery in deliveries),
    )


def program_deliveries(principal: Principal, template: Template) -> frozenset[Delivery]:
    """How the programs in scope deliver a message; what holds without settings, where there is no program."""
    settings = list(programs_visible_to(principal).values_list("settings", flat=True)) or [{}]
    return frozenset(program_delivery(values, template) for values in settings)


def _sides(principal: Principal) -> frozenset[Side]:
    belongs = {
        Side.MANAGER: principal.can(Verb.DISPUTE_DECIDE),
        Side.BUYER: principal.can(Verb.DISPUTE_CREATE) and principal.can(Verb.DISPUTE_VIEW),
        Side.VENDOR: principal.vendor_id is not None and principal.can(Verb.PAYOUT_VIEW),
        Side.QA: principal.role == RoleKey.QA,
        Side.REVIEWER: principal.can(Verb.DISPUTE_DECIDE),
        Side.ADMIN: principal.can(Verb.USER_EDIT),
        Side.OWNER: principal.can(Verb.WEBHOOK_MANAGE),
    }
    return frozenset(side for side, does in belongs.items() if does)
