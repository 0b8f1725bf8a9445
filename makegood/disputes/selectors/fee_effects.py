"""What a fee for a reversal would do, judged as the statement that charges it judges. Nothing is written."""

from __future__ import annotations

from django.db import connection

from makegood.disputes import errors
from makegood.disputes.entries import FeeItem, Foreseen
from makegood.disputes.lifecycle import Verb as Step
from makegood.disputes.lifecycle import stages_for
from makegood.disputes.policy.afterward import FeeTerms, fee_terms
from makegood.disputes.selectors.refusals import refusal_of, told_stage
from makegood.disputes.selectors.visible import disputes_visible_to
from makegood.kernel import sql
from makegood.kernel.rounding import tax_at
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound


def fee_terms_of(principal: Principal, dispute_id: int) -> FeeTerms | None:
    """The terms of a program's reversal fee for one dispute in sight; None where it charges none. Raises NotFound."""
    return _terms(principal, dispute_id)[0]


def foreseen_fee(principal: Principal, item: FeeItem) -> Foreseen:
    """What ``apply_fee`` would do now: a negative credit, with the tax on it."""
    try:
        terms, currency = _terms(principal, item.dispute_id)
    except NotFound as error:
        return Foreseen(error.code, error.message)
    if terms is None:
        refusal = errors.FeeNotOffered()
        return Foreseen(refusal.code, refusal.message)
    micros = terms.default if item.micros is None else item.micros
    with connection.cursor() as cursor:
        cursor.execute(
            sql.load("disputes.fee_effects"),
            {
                "dispute_id": item.dispute_id,
                "micros": micros,
                "largest": terms.largest,
                "version": item.version,
                "charging_stages": sorted(stages_for(Step.APPLY_FEE)),
            },
        )
        code, stage, label, payout = cursor.fetchone() or ("NOT_FOUND", "", "", "")
    if code:
        said = refusal_of(
            code,
            number=label,
            stage=told_stage(principal, stage),
            step=Step.APPLY_FEE,
            currency=currency,
            limit=terms.largest,
        )
        return Foreseen(said.code, said.message, payout_currency=payout)
    return Foreseen(credit_micros=-micros, tax_micros=-tax_at(micros, terms.tax_rate), payout_currency=payout)


def _terms(principal: Principal, dispute_id: int) -> tuple[FeeTerms | None, str]:
    found = disputes_visible_to(principal).filter(pk=dispute_id).values_list("currency", "program__settings").first()
    if found is None:
        raise NotFound()
    currency, settings = found
    return fee_terms(settings, currency), currency
