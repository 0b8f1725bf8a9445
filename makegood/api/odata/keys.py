"""Addresses of sets and single entities: ``Invoice(7)``, ``UsageDetail(BillPeriodID=1,UsageRecordID=2)``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from makegood.api.errors import AddressUnknown, NoAccess
from makegood.api.odata.sets import SETS
from makegood.api.odata.shape import EntitySet, Property
from makegood.api.odata.typed import Column, Compare, Constant, Joined, Value

_ADDRESS = re.compile(r"([A-Za-z]+)(?:\((.{0,200})\))?", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,16}", re.ASCII)
_LARGEST = 2**53
NOUNS = {"CustomerSummary": "Customer", "InvoiceFeature": "Feature", "UsageDetail": "Usage record"}
_LOWER = {name.lower(): name for name in SETS}


@dataclass(frozen=True)
class Resource:
    """A set, or with ``key`` (the text in parentheses) one entity of it."""

    set: EntitySet
    key: str | None = None

    @property
    def absent(self) -> NoAccess:
        """What is said when the entity does not exist or is out of scope."""
        text = self.key or ""
        if len(self.set.key) == 1 and text.partition("=")[0].strip() == self.set.key[0]:
            text = text.partition("=")[2].strip()
        shown = "".join(letter for letter in text if letter.isprintable())[:60]
        return NoAccess(kind=NOUNS.get(self.set.name, self.set.name), id=shown)

    def values(self) -> Mapping[str, int]:
        """The key's values by property. Raises NoAccess for what can be no key."""
        parts = [part.strip() for part in (self.key or "").split(",")]
        if len(parts) == len(self.set.key) == 1 and "=" not in parts[0]:
            pairs = [(self.set.key[0], parts[0])]
        else:
            pairs = [(name.strip(), value.strip()) for name, _, value in (part.partition("=") for part in parts)]
        named = dict(pairs)
        if sorted(name for name, _ in pairs) != sorted(self.set.key) or not all(map(_NUMBER.fullmatch, named.values())):
            raise self.absent
        values = {name: int(value) for name, value in named.items()}
        if max(values.values()) >= _LARGEST:
            raise self.absent
        return values


def resource_of(text: str) -> Resource:
    """What a part of an address names; sets as written or all in lower case. Raises AddressUnknown."""
    found = _ADDRESS.fullmatch(text)
    name = found[1] if found else ""
    one = SETS.get(name) or SETS.get(_LOWER.get(name, ""))
    if found is None or one is None:
        raise AddressUnknown()
    return Resource(one, found[2])


def condition_of(values: Mapping[str, int], properties: Mapping[str, Property]) -> Value:
    """The condition that only the entity with this key meets."""
    parts = [
        Compare("eq", Column(properties[name]), Constant(properties[name].type, value))
        for name, value in values.items()
    ]
    return Joined("and", tuple(parts))
