"""What each step of a guided dispute shows: the rail with its summaries, and the step itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from django.urls import reverse

from makegood.disputes.policy import Phase
from makegood.disputes.policy.guided import GuidedStep, Said
from makegood.disputes.selectors import exhibits
from makegood.disputes.selectors import guided as selector
from makegood.disputes.selectors.claim import ReasonOption
from makegood.disputes.selectors.guided import Guided
from makegood.disputes.selectors.guided_lines import (
    Chosen,
    Sum,
    bill_groups,
    claim_stops,
    has_usage,
    lines_of,
    sum_of,
    usage_of_bill,
)
from makegood.disputes.selectors.guided_reasons import (
    TYPES,
    Offered,
    expected_now,
    questions_by_reason,
    reasons_of,
)
from makegood.kernel.money import Money
from makegood.parties.entries import Principal
from makegood.parties.states import Verb
from makegood.web.middleware import PageRequest

TITLES: Mapping[GuidedStep, tuple[str, str]] = {
    GuidedStep.BILL: ("Bill", "Which bill is it about?"),
    GuidedStep.CHARGES: ("Charges", "Which charges are disputed?"),
    GuidedStep.AMOUNTS: ("Amounts", "How much of each is disputed?"),
    GuidedStep.VALIDITY: ("Validity", "What the rules say"),
    GuidedStep.REASON: ("Reason", "Why does the customer dispute it?"),
    GuidedStep.DOCUMENTS: ("Documents", "What supports it?"),
    GuidedStep.REVIEW: ("Review", "Read it back, then submit"),
}


@dataclass(frozen=True)
class RailStep:
    """A step in the rail: its summary, whether it is done, and whether one can go there."""

    number: int
    title: str
    summary: str
    done: bool
    reached: bool
    current: bool


@dataclass(frozen=True)
class Looked:
    """A guided dispute as one request looks at it: with what is typed, and its lines."""

    guided: Guided
    said: Said
    lines: tuple[Chosen, ...]
    sum: Sum | None

    @property
    def going(self) -> tuple[Chosen, ...]:
        """The lines that were not taken out."""
        return tuple(line for line in self.lines if not line.said.dropped)

    @property
    def wrong(self) -> tuple[Chosen, ...]:
        """Those of them that cannot be filed as they stand."""
        return tuple(line for line in self.going if not line.is_valid)

    @property
    def fine(self) -> int:
        """How many can be filed."""
        return len(self.going) - len(self.wrong)


def looked_at(principal: Principal, guided: Guided, said: Said | None = None) -> Looked:
    """The dispute with its lines as they are kept, or as they are typed."""
    words = guided.said if said is None else said
    lines = tuple(lines_of(principal, words)) if words.charges else ()
    return Looked(guided, words, lines, sum_of(lines))


def rail(principal: Principal, looked: Looked, step: GuidedStep) -> list[RailStep]:
    """The seven steps with what was said on each."""
    reached = looked.guided.step
    found = []
    for one, (title, _) in TITLES.items():
        summary = _summary(principal, looked, one) if one <= reached else ""
        wrong = one is GuidedStep.VALIDITY and bool(looked.wrong)
        done = one < reached and not wrong
        found.append(RailStep(int(one), title, summary, done, one <= reached, one is step))
    return found


def _summary(principal: Principal, looked: Looked, step: GuidedStep) -> str:
    said, sums = looked.said, looked.sum
    match step:
        case GuidedStep.BILL:
            return f"Bill {looked.guided.invoice_number}" if looked.guided.invoice_number else ""
        case GuidedStep.CHARGES:
            return _counted(len(looked.lines), "charge") if looked.lines else ""
        case GuidedStep.AMOUNTS:
            return f"{sums.asked} asked" if sums else ""
        case GuidedStep.VALIDITY:
            wrong = f", {len(looked.wrong)} not" if looked.wrong else ""
            return f"{looked.fine} valid{wrong}" if looked.lines else ""
        case GuidedStep.REASON:
            used = said.reasons
            return f"{len(used)} reasons" if len(used) > 1 else _label(_reasons(looked).all, "".join(used))
        case GuidedStep.DOCUMENTS:
            later = "later" if said.later else "none"
            return _counted(len(said.files), "file") if said.files else later if _past(looked, step) else ""
    return ""


def _past(looked: Looked, step: GuidedStep) -> bool:
    return looked.guided.step > step


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _label(reasons: Sequence[ReasonOption], code: str) -> str:
    return next((one.label for one in reasons if one.code == code), "")


def _reasons(looked: Looked) -> Offered:
    return reasons_of(looked.guided.program_id, [line.charge_id for line in looked.going])


def context_of(request: PageRequest, looked: Looked, step: GuidedStep, *, more: bool = True) -> dict[str, Any]:
    """Everything that the page of a step shows; without ``more`` only what its live part does."""
    guided = looked.guided
    context: dict[str, Any] = {
        "guided": guided,
        "look": looked,
        "said": looked.said,
        "step": int(step),
        "name": step.name.lower(),
        "title": TITLES[step][0],
        "question": TITLES[step][1],
        "address": reverse("guided_step", args=[guided.customer_id, guided.public_id, int(step)]),
        "part": f"web/guided/{step.name.lower()}.html",
        "overrides": request.principal.can(Verb.DISPUTE_OVERRIDE),
    }
    if more:
        context["rail"] = rail(request.principal, looked, step)
        context["people"] = selector.may_take_over(request.principal, guided.customer_id)
    shows = _SHOWS.get(step)
    return {**context, **shows(request, looked)} if shows else context


def _bills(request: PageRequest, looked: Looked) -> dict[str, Any]:
    return {"bills": selector.bills_offered(request.principal, looked.guided.customer_id)}


def _charges(request: PageRequest, looked: Looked) -> dict[str, Any]:
    guided, principal = looked.guided, request.principal
    bill = guided.invoice_id or 0
    chosen = {one.id for one in looked.said.charges}
    asked = request.POST if request.method == "POST" else request.GET
    search, open_usage = asked.get("q", ""), asked.get("usage") == "1"
    groups = bill_groups(principal, bill, guided.program_id)
    usage = None
    if open_usage or (not groups and has_usage(principal, bill, guided.program_id)):
        usage = usage_of_bill(
            principal, bill, guided.program_id, search, asked.get("after", ""), asked.get("before", "")
        )
    shown = {line.row.charge.id for group in groups for line in group.lines}
    shown |= {line.row.charge.id for line in usage.rows} if usage else set()
    return {
        "groups": groups,
        "usage": usage,
        "has_usage": usage is not None or has_usage(principal, bill, guided.program_id),
        "search": search,
        "chosen": chosen,
        "elsewhere": len(chosen - shown),
        "any_open": any(line.can for group in groups for line in group.lines) or usage is not None,
    }


def _reason(request: PageRequest, looked: Looked) -> dict[str, Any]:
    offered, said = _reasons(looked), looked.said
    reasons = offered.common
    types = [(key, words) for key, words in TYPES.items() if any(one.type == key for one in reasons)]
    chosen = next((one for one in reasons if one.code == said.reason), None)
    kind = said.type or (chosen.type if chosen else types[0][0] if len(types) == 1 else "")
    if chosen is not None and kind and chosen.type != kind:
        chosen = None
    kept = said.answers or {}
    places = count(1)
    codes = [code for code in said.reasons if code != said.reason or chosen is not None]
    return {
        "types": types,
        "type": kind,
        "reasons": [one for one in reasons if one.type == kind],
        "reason": chosen,
        "questions": [
            (_label(offered.all, code), [(next(places), question, kept.get(question, "")) for question in asked])
            for code, asked in _each_once(questions_by_reason(looked.guided.program_id, codes)).items()
        ],
        "own": [(line, _by_type(offered.by_charge.get(line.charge_id, ()))) for line in looked.going],
        "is_mixed": any(line.said.reason for line in looked.going),
        "labels": {one.code: one.label for one in offered.all},
        "used": [_label(offered.all, code) for code in said.reasons],
    }


def _each_once(asked: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Questions by reason, one that several reasons ask with the first of them."""
    seen: set[str] = set()
    found: dict[str, list[str]] = {}
    for code, questions in asked.items():
        new = [one for one in dict.fromkeys(questions) if one not in seen]
        seen.update(new)
        if new:
            found[code] = new
    return found


def _by_type(reasons: Sequence[ReasonOption]) -> list[tuple[str, list[ReasonOption]]]:
    """Reasons below what they are about, in words."""
    groups = ((words, [one for one in reasons if one.type == key]) for key, words in TYPES.items())
    return [(words, found) for words, found in groups if found]


def _documents(request: PageRequest, looked: Looked) -> dict[str, Any]:
    found = exhibits.own_files_named(request.principal, looked.said.files)
    program = looked.guided.program_id or 0
    wants = [one for one in _reasons(looked).all if one.requires_evidence and one.code in looked.said.reasons]
    return {
        "attached": found,
        "lost": len(looked.said.files) - len(found),
        "attach_to": reverse("own_files"),
        "limits": exhibits.limits_of(program),
        "several": True,
        "needs_file": bool(wants),
        "reason": wants[0] if wants else None,
    }


def _review(request: PageRequest, looked: Looked) -> dict[str, Any]:
    principal, said = request.principal, looked.said
    kept = replace(said, files=tuple(one.public_id for one in exhibits.own_files_named(principal, said.files)))
    stops = [
        (int(step), rule)
        for step, phase in ((GuidedStep.REASON, Phase.REASON), (GuidedStep.DOCUMENTS, Phase.EVIDENCE))
        for rule in claim_stops(principal, kept, phase)
    ]
    shown = _reason(request, looked)
    return {
        "stops": stops,
        "type_words": TYPES.get(said.type, ""),
        **{name: shown[name] for name in ("reason", "questions", "used", "labels", "is_mixed")},
        "attached": exhibits.own_files_named(principal, said.files),
        "promise": expected_now(looked.guided.program_id),
    }


_SHOWS: Mapping[GuidedStep, Callable[[PageRequest, Looked], dict[str, Any]]] = {
    GuidedStep.BILL: _bills,
    GuidedStep.CHARGES: _charges,
    GuidedStep.REASON: _reason,
    GuidedStep.DOCUMENTS: _documents,
    GuidedStep.REVIEW: _review,
}


def total_of(amounts: Sequence[Money]) -> Money | None:
    """What some amounts of one currency come to; None where there is none."""
    return sum(amounts, Money(0, amounts[0].currency)) if amounts else None
