"""The amounts that somebody may decide alone, as they are typed and shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from makegood.kernel.money import Money, format_money, parse_amount, plain, symbol
from makegood.kernel.typed_amounts import without_commas
from makegood.parties.entries import Principal
from makegood.parties.policy import is_unlimited, without_limit
from makegood.parties.selectors import customers_visible_to

AS_ROLE, NONE, AMOUNTS, NOTHING = "role", "none", "amounts", "nothing"
FIELD = "limit_"


@dataclass(frozen=True)
class LimitField:
    """One currency of the form."""

    currency: str
    text: str

    @property
    def name(self) -> str:
        """Of the field."""
        return f"{FIELD}{self.currency}"


@dataclass(frozen=True)
class TypedLimits:
    """What stands in the form: as the role says, no limit, amounts, or nothing; a currency left empty is not decided
    alone.
    """

    how: str
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, limits: Mapping[str, int] | None) -> TypedLimits:
        """From what is kept."""
        if limits is None:
            return cls(AS_ROLE)
        if is_unlimited(limits):
            return cls(NONE)
        if not any(limits.values()):
            return cls(NOTHING)
        return cls(AMOUNTS, {code: plain(micros, code) for code, micros in limits.items()})

    @classmethod
    def typed(cls, post: QueryDict) -> TypedLimits:
        """From the form."""
        texts = {name.removeprefix(FIELD): post.get(name, "") for name in post if name.startswith(FIELD)}
        return cls(post.get("limit", AS_ROLE), {code: text.strip() for code, text in texts.items() if text.strip()})

    def kept(self) -> dict[str, int] | None:
        """Micros by currency. Raises BadAmount, AmountTooFine, UnknownCurrency."""
        if self.how == AS_ROLE:
            return None
        if self.how == NONE:
            return without_limit()
        if self.how != AMOUNTS:
            return {}
        return {
            code: parse_amount(without_commas(text.replace(symbol(code), "")).strip(), code)
            for code, text in self.texts.items()
        }

    def fields(self, currencies: Iterable[str]) -> list[LimitField]:
        """A field for every currency in use, and for those that were typed."""
        codes = sorted({*currencies, *self.texts})
        return [LimitField(code, self.texts.get(code, "")) for code in codes]


def currencies_of(principal: Principal) -> list[str]:
    """The currencies of the customers in sight; dollars where there are none yet."""
    found = customers_visible_to(principal).order_by("currency").values_list("currency", flat=True).distinct()
    return list(found) or ["USD"]


def said(limits: Mapping[str, int]) -> str:
    """ "up to $500.00 alone", "without a limit", "nothing alone: a second person signs"."""
    if is_unlimited(limits):
        return "without a limit"
    if not any(limits.values()):
        return "nothing alone: a second person signs"
    amounts = [Money(micros, code) for code, micros in sorted(limits.items())]
    return f"up to {', '.join(format_money(one.micros, one.currency) for one in amounts)} alone"
