"""The section of a program's page about reviews that nobody asked for: what it says, its form, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from makegood.disputes.policy.review_plan import KEY as KEY
from makegood.disputes.policy.review_plan import TAGS, USUAL, ReviewPlan
from makegood.parties.models import Program
from makegood.web.fields import Field, Kind

ON, SAMPLE, PER_RULE, TAGGED = "on", f"{KEY}.sample_per_day", f"{KEY}.per_rule", f"{KEY}.tags"
FIRST, SHORT = f"{KEY}.rules.new_vendor.first", f"{KEY}.rules.short.seconds"
SILENT, REPEAT = f"{KEY}.rules.no_speech", f"{KEY}.rules.repeat_caller.hours"
OFF = "Empty: off."


def says(program: Program) -> tuple[str, ...]:
    """How charges are reviewed that nobody disputed."""
    plan = ReviewPlan.of(program.settings)
    if plan is None:
        return ("Calls and leads that nobody disputed are not reviewed.",)
    rules = [
        f"the first {plan.new_vendor_first} of a vendor" if plan.new_vendor_first is not None else "",
        f"calls below {plan.short_s} seconds" if plan.short_s is not None else "",
        "calls without speech" if plan.no_speech else "",
        f"callers who called within {plan.repeat_hours} hours before" if plan.repeat_hours is not None else "",
    ]
    picked = ", ".join(rule for rule in rules if rule)
    besides = f"Besides, up to {plan.per_rule} each of: {picked}." if picked else ""
    return (f"Every day {plan.sample_per_day} undisputed calls and leads are drawn at random.", besides)


def fields(program: Program) -> tuple[Field, ...]:
    """The form."""
    return (
        Field(ON, "Calls and leads that nobody disputed are reviewed", Kind.FLAG),
        Field(SAMPLE, "Drawn at random", Kind.NUMBER, unit="a day"),
        Field(FIRST, "The first of a new vendor", Kind.NUMBER, unit="calls or leads", help=OFF, title="Rules"),
        Field(SHORT, "Calls shorter than", Kind.NUMBER, unit="seconds", help=OFF),
        Field(SILENT, "Calls without speech", Kind.FLAG),
        Field(REPEAT, "Callers who called the same customer within", Kind.NUMBER, unit="hours before", help=OFF),
        Field(PER_RULE, "Each rule picks at most", Kind.NUMBER, unit="a day"),
        Field(TAGGED, "Tags that are offered", Kind.AREA, help="With commas between. Reviewers may write others."),
    )


def values(program: Program) -> dict[str, Any]:
    """What the form shows; the usual plan where nothing is reviewed yet."""
    found = ReviewPlan.of(program.settings)
    plan = found or USUAL
    return {
        ON: found is not None,
        SAMPLE: plan.sample_per_day,
        PER_RULE: plan.per_rule,
        FIRST: plan.new_vendor_first,
        SHORT: plan.short_s,
        SILENT: plan.no_speech,
        REPEAT: plan.repeat_hours,
        TAGGED: ", ".join(plan.tags),
    }


def changes(program: Program, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The setting that was typed; switched off, nothing of it stays."""
    if not typed[ON]:
        return {KEY: False}
    rules: dict[str, Any] = {"no_speech": bool(typed[SILENT])}
    for name, part, field in (
        ("new_vendor", "first", FIRST),
        ("short", "seconds", SHORT),
        ("repeat_caller", "hours", REPEAT),
    ):
        if typed[field] not in {None, ""}:
            rules[name] = {part: typed[field]}
    tags = [tag for tag in str(typed[TAGGED] or "").replace("\n", ",").split(",") if tag.strip()]
    return {
        KEY: {
            "sample_per_day": typed[SAMPLE] or 0,
            "per_rule": typed[PER_RULE] or USUAL.per_rule,
            "rules": rules,
            "tags": tags or list(TAGS),
        }
    }
