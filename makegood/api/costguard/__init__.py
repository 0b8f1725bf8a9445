"""The resources of IDI CostGuard's Balance web service, names and shapes as its clients know them."""

from makegood.api.costguard.routes import ROUTES

__all__ = ["ROUTES"]
