"""The fields of the log's filter, read one by one; what could not be read is remembered with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from makegood.billing.selectors.log_query import ANY_TIME, DATES, called_from, length_of
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.kernel.money import parse_amount
from makegood.parties.selectors import customers_called
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id

Read = TypeVar("Read")

KEYS = (
    "kind", "range", "from", "to", "billed", "status", "can", "program", "buyer", "campaign", "category", "answered",
    "outcome", "caller", "min", "max", "q",
)  # fmt: skip
"""Everything an address can be narrowed by, in the order it is written; places and open panels are no filter."""
LONGEST = 100
_LAST = timedelta(days=6)


class NotRead(ValueError):
    """What was typed means nothing here; the words say why."""


def day(text: str, zone: str) -> datetime:
    """The midnight (aware) at which a day begins in a zone. Raises NotRead."""
    try:
        at = date.fromisoformat(text)
        if at.year < 1900 or at.year > 9000:
            raise ValueError
    except ValueError as error:
        raise NotRead(f"“{text}” is not a day of the calendar. Write it like 2026-11-20.") from error
    return datetime(at.year, at.month, at.day, tzinfo=ZoneInfo(zone))


class Reader:
    """Reads the fields of one address, and remembers what could not be read."""

    def __init__(self, request: PageRequest) -> None:
        get = request.GET
        self.zone = request.zone
        self.typed = {key: text for key in KEYS if (text := get.get(key, "").strip()[:LONGEST])}
        self.errors: dict[str, str] = {}

    def read(self, key: str, how: Callable[[str], Read], nothing: Read) -> Read:
        """The value of a field; ``nothing`` where it is empty or cannot be read, which is remembered."""
        text = self.typed.get(key, "")
        try:
            return how(text) if text else nothing
        except NotRead as error:
            self.errors[key] = str(error)
        except Refusal as error:
            self.errors[key] = f"{error.message} Write it like 1234.50."
        return nothing

    def one_of(self, key: str, choices: Mapping[str, Read]) -> Read:
        """The value of a field with fixed choices."""

        def choose(text: str) -> Read:
            if text not in choices:
                raise NotRead(f"“{text}” is none of the choices.")
            return choices[text]

        return self.read(key, choose, choices[""])

    def row(self, key: str) -> int:
        """The id that a field names; 0 for none."""

        def number(text: str) -> int:
            found = row_id(text)
            if found is None:
                raise NotRead(f"“{text}” is none of the choices.")
            return found

        return self.read(key, number, 0)

    def amount(self, key: str) -> int | None:
        """The micros of an amount."""
        return self.read(key, lambda text: parse_amount(text.lstrip("$€£¥ "), "USD"), None)

    def range(self) -> str:
        """The range asked for; empty where none is."""
        if self.typed.get("from") or self.typed.get("to"):
            self.typed["range"] = DATES

        def name(text: str) -> str:
            if text in {ANY_TIME, DATES} or length_of(text) is not None:
                return text
            raise NotRead(f"“{text}” is no range of time.")

        return self.read("range", name, "")

    def days(self) -> tuple[datetime | None, datetime | None]:
        """From the beginning of the first day until the end of the last one, in the viewer's zone.

        Where days are asked for and none is named, they are the last ones.
        """
        if self.typed.get("range") == DATES and not (self.typed.get("from") or self.typed.get("to")):
            today = clock.now().astimezone(ZoneInfo(self.zone)).date()
            self.typed |= {"from": str(today - _LAST), "to": str(today)}
        first = self.read("from", lambda text: day(text, self.zone), None)
        last = self.read("to", lambda text: day(text, self.zone), None)
        if first and last and last < first:
            self.errors["to"] = "The last day is before the first."
            return first, None
        if last is not None:
            after = last.date() + timedelta(1)
            last = datetime(after.year, after.month, after.day, tzinfo=last.tzinfo)
        return first, last

    def caller(self) -> str:
        """The caller asked for."""

        def number(text: str) -> str:
            if called_from(text) is None:
                raise NotRead(f"“{text}” is no phone number. Write it whole, or its last four digits.")
            return text

        return self.read("caller", number, "")

    def buyer(self, request: PageRequest) -> tuple[int, str]:
        """The buyer asked for by number or name."""

        def called(text: str) -> tuple[int, str]:
            found = customers_called(request.principal, text)
            if len(found) == 1:
                return found[0].pk, found[0].name
            if not found:
                raise NotRead(f"No buyer in sight is called “{text}”.")
            raise NotRead(f"Several buyers fit “{text}”: {', '.join(one.name for one in found)}.")

        return self.read("buyer", called, (0, ""))
