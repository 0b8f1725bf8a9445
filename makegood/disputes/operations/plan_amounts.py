"""The amounts of a bulk plan: a percentage, one amount for each, or one total split over all."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from makegood.disputes import errors
from makegood.disputes.entries import Foreseen, PlanParams, Target
from makegood.disputes.operations.plan_verbs import foresee
from makegood.disputes.selectors.candidates import VARIABLE, VARIABLES, Candidate, finding_words, worded
from makegood.disputes.states import PlanVerb
from makegood.kernel.allocation import largest_remainder
from makegood.kernel.money import LARGEST, format_money, minor_micros
from makegood.kernel.rounding import partial_by_percent
from makegood.parties.entries import Principal

AMOUNTS = frozenset({PlanVerb.PARTIAL, PlanVerb.ADJUST})
LABELED = frozenset({PlanVerb.ADJUST, PlanVerb.CLOSE})
CLAWED = frozenset({PlanVerb.ACCEPT, PlanVerb.PARTIAL, PlanVerb.ADJUST})
NONE, WHOLE = "none", "all"
_PERCENT = re.compile(r"\d{1,3}(?:\.\d{1,6})?")


def check_params(verb: PlanVerb, params: PlanParams) -> None:
    """Raise PlanParameters unless the verb takes these and can be done with them."""
    given = [said for said in (params.percent or None, params.each_micros, params.total_micros) if said is not None]
    if verb not in AMOUNTS and given:
        raise errors.PlanParameters(cause=f'"{verb.value}" takes no amount')
    if len(given) > 1 or (verb is PlanVerb.PARTIAL and not given):
        raise errors.PlanParameters(cause="name exactly one of percent, amount for each, and total")
    if params.percent and not (_PERCENT.fullmatch(params.percent) and 0 < Fraction(params.percent) <= 100):
        raise errors.PlanParameters(cause="a percentage is above 0 and at most 100")
    for micros in (params.each_micros, params.total_micros):
        if micros is not None and not (type(micros) is int and 0 < micros <= LARGEST):
            raise errors.PlanParameters(cause="an amount is above zero")
    _check_choices(verb, params)
    _check_text(params)


def _check_choices(verb: PlanVerb, params: PlanParams) -> None:
    if params.resolution and verb not in LABELED:
        raise errors.PlanParameters(cause=f'"{verb.value}" takes no resolution')
    if params.clawback and (verb not in CLAWED or params.clawback not in {NONE, WHOLE}):
        raise errors.PlanParameters(cause="what a vendor gives back is none or all of the payout of a credit")
    if (verb is PlanVerb.ASSIGN) != (params.to is not None):
        raise errors.PlanParameters(cause="name whom to assign to, and only where something is assigned")


def _check_text(params: PlanParams) -> None:
    if "{finding}" in params.note and not params.findings:
        raise errors.PlanParameters(cause="the text names {finding}, and no finding is chosen")
    for name in VARIABLE.findall(params.note):
        if name not in VARIABLES:
            known = ", ".join(f"{{{one}}}" for one in VARIABLES)
            raise errors.PlanParameters(cause=f"the text may name {known}, not {{{name}}}")


def targeted(
    principal: Principal, verb: PlanVerb, params: PlanParams, candidates: Sequence[Candidate]
) -> list[tuple[Target, Foreseen]]:
    """Each candidate with its amount and its words, and what the plan would do to it. Raises PlanParameters."""
    if params.each_micros is not None or params.total_micros is not None:
        _demand_one_currency(candidates)
    said = finding_words(params.findings)
    targets = [
        Target(
            one.id,
            one.version,
            _micros(verb, params, one),
            worded(params.note, one, said),
            None if verb not in CLAWED else {NONE: 0, WHOLE: one.payout_micros}.get(params.clawback),
        )
        for one in candidates
    ]
    if params.total_micros is not None:
        return _split(principal, verb, params, candidates, targets)
    return list(zip(targets, foresee(principal, verb, params, targets), strict=True))


def _micros(verb: PlanVerb, params: PlanParams, one: Candidate) -> int | None:
    if verb not in AMOUNTS:
        return None
    if params.percent:
        return partial_by_percent(one.asked_micros, Fraction(params.percent), one.asked_micros, one.currency)
    if params.each_micros is not None:
        return params.each_micros
    # The smallest part, for a first look at who takes part in a total; all of it where nothing is said.
    return 1 if params.total_micros is not None else one.asked_micros


def _demand_one_currency(candidates: Sequence[Candidate]) -> None:
    if len({one.currency for one in candidates}) > 1:
        raise errors.PlanParameters(cause="one amount is for disputes of one currency")


def _split(
    principal: Principal,
    verb: PlanVerb,
    params: PlanParams,
    candidates: Sequence[Candidate],
    targets: Sequence[Target],
) -> list[tuple[Target, Foreseen]]:
    """Split the total over those that may go on; when their parts stop some, over the others, until none is stopped."""
    asked = {one.id: one for one in candidates}
    seen = {
        one.dispute_id: (one, said)
        for one, said in zip(targets, foresee(principal, verb, params, targets), strict=True)
    }
    while going := [one for one, said in seen.values() if not said.code]:
        rooms = {one.dispute_id: _room(verb, asked[one.dispute_id], seen[one.dispute_id][1]) for one in going}
        parts = _parts(params.total_micros or 0, [asked[one.dispute_id] for one in going], rooms)
        going = [replace(one, micros=parts[one.dispute_id]) for one in going]
        said = foresee(principal, verb, params, going)
        seen |= {one.dispute_id: (one, found) for one, found in zip(going, said, strict=True)}
        if not any(found.code for found in said):
            break
    return [seen[one.dispute_id] for one in targets]


def _room(verb: PlanVerb, one: Candidate, said: Foreseen) -> int:
    """The most that a dispute can take of a total."""
    below = 1 if verb is PlanVerb.PARTIAL else 0
    coin = minor_micros(one.currency)
    most = min(one.asked_micros - below, said.remaining_micros)
    return most - most % coin if most >= coin else most


def _parts(total: int, going: Sequence[Candidate], rooms: Mapping[int, int]) -> dict[int, int]:
    currency = going[0].currency
    if sum(rooms.values()) < total:
        most = format_money(sum(rooms.values()), currency)
        raise errors.PlanParameters(cause=f"these disputes take at most {most} together")
    coin = minor_micros(currency)
    # Whole coins where the total and every dispute are whole; a charge below a cent has none.
    grain = coin if total % coin == 0 and all(room % coin == 0 for room in rooms.values()) else 1
    caps = [rooms[one.id] // grain for one in going]
    parts = largest_remainder(total // grain, [one.asked_micros for one in going], caps)
    return {one.id: part * grain for one, part in zip(going, parts, strict=True)}
