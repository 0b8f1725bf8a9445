"""Every page and action as every role: what is answered agrees with the permissions, and with the printed table."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from makegood.parties.entries import Principal
from makegood.parties.models import Role
from makegood.parties.states import ROLES, RoleKey
from makegood.web import refusals
from tests.journeys.scene import people_and_places
from tests.permissions.table import page
from tests.permissions.walk import Answers, Route, Said, addresses_of, routes, walked
from tests.world import World

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
PARTIES = {RoleKey.BUYER: {"customer_number": "B1"}, RoleKey.VENDOR: {"vendor_number": "V1"}}
STRANGER = "signed out"
PUBLIC = frozenset(
    {
        "unsubscribe", "invitation", "reference", "problem", "problems", "theme", "account_login", "account_inactive",
        "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
        "account_reset_password_from_key_done", "mfa_index",
    }
)  # fmt: skip
"""What answers people who are not signed in."""

WITH_A_NAME: tuple[tuple[str, str, Any], ...] = (
    ("dispute_edit dispute_withdraw dispute_sent lane_dispute lane_decide lane_effects lane_lease lane_take lane_later "
     "lane_ask lane_duplicate", "number", "waiting"),
    ("dispute_answer", "number", "asked"),
    ("policy_version policy_begin policy_withdraw", "number", 1),
    ("policy_draft policy_rule policy_order policy_discard policy_try policy_impact policy_publish", "number", "draft"),
    ("calendar calendar_holidays holiday_remove calendar_remove public_holidays", "key", "office"),
    ("campaign campaign_back", "number", "K1"),
    ("case_step", "slug", "close"),
    ("guideline", "code", "VOICEMAIL"),
    ("lead lead_submit", "charge_id", "lead"),
    ("submission", "number", "case"),
    ("incoming_sample", "name", "payments"),
    ("guided_step", "number", 3),
    ("do_not_bill_csv", "number", "told"),
    ("case_work", "slug", "assign"),
    ("account_reset_password_from_key", "key", "absent-absent"),
    ("inquiry_bill inquiry_bar", "customer_id", "billed"),
    ("account_bill", "number", "bill"),
    ("inquiry_csv", "subject", "data"),
)  # fmt: skip
"""What an address takes that is not the first of its kind: routes, the name, what it is; it may be one of the scene."""


def titled(roles: Mapping[RoleKey, Principal]) -> dict[str, Principal | None]:
    """Everybody by the title of their role, and nobody."""
    return {**{ROLES[key][0]: principal for key, principal in roles.items()}, STRANGER: None}


def places_of(scene: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the names of addresses."""
    return {
        "charge_id": scene["charge"],
        "number": scene["number"],
        "file_id": "fil_absent",
        "digest_id": scene["digest"],
        "token_id": scene["token"],
        "endpoint_id": scene["webhook"],
        "message_id": "msg_absent",
        "customer_id": scene["customer"],
        "draft": scene["guided"],
        "vendor_id": scene["vendor"],
        "user_id": scene["person"],
        "role_id": Role.objects.get(key=RoleKey.BUYER.value).pk,
        "session_id": 0,
        "view_id": 0,
        "batch_id": 0,
        "plan_id": scene["plan"],
        "review_id": scene["review"],
        "upload_id": scene["upload"],
        "public_id": "rec_absent",
        "key": scene["policy"],
        "tab": "reasons",
        "section": "queue",
        "part": "volume",
        "reason": "SPAM",
        "finding": "ROBOCALL",
        "code": "SPAM",
        "template": "new",
        "piece": "count",
        "language": "pl",
        "name": "vendors",
        "step": "organization",
        "secret": "absent",
        "token": "absent",
        "uidb36": "1",
        "form": "csv",
        "verb": "pause",
        "slug": "not-permitted",
    }


@pytest.fixture
def answers(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Answers]]:
    """What everybody is answered. How a refusal looks is looked at elsewhere; here it has no body."""
    monkeypatch.setattr(refusals, "render", lambda *page, status: HttpResponse(status=status))
    _, scene = people_and_places(committed_world)
    chosen = {
        route: {name: scene.get(value, value)} for several, name, value in WITH_A_NAME for route in several.split()
    }
    addresses = addresses_of(places_of(scene), chosen)
    roles = {key: committed_world.person(key, f"walk-{key}", **PARTIES.get(key, {})) for key in RoleKey}
    found: dict[str, dict[str, Answers]] = {STRANGER: walked(None, addresses)}
    for title, principal in titled(roles).items():
        if principal is not None:
            found[title] = walked(principal, addresses, found[STRANGER])
    return {title: found[title] for title in titled(roles)}


def breaches(answers: Mapping[str, Mapping[str, Answers]], every: tuple[Route, ...]) -> list[str]:
    """Where an answer and the permission of an address disagree."""
    found = []
    for key, (title, verbs) in ROLES.items():
        for route in every:
            said = {answers[title][route.name].reads, answers[title][route.name].acts} - {Said.NEITHER}
            if route.verb is not None and route.verb not in verbs and said != {Said.NO}:
                found.append(f"{key} lacks {route.verb} and was answered {sorted(said)} by {route.path}")
            if Said.SIGN_IN in said and route.name != "account_logout":
                found.append(f"{key} is signed in and was asked to sign in by {route.path}")
    return found


def open_doors(answers: Mapping[str, Answers], every: tuple[Route, ...]) -> list[str]:
    """The addresses that answer a stranger."""
    return [
        route.name
        for route in every
        if {answers[route.name].reads, answers[route.name].acts} & {Said.YES, Said.NO, Said.ABSENT}
    ]


@pytest.mark.slow
def test_what_people_are_answered_is_what_they_may(answers: dict[str, dict[str, Answers]]) -> None:
    every = routes()
    assert breaches(answers, every) == []
    assert set(open_doors(answers[STRANGER], every)) == PUBLIC
    text = page(every, answers)
    if os.environ.get("MAKEGOOD_PRINT"):
        DOCUMENT.write_text(text, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == text, "docs/permissions.md is stale; run `make permissions`"
