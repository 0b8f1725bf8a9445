"""Reads of insights: figures by cohort, with intervals and maturity; the law of the roll-up."""

from makegood.insights.selectors.cohorts import report
from makegood.insights.selectors.maturity import mature_through

__all__ = ["mature_through", "report"]
