"""How a text becomes a value, as SQL. Each template is trusted text over the columns of one staged row.

``{x}`` stands for the text, ``{y}`` for the text made plain (money only), ``{v}`` for the value. A value is NULL
when the text is empty or wrong; ``faults`` then tells which, in order, by conditions that assume
``{x} IS NOT NULL AND {v} IS NULL``.
"""

from __future__ import annotations

from dataclasses import dataclass

_DIGITS = "translate({x}, '0123456789', '') = ''"
_ISO_LOCAL = "{x} ~ '^[0-9]{{4}}[-/][0-9]{{2}}[-/][0-9]{{2}}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]{{1,9}})?)?$'"
_US_LOCAL = "{x} ~* '^[0-9]{{1,2}}/[0-9]{{1,2}}/[0-9]{{4}},? [0-9]{{1,2}}:[0-9]{{2}}(:[0-9]{{2}})?( ?[AP]M)?$'"
_QUICK = " OR ".join(
    f"{{x}} LIKE '____-__-__T__:__:__{tail}'" for tail in ("Z", "+__:__", "-__:__", ".___Z", ".___+__:__", ".___-__:__")
)
_WITH_OFFSET = (
    "{x} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]{{1,9}})?)?"
    " ?(Z|UTC|GMT|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$'"
)
_RFC_2822 = (
    "{x} LIKE '___, %%' AND {x} ~ '^[A-Z][a-z]{{2}}, [0-9]{{1,2}} [A-Z][a-z]{{2}} [0-9]{{4}} [0-9:]{{8}}"
    " ([+-][0-9]{{4}}|GMT|UTC)$'"
)
_VALID = "CASE WHEN pg_input_is_valid({x}, '%s') THEN {x}::%s END"

TIME = (
    f"CASE WHEN {_QUICK} OR {_WITH_OFFSET} THEN {_VALID % ('timestamptz', 'timestamptz')}"
    f" WHEN length({{x}}) IN (10, 13) AND {_DIGITS}"
    " THEN to_timestamp(CASE length({x}) WHEN 13 THEN {x}::bigint * 0.001 ELSE {x}::bigint END)"
    f" WHEN {_RFC_2822} THEN {_VALID % ('timestamptz', 'timestamptz')} END"
)
"""Times that say where they stand: ISO 8601 with an offset, seconds or milliseconds since 1970, RFC 2822."""

LOCAL_TIME = (
    f"CASE WHEN {_ISO_LOCAL} THEN {_VALID % ('timestamp', 'timestamp')}"
    f" WHEN {_US_LOCAL} THEN {_VALID % ('timestamp', 'timestamp')} END"
)
"""Times that leave the zone to the reader: ISO 8601 without offset, month/day/year with or without AM and PM."""

MONEY_CLEAN = (
    "CASE WHEN translate({x}, '0123456789', '') IN ('', '.') THEN {x}"
    " WHEN {x} ~ '^([+-]?[$€£¥]? ?|[$€£¥]-)([0-9]+|[0-9]{{1,3}}(,[0-9]{{3}})+)([.][0-9]*)?$'"
    " THEN translate({x}, '+$€£¥, ', '') END"
)
_MONEY_SHAPE = "{y} IS NOT NULL AND {y} <> '.' AND length({y}) <= 30"


@dataclass(frozen=True)
class Template:
    """A transform: its type in SQL, its value, and what can be wrong."""

    sql_type: str
    value: str
    faults: tuple[tuple[str, str], ...] = ()


_NUMBER_FAULTS = (("OUT_OF_RANGE", "translate({x}, '-0123456789', '') = ''"), ("BAD_NUMBER", "true"))
_WHOLE = (
    f"CASE WHEN {_DIGITS} THEN"
    " CASE WHEN length({x}) <= 9 OR pg_input_is_valid({x}, 'integer') THEN {x}::integer END"
    " WHEN {x} ~ '^[0-9]{{1,9}}[.]0*$' THEN split_part({x}, '.', 1)::integer"
)
_CLOCK = (
    "WHEN {x} ~ '^([0-9]{{1,4}}:[0-5][0-9]:[0-5][0-9]|PT(?=[0-9])([0-9]{{1,4}}H)?([0-9]{{1,4}}M)?([0-9]{{1,6}}S)?)$'"
    " THEN extract(epoch FROM {x}::interval)::integer"
)
_PART = "WHEN {x} ~ '^[0-9]{{1,9}}[.][0-9]{{1,9}}$' THEN ceil({x}::numeric)::integer"

WITHHELD = "lower({x}) = ANY(%(withheld)s)"
PLAIN_PHONE = (
    "(translate({x}, '0123456789', '') = '+' AND length({x}) BETWEEN 8 AND 16"
    " AND {x} LIKE '+%%' AND {x} NOT LIKE '+0%%')"
)
"""A number that is E.164 already; all others are looked up in the bound map ``phones``."""

TEMPLATES: dict[str, Template] = {
    "text": Template("text", "{x}"),
    "key": Template("text", "CASE WHEN length({x}) <= 64 THEN {x} END", (("TOO_LONG", "true"),)),
    "currency": Template(
        "text", "CASE WHEN upper({x}) = ANY(%(currencies)s) THEN upper({x}) END", (("UNKNOWN_CURRENCY", "true"),)
    ),
    "money": Template(
        "bigint",
        f"CASE WHEN {_MONEY_SHAPE} AND scale(trim_scale({{y}}::numeric)) <= 6"
        " AND {y}::numeric BETWEEN 0 AND %(largest)s THEN ({y}::numeric * 1000000)::bigint END",
        (
            ("BAD_AMOUNT", f"NOT coalesce({_MONEY_SHAPE}, false)"),
            ("NEGATIVE_AMOUNT", "{y}::numeric < 0"),
            ("OUT_OF_RANGE", "{y}::numeric > %(largest)s"),
            ("AMOUNT_TOO_FINE", "true"),
        ),
    ),
    "magnitude": Template(  # money that is written below zero where something was charged
        "bigint",
        f"CASE WHEN {_MONEY_SHAPE} AND scale(trim_scale({{y}}::numeric)) <= 6"
        " AND abs({y}::numeric) <= %(largest)s THEN (abs({y}::numeric) * 1000000)::bigint END",
        (
            ("BAD_AMOUNT", f"NOT coalesce({_MONEY_SHAPE}, false)"),
            ("OUT_OF_RANGE", "abs({y}::numeric) > %(largest)s"),
            ("AMOUNT_TOO_FINE", "true"),
        ),
    ),
    "whole": Template("integer", f"{_WHOLE} END", _NUMBER_FAULTS),
    "seconds": Template("integer", f"{_WHOLE} {_CLOCK} END", _NUMBER_FAULTS),
    "begun_seconds": Template("integer", f"{_WHOLE} {_PART} {_CLOCK} END", _NUMBER_FAULTS),
    "milliseconds": Template(
        "integer",
        f"CASE WHEN {_DIGITS} AND length({{x}}) <= 12 THEN ({{x}}::bigint / 1000)::integer END",
        _NUMBER_FAULTS,
    ),
    "positive": Template("boolean", f"{_WHOLE} {_CLOCK} END > 0", _NUMBER_FAULTS),
    "large": Template("bigint", f"CASE WHEN {_DIGITS} AND length({{x}}) <= 18 THEN {{x}}::bigint END", _NUMBER_FAULTS),
    "filled": Template("boolean", "{x} IS NOT NULL"),
    "joined": Template("text", "{x}"),
    "sides": Template("text", "{x}"),
    "yes_no": Template(
        "boolean",
        "CASE WHEN lower({x}) IN ('true', 't', 'yes', 'y', '1') THEN true"
        " WHEN lower({x}) IN ('false', 'f', 'no', 'n', '0') THEN false END",
        (("BAD_YES_NO", "true"),),
    ),
    "recorded": Template("boolean", "CASE WHEN {x} IS NOT NULL THEN true END"),
    "e164": Template(
        "text",
        f"CASE WHEN {PLAIN_PHONE} THEN CASE WHEN NOT {WITHHELD} THEN {{x}} END ELSE %(phones)s::jsonb ->> {{x}} END",
    ),
}
"""Every transform of a mapping file but time, one_of, lookup, disposition and const, which the compiler knows."""

TAGS = (
    "CASE WHEN left({x}, 1) NOT IN ('[', '{{') OR NOT pg_input_is_valid({x}, 'jsonb')"
    " THEN coalesce(regexp_split_to_array({x}, '\\s*[;|,]\\s*'), '{{}}')"
    " WHEN left({x}, 1) = '[' THEN array_remove(ARRAY("
    "SELECT CASE jsonb_typeof(e) WHEN 'object' THEN e ->> 'name' ELSE e #>> '{{}}' END"
    " FROM jsonb_array_elements({x}::jsonb) AS a (e)), NULL)"
    " WHEN {x} IS NOT NULL THEN ARRAY(SELECT CASE value WHEN 'true' THEN key ELSE key || ':' || value END"
    " FROM jsonb_each_text({x}::jsonb) WHERE value NOT IN ('false', '')) ELSE '{{}}' END"
)
"""Tags in one cell: words between commas, semicolons or bars; a JSON list; a JSON object, whose keys that are true
count, and whose other values follow their key."""
