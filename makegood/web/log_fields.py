"""The fields of the log's filter, read one by one; what could not be read is remembered with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from makegood.billing.selectors.log_query import ANY_TIME, DATES, called_from, length_of
from makegood.billing.selectors.services_named import number_called, service_number
from makegood.billing.states import Subkind
from makegood.kernel import clock
from makegood.kernel.errors import Refusal
from makegood.parties.selectors import customers_called
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id

Read = TypeVar("Read")

KEYS = (
    "kind", "range", "from", "to", "billed", "status", "can", "program", "buyer", "campaign", "category", "answered",
    "outcome", "service", "called", "what", "caller", "min", "max", "q",
)  # fmt: skip
"""Everything an address can be narrowed by, in the order it is written; places and open panels are no filter."""
LEAD_KEYS = ("mark", "channel", "tag", "because")
"""What a list of leads can be narrowed by besides: the outcome, how they came in, a tag, the reason claimed."""
WITHOUT = "none"
"""Asks for what has no campaign."""
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
    """Reads the fields of one address, and remembers what could not be read, and what ids stand for (``names``)."""

    def __init__(self, request: PageRequest, more: tuple[str, ...] = ()) -> None:
        get = request.GET
        self.zone = request.zone
        self.typed = {key: text for key in (*KEYS, *more) if (text := get.get(key, "").strip()[:LONGEST])}
        self.errors: dict[str, str] = {}
        self.names: dict[str, str] = {}

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

    def row(self, key: str, without: int = 0) -> int:
        """The id that a field names; 0 for none. ``without`` is what asks for those that have none, where that can be
        asked."""

        def number(text: str) -> int:
            found = without if without and text == WITHOUT else row_id(text)
            if found is None:
                raise NotRead(f"“{text}” is none of the choices.")
            return found

        return self.read(key, number, 0)

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

    def service(self, request: PageRequest) -> int:
        """The service asked for by its id; ``names`` remembers its number."""

        def named(text: str) -> int:
            pk = row_id(text)
            number = service_number(request.principal, pk) if pk is not None else None
            if pk is None or number is None:
                raise NotRead(f"“{text}” is no service in sight.")
            self.names["service"] = number
            return pk

        return self.read("service", named, 0)

    def called(self, request: PageRequest) -> str:
        """The number that a call went to. The address names that call, so that it shows nobody the number; ``names``
        remembers it as the viewer may read it."""

        def named(text: str) -> str:
            pk = row_id(text)
            found = number_called(request.principal, pk) if pk is not None else None
            if found is None:
                raise NotRead(f"“{text}” is no call in sight, or nobody knows where it went.")
            e164, self.names["called"] = found
            return e164

        return self.read("called", named, "")

    def what(self) -> str:
        """The kind of charge asked for."""

        def named(text: str) -> str:
            if text not in set(Subkind):
                raise NotRead(f"“{text}” is no kind of charge.")
            return text

        return self.read("what", named, "")

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
