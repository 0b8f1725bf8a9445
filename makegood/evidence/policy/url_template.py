"""Pure: addresses of recordings and names of their files, made from the fields of a call.

A template is plain text with fields in braces: ``https://files.example.com/{year}/{month}/{external_id}.wav``. There
are the fields listed here and nothing else: no attributes, no indexes, no formats. A value is percent-encoded, so that
it can name neither another host nor another folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from makegood.evidence.errors.recordings import BadUrlTemplate

TEXT_FIELDS = ("external_id", "external_source", "buyer_ref", "vendor_ref", "vendor_sub_id")
TIME_FIELDS = {"year": "%Y", "month": "%m", "day": "%d", "hour": "%H", "minute": "%M", "second": "%S"}
FIELDS = (*TEXT_FIELDS, *TIME_FIELDS)
_FIELD = re.compile(r"\{([^{}]*)\}")
_HEAD = re.compile(r"https?://[^/{}?#@\\\s]+/")
_TIME_PATTERN = {"year": r"[0-9]{4}"} | dict.fromkeys(("month", "day", "hour", "minute", "second"), r"[0-9]{2}")


def check_template(template: str) -> None:
    """Errors: BAD_URL_TEMPLATE unless it is empty or a plain https address whose fields come after its host."""
    if not template:
        return
    if not _HEAD.match(template):
        raise BadUrlTemplate(problem="it begins with https:// and a host without fields, then a slash")
    _check_fields(template)
    if not set(_FIELD.findall(template)) & {"external_id", "buyer_ref", "vendor_ref", "vendor_sub_id"}:
        raise BadUrlTemplate(problem="nothing in it tells one call from another, such as {external_id}")


def _check_fields(template: str) -> None:
    for name in _FIELD.findall(template):
        if name not in FIELDS:
            raise BadUrlTemplate(problem=f'there is no field "{name}"; the fields are {", ".join(FIELDS)}')
    if "{" in _FIELD.sub("", template) or "}" in _FIELD.sub("", template):
        raise BadUrlTemplate(problem="its braces do not pair")


def address_of(template: str, texts: Mapping[str, str], occurred_at: datetime) -> str:
    """The address of one call's recording; empty where the template is, or where the call lacks a field it names.

    ``texts`` holds the text fields, ``occurred_at`` (aware, in the zone that the source names its folders by) the rest.
    """
    missing = [name for name in _FIELD.findall(template) if name in TEXT_FIELDS and not _safe(texts.get(name, ""))]
    if not template or missing:
        return ""

    def value(match: re.Match[str]) -> str:
        name = match[1]
        return occurred_at.strftime(TIME_FIELDS[name]) if name in TIME_FIELDS else quote(texts[name], safe="")

    return _FIELD.sub(value, template)


def _safe(text: str) -> str:
    """The text; empty for one that a server could read as a way out of its folder."""
    leads_out = text.strip(".") == "" or {".", ".."} & set(re.split(r"[/\\]", text))
    return "" if leads_out else text


def name_pattern(template: str) -> re.Pattern[str]:
    """What reads the fields back from a file's name without its ending, by a template such as ``{external_id}``.

    Errors: BAD_URL_TEMPLATE.
    """
    _check_fields(template)
    if "external_id" not in _FIELD.findall(template):
        raise BadUrlTemplate(problem="a name needs {external_id}")
    seen: set[str] = set()
    parts: list[str] = []
    place = 0
    for match in _FIELD.finditer(template):
        name = match[1]
        if name in seen:
            raise BadUrlTemplate(problem=f"{{{name}}} stands in it twice")
        seen.add(name)
        parts += [re.escape(template[place : match.start()]), f"(?P<{name}>{_TIME_PATTERN.get(name, '.+?')})"]
        place = match.end()
    return re.compile("".join([*parts, re.escape(template[place:])]))
