"""The query options of an address, each checked by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from makegood.api.odata.errors import BadOption, NotOffered

OFFERED = ("$filter", "$orderby", "$select", "$top", "$skip", "$skiptoken", "$count", "$format")
FOREIGN = ("$expand", "$apply", "$compute", "$search", "$index", "$schemaversion", "$deltatoken", "$levels", "$id")
MOST_SKIPPED = 100_000
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True)
class Options:
    """What a query asks for; None where it does not say."""

    filter: str | None = None
    orderby: str | None = None
    select: str | None = None
    top: int | None = None
    skip: int = 0
    skiptoken: str | None = None
    count: bool = False
    format: str = ""

    def only(self, *names: str, where: str) -> Options:
        """The same. Raises BadOption when another option than these is given."""
        plain = replace(Options(), **{name: getattr(self, name) for name in names})
        if plain != self:
            taken = ", ".join(f"${name}" for name in names)
            raise BadOption(field="$" + _first_other(self, plain), cause=f"{where} takes {taken} alone")
        return self


def _first_other(one: Options, other: Options) -> str:
    return next(name for name in Options.__dataclass_fields__ if getattr(one, name) != getattr(other, name))


def options_of(query: Sequence[tuple[str, str]], names: Iterable[str] = (), *, taken: Iterable[str] = ()) -> Options:
    """The options of an address. ``names`` are properties, which nobody may mean to filter by bare; ``taken`` are
    further parameters that the caller reads himself.

    Raises BadOption for one that is unknown, given twice or malformed, NotOffered for one of OData that is not offered.
    """
    found: dict[str, str] = {}
    bare = {option.removeprefix("$") for option in (*OFFERED, *FOREIGN)} | {"inlinecount"}
    properties = {name.lower() for name in names} - {name.lower() for name in taken}
    for name, value in query:
        if name.startswith("$"):
            _check_option(name, found)
            found[name] = value
        elif name.startswith("@"):
            raise NotOffered(field=name[:60], feature="A parameter alias")
        elif name.lower() in bare:
            raise BadOption(field=name, cause=f"write it as ${name.lower()}; it would be ignored otherwise")
        elif name.lower() in properties:
            raise BadOption(field=name, cause=f"write $filter={name} eq ...; it would be ignored otherwise")
    return Options(
        filter=found.get("$filter"),
        orderby=found.get("$orderby"),
        select=found.get("$select"),
        top=_number("$top", found),
        skip=_skip(found),
        skiptoken=found.get("$skiptoken"),
        count=_flag("$count", found),
        format=_format(found),
    )


def _check_option(name: str, found: dict[str, str]) -> None:
    if name in FOREIGN:
        raise NotOffered(field=name, feature=f"The option {name}")
    if name not in OFFERED:
        raise BadOption(field=name[:60], cause="there is no such option")
    if name in found:
        raise BadOption(field=name, cause="it is given more than once")


def _number(name: str, found: dict[str, str]) -> int | None:
    text = found.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text.strip()):
        raise BadOption(field=name, cause="a whole number from 0 on is needed")
    return int(text)


def _skip(found: dict[str, str]) -> int:
    skip = _number("$skip", found) or 0
    if skip > MOST_SKIPPED:
        raise BadOption(
            field="$skip", cause=f"at most {MOST_SKIPPED:,} rows are skipped; follow @odata.nextLink instead"
        )
    if "$skip" in found and "$skiptoken" in found:
        raise BadOption(field="$skip", cause="$skiptoken says already where to go on")
    return skip


def _flag(name: str, found: dict[str, str]) -> bool:
    value = found.get(name, "false")
    if value not in {"true", "false"}:
        raise BadOption(field=name, cause="it is true or false")
    return value == "true"


def _format(found: dict[str, str]) -> str:
    if "$format" in found and not found["$format"].strip():
        raise BadOption(field="$format", cause="it is empty")
    return found.get("$format", "")
