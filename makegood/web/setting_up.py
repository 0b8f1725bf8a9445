"""The first steps of an installation: what each is for, what its form reads, and what the last one shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict

from makegood.billing.selectors import charges_visible_to
from makegood.disputes.operations import set_up
from makegood.disputes.operations.set_up import Answers
from makegood.disputes.policy import presets
from makegood.disputes.selectors.verdicts import verdicts
from makegood.kernel.money import Money, parse_amount, plain
from makegood.ledger.states import ClawbackMode
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.policy import is_unlimited, without_limit
from makegood.parties.selectors import programs_visible_to
from makegood.parties.selectors.installation import installation, limits_of_role, presets_in_use
from makegood.parties.states import RoleKey, SetupStep

SAMPLES = 6
UNLIMITED = "no limit"
"""How people say that there is none."""
TITLES: Mapping[SetupStep, tuple[str, str]] = {
    SetupStep.ORGANIZATION: ("Organization", "Who runs this installation, and what new programs start with."),
    SetupStep.PROGRAMS: (
        "What do you bill?",
        "Each brings a program with reasons, findings and a first policy.",
    ),
    SetupStep.QUESTIONS: ("Three questions", "What no preset can know. Everything else has a value you can change."),
    SetupStep.DATA: ("Data", "A call log, leads or bills; by file, or from your systems."),
    SetupStep.RECORDINGS: ("Recordings", "Where the recording of a call is found, so that reviewers can listen."),
    SetupStep.PEOPLE: ("People", "Invite those who dispute, decide and listen."),
    SetupStep.CHECK: ("Check", "Six of your charges, and what the policy says of each."),
}
PRESETS: Mapping[str, tuple[str, str]] = {
    "call_marketplace": ("Phone calls, to buyers who dispute in a log", "A manager decides, also on a part."),
    "lead_credit": ("Calls and leads, to buyers who request credit", "Within 4 days, with a reason of their trade."),
    "lead_review": ("Leads, reviewed by quality assurance", "Within 7 days; billable or not, listening decides."),
    "telecom_billing": ("Telecom services on monthly bills", "Invoice lines and usage; adjust, reverse, charge a fee."),
}
"""What each preset is for, in the words of somebody who bills it."""
CLAWBACKS: Mapping[ClawbackMode, str] = {
    ClawbackMode.NONE: "Vendors keep their payout.",
    ClawbackMode.PROPORTIONAL: "The vendor gives back the same part as the buyer gets.",
    ClawbackMode.FULL_ON_ACCEPT: "The vendor gives back everything on a full acceptance, else the same part.",
    ClawbackMode.CAPPED_AT_CREDIT: "The vendor gives back as much as the buyer gets, never more than the payout.",
}


@dataclass(frozen=True)
class Step:
    """A step as the checklist shows it; ``state`` is ``done``, ``skipped`` or empty."""

    key: SetupStep
    title: str
    text: str
    state: str


@dataclass(frozen=True)
class Question:
    """The answers that a program has now; ``days`` is the window as people say it, empty for no limit."""

    program: Program
    days: str
    hours: str
    clawback: str


@dataclass(frozen=True)
class Sample:
    """A charge and what the policy says of it."""

    label: str
    amount: Money
    can: bool
    sentence: str


def steps() -> tuple[Step, ...]:
    """Every step with what became of it."""
    kept = installation().steps
    return tuple(Step(key, *words, kept.get(key.value, "")) for key, words in TITLES.items())


def next_step(after: SetupStep | None = None) -> SetupStep | None:
    """The first step that is still to do, behind ``after`` where there is one."""
    left = [step.key for step in steps() if not step.state]
    order = list(SetupStep)
    behind = [key for key in left if after is None or order.index(key) > order.index(after)]
    return next(iter(behind or left), None)


def preset_choices() -> tuple[tuple[str, str, str, bool], ...]:
    """Key, title, sentence of each preset, and whether a program of it is there."""
    known = presets_in_use()
    return tuple((key, *words, key in known) for key, words in PRESETS.items() if key in presets.keys())


def questions(principal: Principal) -> tuple[Question, ...]:
    """The programs of the installation with what was answered."""
    return tuple(
        Question(program, *_spoken(set_up.window_hours(program.pk)), str(program.settings.get("clawback", "none")))
        for program in programs_visible_to(principal).order_by("pk")
    )


def _spoken(hours: int | None) -> tuple[str, str]:
    if hours is None:
        return "", ""
    return (str(hours // 24), "") if hours % 24 == 0 else ("", str(hours))


def alone() -> str:
    """What a manager decides alone, as it is typed: ``USD 500, CAD 600``, or ``no limit``; empty for nothing."""
    limits = limits_of_role(RoleKey.MANAGER)
    if is_unlimited(limits):
        return UNLIMITED
    return ", ".join(f"{code} {plain(micros, code)}" for code, micros in sorted(limits.items()))


def answers_in(post: QueryDict, key: str) -> Answers:
    """What was answered for the program called ``key``. Raises ValueError for days that are no number, and what
    parse_amount raises."""
    days = post.get(f"days-{key}", "").strip()
    hours = post.get(f"hours-{key}", "").strip()
    window = int(days) * 24 if days else int(hours) if hours else None
    return Answers(window, post.get(f"clawback-{key}", ""), _limits(post.get("alone", "")) if "alone" in post else None)


def _limits(text: str) -> dict[str, int]:
    """``USD 500, CAD 600`` in micros by currency, or ``no limit``. Raises ValueError."""
    if text.strip().lower() == UNLIMITED:
        return without_limit()
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        code, _, amount = part.partition(" ")
        if not amount:
            raise ValueError(f'"{part}" names no amount; write USD 500.')
        found[code.upper()] = parse_amount(amount.strip(), code.upper())
    return found


def samples(principal: Principal) -> tuple[Sample, ...]:
    """The latest charges, each with what the policy says before any claim."""
    charges = charges_visible_to(principal).filter(billed_at__isnull=False).order_by("-received_at", "-id")
    rows = list(charges.select_related("customer")[:SAMPLES])
    judged = verdicts([row.pk for row in rows])
    found = []
    for row in rows:
        verdict = judged.get(row.pk)
        failing = verdict.headline if verdict else None
        sentence = failing.message if failing else "Every rule is met." if verdict else "Its program has no policy."
        found.append(
            Sample(
                f"{row.customer.name}, {row.external_id or row.invoice_number or row.pk}",
                Money(row.billed_micros, row.currency),
                can=verdict is not None and verdict.can_submit,
                sentence=sentence,
            )
        )
    return tuple(found)
