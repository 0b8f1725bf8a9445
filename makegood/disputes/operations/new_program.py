"""A new program by a person, from a preset."""

from __future__ import annotations

import re

from django.db import transaction

from makegood.disputes import errors
from makegood.disputes.operations.install import install_preset
from makegood.disputes.policy import presets
from makegood.kernel.money import exponent
from makegood.parties.entries import Principal
from makegood.parties.models import Program
from makegood.parties.selectors import demand
from makegood.parties.states import Verb

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
LONGEST_NAME = 200


@transaction.atomic
def new_program(
    principal: Principal, *, preset_key: str, key: str, name: str, currency: str = "", zone: str = ""
) -> Program:
    """A program with what its preset brings: settings, words, the grid and a first policy.

    Raises NotPermitted. Errors: BAD_SETTING, NUMBER_TAKEN, UNKNOWN_CURRENCY, UNKNOWN_ZONE.
    """
    demand(principal, Verb.PROGRAM_EDIT)
    if preset_key not in presets.keys():
        raise errors.BadSetting(field="preset", problem="there is no such preset")
    if not _KEY.fullmatch(key) or key == "new":
        problem = "a key has at most 40 small letters, digits, dashes and underscores"
        raise errors.BadSetting(field="key", problem=problem)
    said = " ".join(name.split())
    if not 1 <= len(said) <= LONGEST_NAME:
        raise errors.BadSetting(field="name", problem=f"a name has 1 to {LONGEST_NAME} characters")
    if currency:
        exponent(currency)
    return install_preset(principal, preset_key=preset_key, key=key, name=said, currency=currency, zone=zone or None)
