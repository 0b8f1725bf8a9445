"""The fields of the queue's filter, and which choices some of them have; what could not be read is remembered."""

from __future__ import annotations

import re
from collections.abc import Mapping

from makegood.disputes.selectors.queue import AGAIN, FIRST, ME, NOBODY, SLA, STATUSES
from makegood.disputes.selectors.queue_offers import caller_like
from makegood.disputes.states import Origin
from makegood.web.log_fields import LONGEST, NotRead, Reader
from makegood.web.middleware import PageRequest
from makegood.web.numbers import row_id

KEYS = (
    "tab", "program", "status", "reason", "buyer", "vendor", "currency", "min", "max", "age", "verdict", "finding",
    "sla", "assignee", "round", "origin", "same", "team", "case", "group",
)  # fmt: skip
"""Everything that an address of the queue is narrowed by, in the order it is written."""
ROUNDS = {"": "", FIRST: FIRST, AGAIN: AGAIN}
ORIGINS: Mapping[str, str] = {
    "": "",
    Origin.BUYER: "filed by the buyer",
    Origin.CSR: "filed by a representative",
    Origin.API: "filed by the web service",
    Origin.IMPORT: "imported",
    Origin.QA_PROACTIVE: "found by quality assurance",
}
GROUPS = {"": "", "caller": "caller", "vendor": "vendor", "case": "case"}
GROUP_KEYS = {"caller": "same", "vendor": "vendor", "case": "case"}
"""By which key an address is narrowed to one group."""
_AGE = re.compile(r"(\d{1,4}) ?([hdw])")
_SECONDS = {"h": 3_600, "d": 86_400, "w": 604_800}
_UNITS = {"h": "hour", "d": "day", "w": "week"}


class QueueReader(Reader):
    """Reads the fields of one address of the queue."""

    def __init__(self, request: PageRequest) -> None:
        super().__init__(request)
        self.request = request
        self.typed = {key: text for key in KEYS if (text := request.GET.get(key, "").strip()[:LONGEST])}

    def age(self) -> int:
        """An age such as ``4h``, ``2d`` or ``1w``, in seconds."""

        def seconds(text: str) -> int:
            found = _AGE.fullmatch(text.lower())
            if found is None or not int(found[1]):
                raise NotRead(f"“{text}” is no age. Write it like 4h, 2d or 1w.")
            return int(found[1]) * _SECONDS[found[2]]

        return self.read("age", seconds, 0)

    def assignee(self) -> int:
        """A person, ``me`` or ``nobody``."""

        def person(text: str) -> int:
            if text in {"me", "nobody"}:
                return ME if text == "me" else NOBODY
            return self._number(text)

        return self.read("assignee", person, 0)

    def _number(self, text: str) -> int:
        found = row_id(text)
        if found is None:
            raise NotRead(f"“{text}” is none of the choices.")
        return found

    def same(self) -> tuple[str, str]:
        """The caller of a dispute that is named, in E.164 and as it is shown."""

        def caller(text: str) -> tuple[str, str]:
            found = caller_like(self.request.principal, text if text.startswith("D-") else f"D-{text}")
            if not found[0]:
                raise NotRead(f"“{text}” is no dispute whose caller is known.")
            return found

        return self.read("same", caller, ("", ""))

    def case(self) -> int:
        """The number of a case, with or without its letter."""
        return self.read("case", lambda text: self._number(text.upper().removeprefix("D-")), 0)

    def code(self, key: str) -> str:
        """A code such as ``SPAM``."""

        def plain(text: str) -> str:
            if not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", text):
                raise NotRead(f"“{text}” is none of the choices.")
            return text

        return self.read(key, plain, "")

    def currency(self) -> str:
        """A currency in three letters."""

        def letters(text: str) -> str:
            if not re.fullmatch(r"[A-Za-z]{3}", text):
                raise NotRead(f"“{text}” is no currency. Write it in three letters, such as USD.")
            return text.upper()

        return self.read("currency", letters, "")

    def status(self) -> str:
        """A key of the statuses."""
        return self.one_of("status", {"": "", **{key: key for key in STATUSES}})

    def sla(self) -> str:
        """A state of the deadline."""
        return self.one_of("sla", {"": "", **{key: key for key in SLA}})

    def origin(self) -> str:
        """Who filed it."""
        return self.one_of("origin", {key: str(key) for key in ORIGINS})


def age_words(text: str) -> str:
    """An age as it reads: ``2 days``."""
    found = _AGE.fullmatch(text.lower())
    if found is None:
        return text
    return f"{int(found[1])} {_UNITS[found[2]]}{'' if int(found[1]) == 1 else 's'}"
