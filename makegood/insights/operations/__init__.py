"""Verbs of insights: read the journal on, compute marked days anew, compute everything anew."""

from makegood.insights.operations.fold import fold
from makegood.insights.operations.rebuild import rebuild
from makegood.insights.operations.refresh import refresh

__all__ = ["fold", "rebuild", "refresh"]
