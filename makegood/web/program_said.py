"""What each setting of a program means, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.policy.settings import DisputeSettings, reauth_above
from makegood.disputes.states import Door
from makegood.evidence.policy.files import Limits
from makegood.kernel.money import format_money
from makegood.ledger.states import ClawbackMode
from makegood.notifications.policy.delivery import program_window
from makegood.notifications.states import Side
from makegood.parties.models import Program

UNITS = {"call": "calls", "lead": "leads", "usage": "usage records", "invoice_feature": "invoice lines"}
INTAKES = {"inline": "from a row of the log", "wizard": "in the guided form", "api": "through the web service"}
ASKERS = {"buyer": "buyers", "csr": "representatives", "billing": "billing representatives"}
DECISIONS = {"accept": "accept", "partial": "accept in part", "reject": "reject"}
CHANNELS = {"in_app": "in the app", "email": "by e-mail"}
SIDES = {Side.BUYER: "Buyers", Side.VENDOR: "Vendors", Side.MANAGER: "Managers", Side.QA: "Quality assurance"}
VOCABULARIES = {
    "dialics": "Pending, Accepted, Accepted Partial, Rejected",
    "elocal": "Billed, Credit requested, In review, Approved, Declined",
    "service_direct": "Not Reviewed, Submitted for Review, In Review, Review Completed",
    "idi": "open, or closed with its resolution",
    "billability": "Billable, Reduced, Non-billable",
}
_BACK = {
    ClawbackMode.NONE: "Nothing is taken back from vendors.",
    ClawbackMode.PROPORTIONAL: "The vendor gives back the same part of the payout as the buyer gets of the charge.",
    ClawbackMode.FULL_ON_ACCEPT: "The vendor gives back the whole payout for a charge accepted in whole, else a part.",
    ClawbackMode.CAPPED_AT_CREDIT: "The vendor gives back as much as is credited, at most the payout.",
}
Said = tuple[str, ...]


def _listed(words: Sequence[str], last: str = "and") -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def seconds_said(seconds: int) -> str:
    """A length of time in whole units: ``10 seconds``, ``2 minutes``."""
    number, noun = (seconds // 60, "minute") if seconds >= 60 and seconds % 60 == 0 else (seconds, "second")
    return f"{number} {noun}{'' if number == 1 else 's'}"


def identity(program: Program) -> Said:
    """Name, key, and the preset it came from."""
    came = f'It came from the preset "{program.preset.replace("_", " ")}".' if program.preset else ""
    return (f'It is called "{program.name}"; files and web services know it as {program.key}.', came)


def covers(program: Program) -> Said:
    """What it is about and how claims come."""
    kinds = _listed([UNITS.get(unit, unit) for unit in program.unit_kind])
    ways = _listed([INTAKES.get(way, way) for way in program.intake], "or")
    together = "Several lines of one bill become one dispute." if program.settings.get("together") else ""
    return (f"It is for {kinds or 'nothing yet'}, disputed {ways or 'nowhere yet'}.", together)


def place(program: Program) -> Said:
    """Its zone and its currency."""
    zone = program.zone.name if program.zone else "UTC"
    money = f"Amounts without a currency are in {program.currency}." if program.currency else ""
    return (f"Its days begin and end in {zone}.", money)


def words(program: Program) -> Said:
    """The button that files, and the words of a status."""
    settings = DisputeSettings.of(program.settings)
    vocabulary = str(program.settings.get("vocabulary", "dialics"))
    own = program.settings.get("status_words") or {}
    said = f"Own words: {_listed([str(word) for word in own.values()])}." if own else ""
    return (
        f'The button says "{settings.action}"{" and stands under the cost" if settings.action_under_cost else ""}.',
        f"A status reads {VOCABULARIES.get(vocabulary, vocabulary)}.",
        said,
    )


def undo(program: Program) -> Said:
    """How long a decision can be undone, by door."""
    windows = DisputeSettings.of(program.settings).undo_seconds
    doors = {
        Door.DESK: "at the desk",
        Door.BULK: "in bulk",
        Door.API: "through the web service",
        Door.SYSTEM: "by a rule",
    }
    told = [
        f"{seconds_said(windows.get(door, 0)) if windows.get(door) else 'not at all'} {where}"
        for door, where in doors.items()
    ]
    return (f"A decision can be undone for {told[0]}, {told[1]}, {told[2]} and {told[3]}.",)


def queue(program: Program) -> Said:
    """In which order cases are handed out, and for how long."""
    settings = DisputeSettings.of(program.settings)
    order = (
        "Disputes are taken strictly in order of arrival; whoever takes another says why."
        if settings.in_order
        else "The dispute with the nearest deadline comes first."
    )
    press = (
        "Deciding about a recording that nobody listened to asks for a second press."
        if settings.second_press
        else "No decision asks for a second press because nobody listened."
    )
    return (order, f"A case is kept for one person for {seconds_said(settings.lease_seconds)}.", press)


def money(program: Program) -> Said:
    """What vendors give back; how amounts are rounded."""
    mode = DisputeSettings.of(program.settings).clawback
    return (
        _BACK[ClawbackMode(mode)],
        "A percentage is rounded to the smallest coin in the buyer's favor; a statement is rounded once, half to even. "
        "That is so in every program.",
    )


def rounds(program: Program) -> Said:
    """How often a dispute can come back."""
    terms = Rounds.of(program.settings)
    count = f"A dispute has {terms.max_rounds} round{'' if terms.max_rounds == 1 else 's'} at most."
    days = f" for {terms.reopen_for.days} days" if terms.reopen_for else ""
    opened = f"A finished one can be reopened{days}." if terms.reopens else "A finished one is not reopened."
    if not terms.re_reviews:
        return (count, opened, "Nobody asks for a re-review.")
    within = f" within {terms.appeal_for.days} days" if terms.appeal_for else ""
    asking = _listed([ASKERS.get(one, one) for one in sorted(terms.asked_by)])
    other = " Somebody else decides it." if terms.other_reviewer else ""
    return (count, opened, f"A re-review can be asked for by {asking}{within}.{other}")


def decisions(program: Program) -> Said:
    """What can be decided, and what needs words."""
    settings = DisputeSettings.of(program.settings)
    offered = _listed([words for kind, words in DECISIONS.items() if kind in settings.decisions], "or")
    noted = _listed([words for kind, words in DECISIONS.items() if kind in settings.note_required], "or")
    return (f"Reviewers {offered}.", f"An explanation is needed to {noted}.")


def closing(program: Program) -> Said:
    """Whether a decided dispute closes by itself."""
    if DisputeSettings.of(program.settings).auto_close:
        return ("A dispute closes by itself when its decision is committed.",)
    return ("A decided dispute stays open until somebody closes it.",)


def fees(program: Program) -> Said:
    """What a reversal costs."""
    terms = fee_terms_by_currency(program)
    if not terms:
        return ("No fee is charged for a reversal.",)
    told = [f"{currency} {one['default']}, at most {one['max']}" for currency, one in sorted(terms.items())]
    rate = str(program.settings.get("fee_tax_rate") or "0")
    tax = "" if rate in {"0", "0.0"} else f"The tax on it is the {rate} part of it."
    return (f"The fee for a reversal is {_listed(told)}.", tax)


def fee_terms_by_currency(program: Program) -> Mapping[str, Mapping[str, str]]:
    """The fee by currency, in major units; one without a currency is in that of the program."""
    said = program.settings.get("reversal_fee")
    if not isinstance(said, Mapping) or not said:
        return {}
    if "max" in said:
        whole = {"default": str(said.get("default", said["max"])), "max": str(said["max"])}
        return {program.currency or "USD": whole}
    return said


def telling(program: Program) -> Said:
    """How each side is told."""
    profiles = program.settings.get("notify") or {}
    told = []
    for side, name in SIDES.items():
        if side.value in profiles:
            channels = [CHANNELS[one] for one in profiles[side.value].get("channels", ()) if one in CHANNELS]
            window = program_window(program.settings, side)
            when = "not gathered" if window.is_off else f"gathered ({window.text})"
            told.append(f"{name} are told {_listed(channels) or 'nowhere'}, {when}.")
    if (profiles.get("buyer") or {}).get("per_decision"):
        told.append("Buyers get a letter on each decision.")
    return tuple(told) or ("Everybody is told in the app, every four hours.",)


def vendors(program: Program) -> Said:
    """What vendors know of a call."""
    if program.settings.get("vendors_see_campaign", True):
        return ("Vendors see the campaign of a call whose payout changed.",)
    return ("Vendors do not see campaigns.",)


def reauth(program: Program) -> Said:
    """Above which amounts signing in again is asked."""
    limits = reauth_above(program.settings)
    if not limits:
        return ("Nobody signs in again before money moves.",)
    told = [format_money(micros, currency) for currency, micros in sorted(limits.items())]
    return (f"Above {_listed(told, 'or')}, whoever moves money signs in again.",)


def evidence(program: Program) -> Said:
    """What is taken as evidence."""
    limits = Limits.of(program.settings)
    if not limits.max_files:
        return ("No files are taken as evidence.",)
    return (f"A dispute takes {limits.max_files} files of at most {limits.size} each: {limits.kinds}.",)
