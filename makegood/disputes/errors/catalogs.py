"""What stands in the way of a change to the words of a program."""

from __future__ import annotations

from makegood.kernel.errors import Refusal


class BadCatalogField(Refusal):
    """This cannot be kept: {problem}."""

    code = "BAD_CATALOG_FIELD"
    status = 422


class CodeTaken(Refusal):
    """The code {code} belongs to another {kind} of this program."""

    code = "CODE_TAKEN"
    status = 409


class NothingToPutBack(Refusal):
    """There is no change that could be put back."""

    code = "NOTHING_TO_PUT_BACK"


class BadSetting(Refusal):
    """The setting cannot be kept: {problem}."""

    code = "BAD_SETTING"
    status = 422


class SettingsConflict(Refusal):
    """These do not go together: {problem}. Change both at once."""

    code = "SETTINGS_CONFLICT"
    status = 422
