"""In which form the caller wants the answer: JSON with minimal metadata or none."""

from __future__ import annotations

import re

from makegood.api.errors import BadHeader, NotAcceptable
from makegood.api.http import Request

VERSION = {"OData-Version": "4.0"}
_LEVEL = re.compile(r"(?:odata\.)?metadata\s*=\s*\"?([a-z]+)", re.IGNORECASE)
_JSON = frozenset({"json", "application/json", "application/*", "*/*", ""})


def media_of(level: str) -> str:
    """The content type of an answer."""
    return f"application/json;odata.metadata={level}"


def level_of(request: Request, format_option: str) -> str:
    """``minimal`` or ``none``. Raises NotAcceptable for what is not JSON, and for full metadata."""
    _check_version(request)
    wanted = format_option or request.headers.get("accept", "")
    for part in [format_option] if format_option else wanted.split(","):
        kind, _, rest = part.partition(";")
        found = _LEVEL.search(rest)
        level = found[1].lower() if found else "minimal"
        if kind.strip().lower() in _JSON and level in {"minimal", "none"}:
            return level
    raise NotAcceptable(wanted=wanted[:100], field="$format" if format_option else "Accept")


def check_xml(format_option: str) -> None:
    """Raise NotAcceptable when the metadata are wanted in another form than XML."""
    if format_option.partition(";")[0].strip().lower() not in {"", "xml", "application/xml"}:
        raise NotAcceptable(wanted=format_option[:100], field="$format")


def _check_version(request: Request) -> None:
    most = request.headers.get("odata-maxversion", "4.0").strip()
    if most not in {"4.0", "4.01"}:
        raise BadHeader(field="OData-MaxVersion", cause="this service speaks version 4.0")
