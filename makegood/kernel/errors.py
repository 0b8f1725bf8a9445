"""The error base: a class is a stable code, a status, fields and a message template (its docstring)."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """The request was refused."""

    code: ClassVar[str] = "REFUSED"
    status: ClassVar[int] = 409

    def __init__(self, **fields: Any) -> None:
        super().__init__(self.code)
        self.fields = fields

    @property
    def message(self) -> str:
        """The docstring's first paragraph, filled with the fields; what a person reads."""
        template = (type(self).__doc__ or "").strip().split("\n\n")[0]
        return " ".join(template.split()).format(**self.fields)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class BadAmount(Refusal):
    """ "{text}" is not an amount of money."""

    code = "BAD_AMOUNT"
    status = 422


class AmountTooFine(Refusal):
    """ "{text}" is finer than a millionth of the currency; put it into the unit price instead."""

    code = "AMOUNT_TOO_FINE"
    status = 422


class UnknownCurrency(Refusal):
    """ "{currency}" is not a currency code of ISO 4217."""

    code = "UNKNOWN_CURRENCY"
    status = 422


def subclasses(root: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """Every error class below ``root``, each code once; the registry that docs and tests read."""
    found: list[type[Refusal]] = []
    for child in root.__subclasses__():
        found += [child, *subclasses(child)]
    return list(dict.fromkeys(found))
