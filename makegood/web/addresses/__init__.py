"""Addresses by subject."""

from __future__ import annotations

import makegood.web.addresses.converters  # noqa: F401 - the lists below use what it registers
from makegood.web.addresses import (
    accounts,
    approvals,
    cases,
    catalogs,
    clocks,
    crediting,
    desk_queue,
    guided,
    health,
    incoming,
    inquiries,
    lane,
    leads,
    people,
    policies,
    proactive,
    quality,
    setup,
)

SUBJECTS = tuple(
    module.urlpatterns
    for module in (
        lane,
        cases,
        desk_queue,
        approvals,
        quality,
        policies,
        catalogs,
        clocks,
        people,
        incoming,
        health,
        setup,
        accounts,
        inquiries,
        guided,
        leads,
        crediting,
        proactive,
    )
)
