"""What a person can choose: which messages concern them, how often they come, what the programs say."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.notifications.models import Preference
from makegood.notifications.policy import Delivery, Quiet, program_delivery
from makegood.notifications.selectors.recipients import chosen_delivery, recipients_of
from makegood.notifications.selectors.texts import own_words, title_of
from makegood.notifications.states import SIDES, Side, Template
from makegood.notifications.states.locales import locale_in_force
from makegood.notifications.states.wording import Own
from makegood.parties.entries import Principal
from makegood.parties.selectors import programs_visible_to
from makegood.parties.states import RoleKey, Verb

CHOICES = ("immediate", "15m", "1h", "4h", "daily 09:00", "off")
"""The windows that are offered; any other may be typed."""


@dataclass(frozen=True)
class Choice:
    """One message somebody can get: their own windows and channel (None: as the program), and what the programs say.

    The e-mail has a window of its own only where ``mail_window`` says so.
    """

    template: Template
    title: str
    window: str | None
    program_windows: tuple[str, ...]
    by_email: bool | None
    programs_by_email: bool
    mail_window: str | None = None


def preferences(principal: Principal) -> list[Choice]:
    """The messages that can concern a person, with the windows that hold."""
    chosen = {row.template: row for row in Preference.objects.filter(user=principal.id)}
    sides, own = _sides(principal), own_words(locale_in_force())
    return [
        _choice(principal, template, chosen.get(template.value), own)
        for template in Template
        if SIDES[template] in sides
    ]


def quiet_hours(principal: Principal) -> Quiet | None:
    """A person's quiet hours in the zone of their day."""
    found = recipients_of([principal.id or 0])
    return found[principal.id].quiet if principal.id in found else None


def zone_of_day(principal: Principal) -> str:
    """The zone by which a person's daily messages and quiet hours go; UTC for nobody in particular."""
    found = recipients_of([principal.id or 0])
    return found[principal.id].zone if principal.id in found else "UTC"


def _choice(principal: Principal, template: Template, chosen: Preference | None, own: Own) -> Choice:
    deliveries = program_deliveries(principal, template)
    return Choice(
        template=template,
        title=title_of(template, own),
        window=chosen.window if chosen else None,
        program_windows=tuple(sorted({delivery.window.text for delivery in deliveries})),
        by_email=chosen.by_email if chosen else None,
        programs_by_email=any(delivery.by_email for delivery in deliveries),
        mail_window=chosen.mail_window if chosen else None,
    )


def program_deliveries(principal: Principal, template: Template) -> frozenset[Delivery]:
    """How the programs in scope deliver a message; what holds without settings, where there is no program."""
    settings = list(programs_visible_to(principal).values_list("settings", flat=True)) or [{}]
    return frozenset(program_delivery(values, template) for values in settings)


def own_deliveries(principal: Principal, template: Template) -> frozenset[Delivery]:
    """How a person gets a message of the programs in scope: by their own choice, else as each program says."""
    chosen = Preference.objects.filter(user=principal.id, template=template.value).first()
    return frozenset(chosen_delivery(chosen, usual) for usual in program_deliveries(principal, template))


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
