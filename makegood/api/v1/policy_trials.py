"""What if: what rules would say of charges, and what they would have meant in the past."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from msgspec import Meta, Struct

from makegood.api.errors import FieldInvalid, FieldRequired, NoAccess
from makegood.api.http import Request, Response
from makegood.api.routing import Route
from makegood.api.v1 import ids
from makegood.api.v1.charges import Draft
from makegood.api.v1.policies import ONE, RULE, TAG, UNREADABLE, YEARS, Moment, Number, Rules, found, whole_rules
from makegood.api.v1.representations import policy as shapes
from makegood.api.v1.representations.charge import ChargeId, Verdicts, verdict
from makegood.billing.selectors.charge_list import charge_places
from makegood.disputes import errors
from makegood.disputes.entries import SubmitItem
from makegood.disputes.selectors.policies import PolicyInForce
from makegood.disputes.selectors.policy_trials import MOST_DAYS, check_policy, policy_impact, tried_policy
from makegood.kernel import clock
from makegood.parties.errors import NotPermitted
from makegood.parties.models import Program
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

MOST_CHARGES = 500
USUAL_DAYS = 30


class Checking(Struct, forbid_unknown_fields=True):
    """What to try, ``rules`` or a ``version`` by its number, on which charges; with a draft as if it were filed."""

    charges: Annotated[list[ChargeId], Meta(min_length=1, max_length=MOST_CHARGES)]
    rules: Rules | None = None
    version: Number | None = None
    draft: Draft | None = None


class Backtest(Struct, forbid_unknown_fields=True):
    """What to try, ``rules`` or a ``version`` by its number, on the charges of a past window."""

    rules: Rules | None = None
    version: Number | None = None
    since: Moment | None = None
    until: Moment | None = None


def _tried(program: Program, rules: list[dict[str, Any]] | None, number: int | None) -> PolicyInForce:
    if (rules is None) == (number is None):
        raise FieldInvalid(field="rules", cause="name either rules or a version")
    return tried_policy(program, rules=None if rules is None else whole_rules(rules), number=number)


def check(request: Request) -> Response:
    """Try rules on charges."""
    demand(request.principal, Verb.CHARGE_VIEW)
    body: Checking = request.body
    policy = _tried(request.subject, body.rules, body.version)
    asked = {text: ids.number_of(ids.CHARGE, text) or 0 for text in body.charges}
    said = check_policy(request.principal, policy, _claims(request, body.draft, list(asked.values())))
    return Response(
        body=Verdicts(
            [verdict(number, said[number], decides=True) for number in asked.values() if number in said],
            [text for text, number in asked.items() if number not in said],
        )
    )


def _claims(request: Request, draft: Draft | None, numbers: list[int]) -> list[SubmitItem]:
    """A look at each charge, or the claim that the draft makes on it. Raises FieldInvalid."""
    if draft is None:
        return [SubmitItem(number) for number in numbers]
    return [
        SubmitItem(
            place.id,
            draft.reason,
            draft.description,
            draft.amount.micros(place.currency, field="draft.amount", whole=place.remaining_micros)
            if draft.amount
            else None,
        )
        for place in charge_places(request.principal, numbers).values()
    ]


def impact(request: Request) -> Response:
    """Try rules on the past."""
    body: Backtest = request.body
    policy = _tried(request.subject, body.rules, body.version)
    until = min(body.until or clock.now(), clock.now())
    since = body.since or (until - timedelta(days=USUAL_DAYS) if until.year in YEARS else until)
    return Response(body=shapes.impact(policy_impact(request.principal, policy, since=since, until=until)))


TRYING = (NoAccess, *UNREADABLE, FieldRequired, errors.VersionUnknown)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{ONE}/check",
        "checkPolicy",
        check,
        "Ask what rules would say of charges.",
        TAG,
        scope=found,
        verb=Verb.POLICY_EDIT,
        body=Checking,
        answer=Verdicts,
        refusals=(*TRYING, NotPermitted),
        description=f"Needs charge.view as well. Up to {MOST_CHARGES} charges; those of another program, or out of "
        "sight, are unknown. Nothing is kept.",
        examples={
            "rules": {"charges": ["chg_12"], "rules": [RULE]},
            "draft": {"charges": ["chg_12"], "version": 2, "draft": {"reason": "SPAM", "amount": "9.99"}},
        },
    ),
    Route(
        "POST",
        f"{ONE}/impact",
        "tryPolicyOnThePast",
        impact,
        "Ask what rules would have meant.",
        TAG,
        scope=found,
        verb=Verb.POLICY_EDIT,
        body=Backtest,
        answer=shapes.PolicyImpact,
        refusals=(*TRYING, errors.WindowTooLong, errors.WholeProgramNeeded, errors.PolicyMissing),
        description=f"Beside the version in force, for charges received in a window of at most {MOST_DAYS} days, by "
        f"default the last {USUAL_DAYS}. Because the window is bounded it is answered at once.",
        examples={"rules": {"rules": [RULE], "since": "2026-03-01T00:00:00Z", "until": "2026-04-01T00:00:00Z"}},
    ),
)
