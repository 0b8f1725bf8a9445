"""The sections of a program's page: what each says, the form that changes it, and how its values are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from makegood.disputes.policy.afterward import Rounds
from makegood.disputes.policy.settings import DisputeSettings, reauth_above
from makegood.disputes.states import Door
from makegood.evidence.policy.files import KINDS, MEGABYTE, Limits
from makegood.kernel.money import MICROS
from makegood.notifications.policy.delivery import program_window
from makegood.parties.models import Program
from makegood.parties.selectors.accounts import currencies_billed
from makegood.web import program_questions as asks
from makegood.web import program_reviews as reviews
from makegood.web import program_said as said
from makegood.web.fields import Field, Kind, options
from makegood.web.word_fields import CLAWBACKS

Values = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """Settings that belong together; ``fields`` and ``values`` of a program, ``changes`` of what was typed."""

    key: str
    title: str
    says: Callable[[Program], said.Said]
    fields: Callable[[Program], tuple[Field, ...]]
    values: Callable[[Program], Values]
    changes: Callable[[Program, Mapping[str, Any]], Values]
    settings: tuple[str, ...] = ()


def currencies(program: Program) -> tuple[str, ...]:
    """The currencies that amounts are set for: the program's, those it has amounts in, and those customers pay in."""
    own = {program.currency or "USD", *said.fee_terms_by_currency(program), *reauth_above(program.settings)}
    known = own | set(currencies_billed())
    return tuple(sorted(known))


def _named(pairs: Mapping[str, str], *, capital: bool = True) -> tuple[Any, ...]:
    return options((value, label[:1].upper() + label[1:] if capital else label) for value, label in pairs.items())


def _major(micros: int | None) -> str:
    if micros is None:
        return ""
    whole, rest = divmod(micros, MICROS)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")


def _fee_fields(program: Program) -> tuple[Field, ...]:
    fields = []
    for code in currencies(program):
        fields += [
            Field(f"default.{code}", "Usual fee", unit=code, title=code),
            Field(f"max.{code}", "Largest fee", unit=code, help="Both empty: no fee in this currency."),
        ]
    return (
        *fields,
        Field("fee_tax_rate", "Tax on the fee", unit="as a fraction", help="0.0825 for 8.25%. Empty or 0: none."),
    )


def _fee_values(program: Program) -> Values:
    terms = said.fee_terms_by_currency(program)
    found: Values = {"fee_tax_rate": program.settings.get("fee_tax_rate") or ""}
    for code, one in terms.items():
        found[f"default.{code}"], found[f"max.{code}"] = one["default"], one["max"]
    return found


def _fee_changes(program: Program, typed: Mapping[str, Any]) -> Values:
    fees = {code: {"default": typed[f"default.{code}"], "max": typed[f"max.{code}"]} for code in currencies(program)}
    return {"reversal_fee": fees, "fee_tax_rate": typed["fee_tax_rate"] or "0"}


def _rounds_values(program: Program) -> Values:
    terms = Rounds.of(program.settings)
    return {
        "max_rounds": terms.max_rounds,
        "reopen": terms.reopens,
        "reopen_days": terms.reopen_for.days if terms.reopen_for else "",
        "allowed": terms.re_reviews,
        "requested_by": sorted(terms.asked_by),
        "appeal_days": terms.appeal_for.days if terms.appeal_for else "",
        "other_reviewer": terms.other_reviewer,
    }


def _rounds_changes(_: Program, typed: Mapping[str, Any]) -> Values:
    again = {name: typed[name] for name in ("allowed", "requested_by", "other_reviewer")}
    if not typed["allowed"]:
        again["requested_by"] = typed["requested_by"] or None
    again["appeal_days"] = typed["appeal_days"] or None
    found = {name: typed[name] for name in ("max_rounds", "reopen")}
    return {**found, "reopen_days": typed["reopen_days"] or None, "re_review": again}


def _notify_fields(program: Program) -> tuple[Field, ...]:
    fields: list[Field] = []
    for side in said.SIDES:
        who = said.SIDES[side]
        fields += [
            Field(f"{side.value}.channels", "Where", Kind.MANY, options=_named(said.CHANNELS), title=who),
            Field(f"{side.value}.digest", "Gathered for", help="off, immediate, 15m, 1h, 4h, daily or daily 16:30."),
        ]
        if side.value == "buyer":
            fields.append(Field("buyer.each", "A letter on each decision", Kind.FLAG))
    return tuple(fields)


def _notify_values(program: Program) -> Values:
    found: Values = {}
    for side in said.SIDES:
        profile = (program.settings.get("notify") or {}).get(side.value) or {}
        found[f"{side.value}.channels"] = list(profile.get("channels", ()))
        found[f"{side.value}.digest"] = program_window(program.settings, side).text if profile else ""
    found["buyer.each"] = bool(((program.settings.get("notify") or {}).get("buyer") or {}).get("per_decision"))
    return found


def _megabytes(text: str) -> Any:
    """Bytes of a number of megabytes; anything else stays, and is refused with the others."""
    return int(text) * MEGABYTE if text.isascii() and text.isdecimal() and len(text) < 6 else text


def _of_settings(program: Program, *names: str) -> Values:
    settings = DisputeSettings.of(program.settings)
    return {name: getattr(settings, name) for name in names}


_DOORS = {Door.DESK: "At the desk", Door.BULK: "In bulk", Door.API: "Through the web service", Door.SYSTEM: "By a rule"}
_ORDERS = (
    ("deadline", "By deadline", "The nearest one first."),
    ("fifo", "Strictly in order of arrival", "The lane hands out the oldest; whoever takes another says why."),
)
SECTIONS: tuple[Section, ...] = (
    Section(
        "name",
        "Name",
        said.identity,
        lambda _: (Field("name", "Name", most=200, needed=True),),
        lambda program: {"name": program.name},
        lambda _, typed: {"name": typed["name"]},
    ),
    Section(
        "covers",
        "What it is for",
        said.covers,
        lambda _: (
            Field("unit_kind", "Disputes are about", Kind.MANY, options=_named(said.UNITS)),
            Field("intake", "They come", Kind.MANY, options=_named(said.INTAKES)),
            Field("together", "Several lines of one bill become one dispute", Kind.FLAG),
        ),
        lambda program: {
            "unit_kind": program.unit_kind,
            "intake": program.intake,
            "together": bool(program.settings.get("together")),
        },
        lambda _, typed: dict(typed),
        ("together",),
    ),
    Section(
        "place",
        "Zone and currency",
        said.place,
        lambda _: (
            Field(
                "zone",
                "Time zone",
                help="Such as America/New_York; empty: UTC. Its days decide dates and daily limits.",
            ),
            Field("currency", "Currency", most=3, help="Three letters. For amounts that come without one."),
        ),
        lambda program: {"zone": program.zone.name if program.zone else "", "currency": program.currency},
        lambda _, typed: {"zone": typed["zone"], "currency": typed["currency"].upper()},
    ),
    Section(
        "words",
        "Words",
        said.words,
        lambda program: (
            Field("action", "The button that files", most=40, needed=True),
            Field("action_under_cost", "It stands under the cost of a charge", Kind.FLAG),
            Field(
                "vocabulary",
                "A status reads",
                Kind.CHOICE,
                options=options(said.VOCABULARIES.items()),
            ),
            *(
                Field(
                    f"word.{key}",
                    key.replace("_", " ").capitalize(),
                    most=40,
                    title="" if n else "Own words for a status",
                )
                for n, key in enumerate(program.settings.get("status_words") or {})
            ),
        ),
        lambda program: {
            **_of_settings(program, "action", "action_under_cost"),
            "vocabulary": program.settings.get("vocabulary", "dialics"),
            **{f"word.{key}": word for key, word in (program.settings.get("status_words") or {}).items()},
        },
        lambda _, typed: {
            "action": typed["action"],
            "action_under_cost": typed["action_under_cost"],
            "vocabulary": typed["vocabulary"],
            "status_words": {name[5:]: word for name, word in typed.items() if name.startswith("word.")},
        },
        ("action", "action_under_cost", "vocabulary", "status_words"),
    ),
    Section(
        "undo",
        "Undo",
        said.undo,
        lambda _: tuple(
            Field(f"undo_seconds.{door}", label, Kind.NUMBER, unit="seconds") for door, label in _DOORS.items()
        ),
        lambda program: {
            f"undo_seconds.{door}": DisputeSettings.of(program.settings).undo_seconds.get(door, 0) for door in _DOORS
        },
        lambda _, typed: {"undo_seconds": {str(door): typed[f"undo_seconds.{door}"] or 0 for door in _DOORS}},
        ("undo_seconds",),
    ),
    Section(
        "queue",
        "Queue and lane",
        said.queue,
        lambda _: (
            Field("queue.order", "Order", Kind.CHOICE, options=options(_ORDERS)),
            Field("lease_seconds", "A case is kept for one person for", Kind.NUMBER, unit="seconds"),
            Field("second_press", "A second press to decide what nobody listened to", Kind.FLAG),
        ),
        lambda program: {
            **_of_settings(program, "lease_seconds", "second_press"),
            "queue.order": "fifo" if DisputeSettings.of(program.settings).in_order else "deadline",
        },
        lambda _, typed: {
            "queue": {"order": typed["queue.order"]},
            "lease_seconds": typed["lease_seconds"],
            "second_press": typed["second_press"],
        },
        ("queue", "lease_seconds", "second_press"),
    ),
    Section(
        "decisions",
        "Decisions",
        said.decisions,
        lambda _: (
            Field("decisions", "Reviewers can", Kind.MANY, options=_named(said.DECISIONS)),
            Field(
                "note",
                "An explanation is needed to",
                Kind.MANY,
                options=_named(said.DECISIONS),
                help="Always to reject.",
            ),
        ),
        lambda program: {
            "decisions": sorted(DisputeSettings.of(program.settings).decisions),
            "note": sorted(DisputeSettings.of(program.settings).note_required),
        },
        lambda _, typed: {
            "decisions": typed["decisions"],
            "decision_note": {
                kind: "required" if kind in typed["note"] or kind == "reject" else "optional" for kind in said.DECISIONS
            },
        },
        ("decisions", "decision_note"),
    ),
    Section(
        "clawback",
        "Back from vendors",
        said.money,
        lambda _: (Field("clawback", "Vendors give back", Kind.CHOICE, options=options(CLAWBACKS)),),
        lambda program: _of_settings(program, "clawback"),
        lambda _, typed: dict(typed),
        ("clawback",),
    ),
    Section(
        "rounds",
        "Second looks",
        said.rounds,
        lambda _: (
            Field("max_rounds", "Rounds at most", Kind.NUMBER),
            Field("reopen", "A finished dispute can be reopened", Kind.FLAG),
            Field("reopen_days", "Reopened within", Kind.NUMBER, unit="days", help="Empty: without a limit."),
            Field("re_review.allowed", "A re-review can be asked for", Kind.FLAG, title="Re-review"),
            Field("re_review.requested_by", "By", Kind.MANY, options=_named(said.ASKERS)),
            Field("re_review.appeal_days", "Within", Kind.NUMBER, unit="days", help="Empty: without a limit."),
            Field("re_review.other_reviewer", "Somebody else decides it", Kind.FLAG),
        ),
        lambda program: {
            (name if name in {"max_rounds", "reopen", "reopen_days"} else f"re_review.{name}"): value
            for name, value in _rounds_values(program).items()
        },
        lambda program, typed: _rounds_changes(program, {name.split(".")[-1]: value for name, value in typed.items()}),
        ("max_rounds", "reopen", "reopen_days", "re_review"),
    ),
    Section("questions", "After a decision", asks.says, asks.fields, asks.values, asks.changes, (asks.KEY,)),
    Section("reviews", "Quality review", reviews.says, reviews.fields, reviews.values, reviews.changes, (reviews.KEY,)),
    Section(
        "closing",
        "Closing",
        said.closing,
        lambda _: (Field("auto_close", "A dispute closes by itself when its decision is committed", Kind.FLAG),),
        lambda program: _of_settings(program, "auto_close"),
        lambda _, typed: dict(typed),
        ("auto_close",),
    ),
    Section(
        "fees",
        "Fee for a reversal",
        said.fees,
        _fee_fields,
        _fee_values,
        _fee_changes,
        ("reversal_fee", "fee_tax_rate"),
    ),
    Section(
        "telling",
        "Messages",
        said.telling,
        _notify_fields,
        _notify_values,
        lambda _, typed: dict(typed),
        ("notify",),
    ),
    Section(
        "vendors",
        "What vendors see",
        said.vendors,
        lambda _: (Field("vendors_see_campaign", "Vendors see the campaign of a call", Kind.FLAG),),
        lambda program: {"vendors_see_campaign": program.settings.get("vendors_see_campaign", True)},
        lambda _, typed: dict(typed),
        ("vendors_see_campaign",),
    ),
    Section(
        "reauth",
        "Signing in again",
        said.reauth,
        lambda program: (
            *(
                Field(f"reauth_above_micros.{code}", f"Above, in {code}", unit=code, help="Empty: never.")
                for code in currencies(program)
            ),
        ),
        lambda program: {
            f"reauth_above_micros.{code}": _major(reauth_above(program.settings).get(code))
            for code in currencies(program)
        },
        lambda program, typed: {
            "reauth_above_micros": {code: typed[f"reauth_above_micros.{code}"] for code in currencies(program)}
        },
        ("reauth_above_micros",),
    ),
    Section(
        "evidence",
        "Evidence",
        said.evidence,
        lambda _: (
            Field("evidence_files.max_files", "Files of one dispute", Kind.NUMBER, help="0: none are taken."),
            Field("evidence_files.max_bytes", "Size of a file, at most", Kind.NUMBER, unit="MB"),
            Field("evidence_files.types", "Kinds", Kind.MANY, options=options((key, key.upper()) for key in KINDS)),
        ),
        lambda program: {
            "evidence_files.max_files": Limits.of(program.settings).max_files,
            "evidence_files.max_bytes": Limits.of(program.settings).max_bytes // MEGABYTE or 1,
            "evidence_files.types": Limits.of(program.settings).types,
        },
        lambda _, typed: {
            "evidence_files": {
                "max_files": typed["evidence_files.max_files"],
                "max_bytes": _megabytes(typed["evidence_files.max_bytes"]),
                "types": typed["evidence_files.types"],
            }
        },
        ("evidence_files",),
    ),
)
BY_KEY: Mapping[str, Section] = {section.key: section for section in SECTIONS}
TITLE_OF: Mapping[str, str] = {
    **{setting: section.title for section in SECTIONS for setting in section.settings},
    "name": "Name",
    "zone": "Time zone",
    "currency": "Currency",
    "unit_kind": "Disputes are about",
    "intake": "They come",
}
"""The title of the section that each setting belongs to."""
SECTION_OF: Mapping[str, str] = {setting: section.key for section in SECTIONS for setting in section.settings}
