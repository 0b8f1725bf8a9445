"""The public cases of RFC 6902, put onto our resource: as they are, and with their members renamed to ours."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from makegood.api.tests.costguard.bill import Filed
from makegood.disputes.models import Dispute
from makegood.journal.models import JournalEvent

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FILES = ("tests.json", "spec_tests.json")
MEMBERS = ("description", "amount", "resolutionID", "reason")
"""What takes the place of a case's own members, in turn."""


def _public() -> list[Any]:
    """The documents of the suite, a package of our browser assets' lock file."""
    folder = Path(settings.NODE_MODULES) / "json-patch-test-suite"
    return [case["patch"] for name in FILES for case in json.loads((folder / name).read_text()) if "patch" in case]


def _renamed(patch: Any, members: tuple[str, ...]) -> Any:
    """The document with the first names of its pointers, each always by the same member of ours."""
    names: dict[str, str] = {}

    def ours(pointer: str) -> str:
        def member(found: re.Match[str]) -> str:
            return "/" + names.setdefault(found[1], members[len(names) % len(members)])

        return re.sub(r"^/([^/]*)", member, pointer)

    def step(one: Any) -> Any:
        if not isinstance(one, dict):
            return one
        return {
            key: ours(value) if key in ("path", "from") and isinstance(value, str) else value
            for key, value in one.items()
        }

    return [step(one) for one in patch] if isinstance(patch, list) else patch


def _adapted() -> list[tuple[str, Any]]:
    found = [(f"{ordinal} as it is", patch) for ordinal, patch in enumerate(_public())]
    for ordinal, patch in enumerate(_public()):
        turn = ordinal % len(MEMBERS)
        found.append((f"{ordinal} as {MEMBERS[turn]}", _renamed(patch, MEMBERS[turn:] + MEMBERS[:turn])))
    return found


def _left(filed: Filed) -> Any:
    return Dispute.objects.values().get(pk=filed.row.pk), JournalEvent.objects.count()


def test_no_public_case_breaks_the_service_and_none_that_is_refused_changes_anything(filed: Filed) -> None:
    before, wrong, statuses = _left(filed), [], set()
    documents = _adapted()
    for about, document in documents:
        with transaction.atomic():
            answer = filed.client.send("PATCH", filed.path, body=document, media="application/json-patch+json")
            statuses.add(answer.status)
            if answer.status >= 500 or (answer.status != 200 and _left(filed) != before):
                wrong.append((about, answer.status, document))
            transaction.set_rollback(True)
    assert wrong == []
    assert len(documents) >= 2 * 90
    assert statuses >= {200, 400, 409, 422}, "the cases reach every kind of answer"
