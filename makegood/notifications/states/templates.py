"""The messages: whom each is for, what it is called, and what takes it back."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class Side(StrEnum):
    """Whose message it is."""

    MANAGER = "manager"
    BUYER = "buyer"
    VENDOR = "vendor"
    QA = "qa"
    REVIEWER = "reviewer"
    LEAD = "lead"
    ADMIN = "admin"
    OWNER = "owner"
    SIGNER = "signer"
    FOLLOWER = "follower"


class Template(StrEnum):
    """A kind of message."""

    NEW = "new"
    NEW_BY_OTHERS = "new_by_others"
    FLAGGED = "flagged"
    REVIEWED = "reviewed"
    LETTER = "letter"
    VENDOR_REVENUE = "vendor_revenue"
    MONEY_MOVED = "money_moved"
    REOPENED = "reopened"
    REOPENED_OWN = "reopened_own"
    INFO = "info"
    ANSWERED = "answered"
    SLA = "sla"
    CLOSED = "closed"
    ALARM = "alarm"
    WEBHOOK = "webhook"
    TO_SIGN = "to_sign"
    NOT_SIGNED = "not_signed"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    FOLLOWED = "followed"


SIDES: dict[Template, Side] = {
    Template.NEW: Side.MANAGER,
    Template.NEW_BY_OTHERS: Side.MANAGER,
    Template.FLAGGED: Side.QA,
    Template.REVIEWED: Side.BUYER,
    Template.LETTER: Side.BUYER,
    Template.VENDOR_REVENUE: Side.VENDOR,
    Template.MONEY_MOVED: Side.BUYER,
    Template.REOPENED: Side.MANAGER,
    Template.REOPENED_OWN: Side.BUYER,
    Template.INFO: Side.BUYER,
    Template.ANSWERED: Side.REVIEWER,
    Template.SLA: Side.REVIEWER,
    Template.CLOSED: Side.BUYER,
    Template.ALARM: Side.ADMIN,
    Template.WEBHOOK: Side.OWNER,
    Template.TO_SIGN: Side.SIGNER,
    Template.NOT_SIGNED: Side.REVIEWER,
    Template.ASSIGNED: Side.REVIEWER,
    Template.ESCALATED: Side.LEAD,
    Template.FOLLOWED: Side.FOLLOWER,
}
"""Which side a message is for; what is late also goes to those who lead, what nobody owns to the admins."""

PROFILES: dict[Side, str] = {
    **{side: side.value for side in Side},
    **dict.fromkeys((Side.REVIEWER, Side.LEAD, Side.SIGNER), "manager"),
}
"""The key below ``notify`` in a program's settings that a side goes by."""

FILINGS = frozenset({Template.NEW, Template.NEW_BY_OTHERS, Template.FLAGGED, Template.INFO, Template.TO_SIGN})
"""Messages that a withdrawal inside the same window takes back."""

QUESTIONS = frozenset({Template.INFO})
"""Messages that an answer inside the same window takes back."""

SIGNATURES = frozenset({Template.TO_SIGN})
"""Messages that an answer to a recommendation inside the same window takes back."""

TAKEN_BACK = FILINGS | QUESTIONS | SIGNATURES

TO_SUBMITTER = frozenset({Template.LETTER, Template.INFO})
"""Messages for the person who submitted, where there is one, and not for everybody on that side."""

TITLES: dict[Template, Promise] = {
    Template.NEW: gettext_lazy("New disputes submitted by Buyers"),
    Template.NEW_BY_OTHERS: gettext_lazy("New disputes filed for customers"),
    Template.FLAGGED: gettext_lazy("Leads submitted for review"),
    Template.REVIEWED: gettext_lazy("Reviewed disputes"),
    Template.LETTER: gettext_lazy("Decision letters"),
    Template.VENDOR_REVENUE: gettext_lazy("Adjusted call revenue"),
    Template.MONEY_MOVED: gettext_lazy("Reversals and fees"),
    Template.REOPENED: gettext_lazy("Reopened disputes"),
    Template.REOPENED_OWN: gettext_lazy("Your disputes, reopened"),
    Template.INFO: gettext_lazy("Questions to you"),
    Template.ANSWERED: gettext_lazy("Answers to your questions"),
    Template.SLA: gettext_lazy("Disputes due or overdue"),
    Template.CLOSED: gettext_lazy("Disputes closed without a decision"),
    Template.ALARM: gettext_lazy("Broken invariants"),
    Template.WEBHOOK: gettext_lazy("Webhooks that stopped"),
    Template.TO_SIGN: gettext_lazy("Decisions that wait for your signature"),
    Template.NOT_SIGNED: gettext_lazy("Decisions of yours that were not signed"),
    Template.ASSIGNED: gettext_lazy("Disputes given to you"),
    Template.ESCALATED: gettext_lazy("Disputes put before the leads"),
    Template.FOLLOWED: gettext_lazy("Disputes you follow"),
}
"""What a message is called where people choose how often it comes."""


ABOUT_NO_DISPUTE = frozenset({Template.ALARM, Template.WEBHOOK})
"""Messages behind which no list of disputes stands."""


def counts_charges(template: Template) -> bool:
    """Whether the message counts calls; the others count disputes."""
    return template is Template.VENDOR_REVENUE
