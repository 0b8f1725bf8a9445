"""Every call of the native service. Their names begin with v1, so that they are unique among all."""

from __future__ import annotations

from dataclasses import replace

from makegood.api.routing import Route
from makegood.api.v1 import (
    bulk_plans,
    charges,
    decisions,
    disputes,
    events,
    evidence,
    imports,
    intake,
    ledger,
    me,
    money,
    notifications,
    patch,
    policies,
    policy_trials,
    programs,
    recommendations,
    recordings,
    reviews,
    submissions,
    verbs,
    webhooks,
)

_ROUTES: tuple[Route, ...] = (
    *me.ROUTES,
    *charges.ROUTES,
    *recordings.ROUTES,
    *submissions.ROUTES,
    *disputes.ROUTES,
    *evidence.ROUTES,
    *intake.ROUTES,
    *patch.ROUTES,
    *verbs.ROUTES,
    *decisions.ROUTES,
    *recommendations.ROUTES,
    *reviews.ROUTES,
    *money.ROUTES,
    *bulk_plans.ROUTES,
    *notifications.ROUTES,
    *events.ROUTES,
    *webhooks.ROUTES,
    *programs.ROUTES,
    *policies.ROUTES,
    *policy_trials.ROUTES,
    *ledger.ROUTES,
    *imports.ROUTES,
)
ROUTES: tuple[Route, ...] = tuple(
    replace(route, name=f"v1{route.name[0].upper()}{route.name[1:]}") for route in _ROUTES
)
