"""Lets reasons of a program ask what its preset lets them ask, where they ask nothing; and takes that back."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from makegood.disputes.operations.catalogs import change_reason, put_word_back
from makegood.disputes.selectors.catalogs import program_to_edit
from makegood.disputes.selectors.preset_questions import preset_questions
from makegood.parties.entries import Principal


@transaction.atomic
def take_questions(principal: Principal, *, program_key: str, codes: Collection[str]) -> list[str]:
    """Give the reasons with these codes the questions of the preset; the codes of those that changed, in their order.

    Each is a change of its reason, journaled by itself. What asks something already, or gets nothing of the preset, is
    left as it is. Raises NotPermitted, NotFound.
    """
    program = program_to_edit(principal, program_key)
    found = [one for one in preset_questions(program) if not one.is_taken and one.reason.code in codes]
    for one in found:
        changes = {"questions": list(one.questions)}
        change_reason(principal, program_key=program_key, code=one.reason.code, changes=changes)
    return [one.reason.code for one in found]


@transaction.atomic
def put_questions_back(principal: Principal, *, program_key: str, codes: Collection[str]) -> list[str]:
    """Undo that of the reasons with these codes; what was changed since is left as it is. The codes of those that
    changed. Raises NotPermitted, NotFound.
    """
    program = program_to_edit(principal, program_key)
    found = [one for one in preset_questions(program) if one.is_taken and one.reason.code in codes]
    for one in found:
        put_word_back(principal, program_key=program_key, kind="reason", code=one.reason.code)
    return [one.reason.code for one in found]
