"""Makes a dispute for a customer in the guided steps, as a representative does on the pages."""

from __future__ import annotations

from collections.abc import Sequence

from makegood.billing.selectors import charges_visible_to
from makegood.disputes.operations import begin_guided, keep_step, submit_guided
from makegood.disputes.policy.guided import GuidedBegun, GuidedItem, GuidedStep, GuidedStepItem, Said, SaidCharge
from makegood.kernel.answers import Answer
from makegood.parties.entries import Principal
from makegood.project.demo.contests import Contest
from makegood.project.demo.problems import ContestRefused

FILING = "filing"


def file_guided(person: Principal, contest: Contest, charges: Sequence[int]) -> list[int]:
    """Go through the seven steps with these charges of one bill; the disputes by line. Raises ContestRefused."""
    customer = charges_visible_to(person).values_list("customer", flat=True).get(pk=charges[0])
    (begun,) = begin_guided(person, items=[GuidedBegun(customer, None, tuple(charges))])
    draft = str(_checked(contest, begun).data["draft"])
    said = Said(
        tuple(
            SaidCharge(pk, reason="" if reason == contest.reason else reason)
            for pk, reason in zip(charges, contest.reasons or [contest.reason] * len(charges), strict=True)
        ),
        contest.about,
        contest.reason,
        contest.explanation,
    )
    for step in (GuidedStep.AMOUNTS, GuidedStep.VALIDITY, GuidedStep.REASON, GuidedStep.DOCUMENTS):
        (kept,) = keep_step(person, items=[GuidedStepItem(draft, step, said)])
        _checked(contest, kept)
    (filed,) = submit_guided(person, items=[GuidedItem(draft)])
    lines = {line["charge"]: line for line in _checked(contest, filed).data["lines"]}
    return [lines[pk]["id"] for pk in charges]


def _checked(contest: Contest, answer: Answer) -> Answer:
    if not answer.ok:
        raise ContestRefused(contest.items[0], FILING, answer)
    return answer
