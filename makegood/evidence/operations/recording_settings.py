"""Changes what a program wants of recordings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from makegood.evidence.operations.expect import READER
from makegood.evidence.policy.recording_settings import RecordingSettings
from makegood.journal import operations as journal
from makegood.parties.entries import Principal
from makegood.parties.errors import NotFound
from makegood.parties.models import Program
from makegood.parties.operations import change_settings
from makegood.parties.selectors import demand, programs_visible_to
from makegood.parties.states import Verb

_KEY = "recordings"
_WIDENS = ("fetch", "url_template")


@transaction.atomic
def change_recording_settings(principal: Principal, *, program_key: str, said: Mapping[str, Any]) -> Program:
    """Change some of a program's settings of recordings; those not named stay, None takes one back to its default.

    Where other recordings are wanted than before, the journal is read from its beginning, so that calls of the past
    are fetched too. Raises NotPermitted, NotFound. Errors: BAD_RECORDING_SETTINGS, BAD_URL_TEMPLATE.
    """
    demand(principal, Verb.POLICY_EDIT)
    program = programs_visible_to(principal).select_for_update(of=("self",)).filter(key=program_key).first()
    if program is None:
        raise NotFound()
    before = RecordingSettings.kept(program.settings)
    wanted = {**(program.settings.get(_KEY) or {}), **said}
    wanted = {name: value for name, value in wanted.items() if value is not None}
    after = RecordingSettings.of({_KEY: wanted})
    changed = change_settings(principal, program=program, settings={_KEY: wanted})
    if any(getattr(before, name) != getattr(after, name) for name in _WIDENS):
        journal.rewind(READER)
    return changed
